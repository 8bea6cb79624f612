const tables = ["media_watch", "media_watch_event"];

/** A condition on `item` as SQL: somebody watched, rated or marked it. */
export const watchKept = tables.map((table) => `EXISTS (SELECT 1 FROM ${table} WHERE item_id = item.id)`).join(" OR ");

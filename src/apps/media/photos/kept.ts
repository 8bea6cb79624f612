const tables = ["media_photo_edit", "media_photo_mark", "media_photo_album_item"];

/** A condition on `item` as SQL: somebody corrected or marked the picture, or put it into an album. */
export const photosKept = tables.map((table) => `EXISTS (SELECT 1 FROM ${table} WHERE item_id = item.id)`).join(" OR ");

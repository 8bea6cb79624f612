/** A condition on `item` as SQL: somebody said which film or series it is. */
export const metadataKept = "EXISTS (SELECT 1 FROM media_provided WHERE item_id = item.id AND is_chosen = 1)";

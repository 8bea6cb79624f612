const tables = ["media_song_mark", "media_song_play", "media_bookmark", "media_playlist_entry"];

/** A condition on `item` as SQL: somebody starred or rated the song, heard it, or put it into a list. */
export const musicKept = tables.map((table) => `EXISTS (SELECT 1 FROM ${table} WHERE item_id = item.id)`).join(" OR ");

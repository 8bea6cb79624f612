/** A condition on `item` as SQL: somebody edited the work that it is a file of, or the season or series of that. */
export const worksKept = `EXISTS (SELECT 1 FROM media_work_file AS file
  JOIN media_work_lock AS lock ON lock.work_id IN (file.work_id, file.season_id, file.series_id) WHERE file.item_id = item.id)`;

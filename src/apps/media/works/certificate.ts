/** SQL over `item`, a row of `media_item`: what its work, or else the series of it, is marked with, as `FSK 12`; else null. */
export const certificateSql = `(SELECT coalesce(own.certification, series.certification) FROM media_work_file AS of
  JOIN media_work AS own ON own.id = of.work_id LEFT JOIN media_work AS series ON series.id = of.series_id
  WHERE of.item_id = item.id ORDER BY coalesce(own.certification, series.certification) IS NULL LIMIT 1)`;

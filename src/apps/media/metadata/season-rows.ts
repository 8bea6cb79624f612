import type { Fields } from "#apps/media/works";
import type { Db } from "#platform/db";
import type { SeasonDetails } from "./types.ts";

export interface SeasonRow {
  readonly itemId: number;
  readonly season: number;
  /** The series in the catalogue. */
  readonly asked: string;
  readonly state: "wanted" | "known" | "none";
  readonly tries: number;
  readonly answeredAtMs: number;
}

/** Written in one transaction. */
const pieceSize = 200;

const columns = "item_id AS itemId, season, asked, state, tries, answered_at_ms AS answeredAtMs";
/** A season that was asked about is that of the series which the work is now. */
const ofMatch = `media_provided AS provided JOIN media_provided_season AS season
  ON season.item_id = provided.item_id AND season.asked = json_extract(provided.fields, '$.externalIds.tmdb')`;

/** All SQL of what catalogues said of seasons and episodes, by the first file of their series. */
export function createSeasonRows(db: Db) {
  const one = db.prepare<SeasonRow, [number, number]>(
    `SELECT ${columns} FROM media_provided_season WHERE item_id = ? AND season = ?`,
  );
  const due = db.prepare<SeasonRow, [number, number]>(
    `SELECT ${columns} FROM media_provided_season WHERE state = 'wanted' AND next_at_ms <= ?
       ORDER BY next_at_ms, item_id, season LIMIT ?`,
  );
  const count = db.prepare<{ count: number }, [number]>(
    "SELECT count(*) AS count FROM media_provided_season WHERE state = 'wanted' AND next_at_ms <= ?",
  );
  const dropOthers = db.prepare<never, [number, number, string]>(
    `DELETE FROM media_provided_episode WHERE item_id = ?1 AND season = ?2
       AND EXISTS (SELECT 1 FROM media_provided_season WHERE item_id = ?1 AND season = ?2 AND asked <> ?3)`,
  );
  const want = db.prepare<never, [number, number, string, number]>(
    `INSERT INTO media_provided_season (item_id, season, asked, state, next_at_ms)
       SELECT ?1, ?2, ?3, 'wanted', ?4 WHERE EXISTS (SELECT 1 FROM media_provided WHERE item_id = ?1)
     ON CONFLICT DO UPDATE SET fields = CASE asked WHEN excluded.asked THEN fields ELSE '{}' END, asked = excluded.asked,
       state = 'wanted', tries = 0, next_at_ms = excluded.next_at_ms`,
  );
  const answered = db.prepare<never, [string, string, number, number, number, string]>(
    `UPDATE media_provided_season SET state = ?, fields = ?, tries = 0, answered_at_ms = ?
       WHERE item_id = ? AND season = ? AND asked = ?`,
  );
  const later = db.prepare<never, [number, number, number]>(
    "UPDATE media_provided_season SET tries = tries + 1, next_at_ms = ? WHERE item_id = ? AND season = ?",
  );
  const putEpisode = db.prepare<never, [number, number, number, string, string | null, string]>(
    `INSERT INTO media_provided_episode SELECT ?1, ?2, ?3, ?4, ?5
       WHERE EXISTS (SELECT 1 FROM media_provided_season WHERE item_id = ?1 AND season = ?2 AND asked = ?6)
     ON CONFLICT DO UPDATE SET fields = excluded.fields, still = excluded.still`,
  );
  const dropEpisodes = db.prepare<never, [number, number, string, string]>(
    `DELETE FROM media_provided_episode WHERE item_id = ?1 AND season = ?2
       AND episode NOT IN (SELECT value FROM json_each(?3))
       AND EXISTS (SELECT 1 FROM media_provided_season WHERE item_id = ?1 AND season = ?2 AND asked = ?4)`,
  );
  const again = db.prepare<never, [number, number]>(
    "UPDATE media_provided_season SET state = 'wanted', tries = 0, next_at_ms = ? WHERE item_id = ?",
  );

  const known = (row: SeasonRow, details: SeasonDetails, nowMs: number): void => {
    const { itemId, season, asked } = row;
    const { episodes } = details;
    for (let from = 0; from < episodes.length; from += pieceSize) {
      db.transaction(() => {
        for (const { number, fields, still } of episodes.slice(from, from + pieceSize)) {
          putEpisode.run(itemId, season, number, JSON.stringify(fields), still, asked);
        }
      });
    }
    const numbers = JSON.stringify(episodes.map(({ number }) => number));
    db.transaction(() => {
      dropEpisodes.run(itemId, season, numbers, asked);
      answered.run("known", JSON.stringify(details.fields), nowMs, itemId, season, asked);
    });
  };
  return {
    get: (itemId: number, season: number) => one.get(itemId, season) ?? undefined,
    due: (nowMs: number, limit: number) => due.all(nowMs, limit),
    dueCount: (nowMs: number) => count.get(nowMs)?.count ?? 0,
    want: (itemId: number, season: number, asked: string, nowMs: number): void => {
      dropOthers.run(itemId, season, asked);
      want.run(itemId, season, asked, nowMs);
    },
    /** All seasons of a series are asked about again; what is known stays until then. */
    again: (itemId: number, nowMs: number): void => void again.run(nowMs, itemId),
    /** Dropped when another series was asked for meanwhile. */
    known,
    none: ({ itemId, season, asked }: SeasonRow, nowMs: number): void =>
      void answered.run("none", "{}", nowMs, itemId, season, asked),
    later: ({ itemId, season }: SeasonRow, nextAtMs: number): void => void later.run(nextAtMs, itemId, season),
    ...createSeasonReads(db),
  };
}

export type SeasonRows = ReturnType<typeof createSeasonRows>;

/** What is shown of it. */
function createSeasonReads(db: Db) {
  const lacking = db.prepare<{ count: number }, [string, number, number]>(
    `SELECT count(*) AS count FROM json_each(?) AS wish
       WHERE NOT EXISTS (SELECT 1 FROM media_provided_episode WHERE item_id = ? AND season = ? AND episode = wish.value)`,
  );
  const seasonFields = db.prepare<{ fields: string }, [number, number]>(
    `SELECT season.fields FROM ${ofMatch} WHERE provided.item_id = ? AND provided.state = 'matched' AND season.season = ?`,
  );
  const ofEpisode = `JOIN media_provided_episode AS episode ON episode.item_id = season.item_id AND episode.season = season.season`;
  const episodeFields = db.prepare<{ fields: string }, [number, number, number]>(
    `SELECT episode.fields FROM ${ofMatch} ${ofEpisode}
       WHERE provided.item_id = ? AND provided.state = 'matched' AND season.season = ? AND episode.episode = ?`,
  );
  const stillOf = db.prepare<{ still: string }, [number]>(
    `SELECT episode.still FROM media_work AS work JOIN media_work AS parent ON parent.id = work.parent_id
       JOIN ${ofMatch} AND season.season = work.season_number ${ofEpisode} AND episode.episode = work.episode_number
       WHERE work.id = ? AND work.type = 'episode' AND provided.state = 'matched' AND episode.still IS NOT NULL
         AND provided.item_id = (SELECT min(item_id) FROM media_work_file WHERE series_id = parent.parent_id)`,
  );
  const seriesItem = db.prepare<{ itemId: number | null }, [number]>(
    `SELECT min(item_id) AS itemId FROM media_work_file
       WHERE series_id = (SELECT series_id FROM media_work_file WHERE work_id = ?1 OR season_id = ?1 LIMIT 1)`,
  );
  const parsed = (row: { readonly fields: string } | null): Fields | undefined =>
    row === null ? undefined : (JSON.parse(row.fields) as Fields);

  return {
    /** Whether something is not known of one of these episodes. */
    lacks: (itemId: number, season: number, episodes: readonly number[]): boolean =>
      (lacking.get(JSON.stringify(episodes), itemId, season)?.count ?? 0) > 0,
    seasonFields: (itemId: number, season: number) => parsed(seasonFields.get(itemId, season)),
    episodeFields: (itemId: number, season: number, episode: number) =>
      parsed(episodeFields.get(itemId, season, episode)),
    /** Address at the catalogue of the picture of an episode. */
    stillOf: (workId: number): string | undefined => stillOf.get(workId)?.still,
    /** The file by which the series of a season or an episode is known. */
    seriesItemOf: (workId: number): number | undefined => seriesItem.get(workId)?.itemId ?? undefined,
  };
}

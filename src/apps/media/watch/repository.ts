import { type ItemFilter } from "#apps/media/library";
import type { Db } from "#platform/db";
import type { Limits } from "#contract/apps/media/watch";
import type { Watched } from "./rules.ts";

export type Act = "played" | "watched" | "unwatched" | "rated" | "favourite" | "forgotten";

export interface EventRow {
  readonly id: number;
  readonly itemId: number;
  readonly atMs: number;
  readonly act: Act;
  /** JSON of `Watched`; null when nothing was known before. */
  readonly before: string | null;
  /** User agent of a browser, or the name of an app password; null: not known. */
  readonly device: string | null;
  /** When it was taken out of the history; null: it is in it. */
  readonly removedAtMs: number | null;
}

interface RawWatch {
  readonly item_id: number;
  readonly position_ms: number | null;
  readonly duration_ms: number | null;
  readonly is_watched: number;
  readonly play_count: number;
  readonly is_favourite: number;
  readonly rating: number | null;
  readonly position_at_ms: number;
  readonly at_ms: number;
  readonly upon: string | null;
}

/** What lists need of an item. */
export interface ListedRow {
  readonly itemId: number;
  readonly nodeId: number;
  readonly libraryId: number;
  readonly kind: "video" | "audio";
  readonly path: string;
  readonly etag: string;
  readonly positionMs: number | null;
  readonly durationMs: number | null;
  readonly atMs: number;
}

interface EventsWish {
  readonly beforeId: number;
  /** Of `item`. */
  readonly match: ItemFilter;
  readonly limit: number;
}

/** More than this is not kept of anybody; the oldest goes. */
const maxEventsPerPerson = 5000;

const listed = `item.id AS itemId, item.node_id AS nodeId, item.library_id AS libraryId, item.kind, item.path, item.etag,
  watch.position_ms AS positionMs, watch.duration_ms AS durationMs, coalesce(watch.at_ms, 0) AS atMs`;
const eventColumns = "id, item_id AS itemId, at_ms AS atMs, act, before, device, removed_at_ms AS removedAtMs";
/** What is taken out of the history can be put back for so long. */
const removedMs = 3_600_000;

/** All SQL on what people watch. */
export function createWatchRepository(db: Db) {
  const states = db.prepare<RawWatch, [number, string]>(
    "SELECT * FROM media_watch WHERE user_id = ? AND item_id IN (SELECT value FROM json_each(?))",
  );
  const put = db.prepare<never, (number | string | null)[]>(
    `INSERT INTO media_watch (user_id, item_id, position_ms, duration_ms, is_watched, play_count, is_favourite, rating,
       position_at_ms, at_ms, upon) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET position_ms = excluded.position_ms, duration_ms = excluded.duration_ms,
       is_watched = excluded.is_watched, play_count = excluded.play_count, is_favourite = excluded.is_favourite,
       rating = excluded.rating, position_at_ms = excluded.position_at_ms, at_ms = excluded.at_ms, upon = excluded.upon`,
  );
  const lastEvent = db.prepare<EventRow, [string, number]>(
    `SELECT ${eventColumns} FROM media_watch_event WHERE item_id IN (SELECT value FROM json_each(?)) AND user_id = ?
       ORDER BY id DESC LIMIT 1`,
  );
  const thin = db.prepare<never, [number, number]>(
    `DELETE FROM media_watch_event WHERE user_id = ?1 AND (removed_at_ms < ?2 OR id <=
       (SELECT id FROM media_watch_event WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${maxEventsPerPerson}))`,
  );
  return {
    states: (userId: number, itemIds: readonly number[]): Map<number, Watched> =>
      new Map(states.all(userId, JSON.stringify(itemIds)).map((row) => [row.item_id, toWatched(row)])),
    put: (userId: number, itemId: number, now: Watched): void => {
      const { positionMs, durationMs, playCount, rating, positionAtMs, atMs } = now;
      const flags = [Number(now.isWatched), playCount, Number(now.isFavourite)];
      const upon = now.upon === undefined || now.upon.length === 0 ? null : JSON.stringify(now.upon);
      put.run(userId, itemId, positionMs, durationMs, ...flags, rating, positionAtMs, atMs, upon);
    },
    remove: (userId: number, itemId: number): void =>
      void db
        .prepare<never, [number, number]>("DELETE FROM media_watch WHERE user_id = ? AND item_id = ?")
        .run(userId, itemId),
    lastEvent: (userId: number, itemIds: readonly number[]) =>
      lastEvent.get(JSON.stringify(itemIds), userId) ?? undefined,
    event: (userId: number, id: number) =>
      db
        .prepare<EventRow, [number, number]>(
          `SELECT ${eventColumns} FROM media_watch_event WHERE user_id = ? AND id = ?`,
        )
        .get(userId, id) ?? undefined,
    addEvent: (userId: number, { itemId, atMs, act, before, device }: Omit<EventRow, "id" | "removedAtMs">): void => {
      db.prepare<never, [number, number, number, string, string | null, string | null]>(
        "INSERT INTO media_watch_event (user_id, item_id, at_ms, act, before, device) VALUES (?, ?, ?, ?, ?, ?)",
      ).run(userId, itemId, atMs, act, before, device);
      thin.run(userId, atMs - removedMs);
    },
    updateEvent: (id: number, { atMs, act }: Pick<EventRow, "atMs" | "act">): void =>
      void db
        .prepare<never, [number, string, number]>("UPDATE media_watch_event SET at_ms = ?, act = ? WHERE id = ?")
        .run(atMs, act, id),
    removeEvent: (id: number): void =>
      void db.prepare<never, [number]>("DELETE FROM media_watch_event WHERE id = ?").run(id),
    /** Takes entries, or all of them, out of the history; answers how many. What was taken out long ago is gone for good. */
    hideEvents: (userId: number, ids: readonly number[] | null, nowMs: number): number => {
      thin.run(userId, nowMs - removedMs);
      return db
        .prepare<never, [number, number, string | null]>(
          `UPDATE media_watch_event SET removed_at_ms = ? WHERE user_id = ? AND removed_at_ms IS NULL
             AND (?3 IS NULL OR id IN (SELECT value FROM json_each(?3)))`,
        )
        .run(nowMs, userId, ids === null ? null : JSON.stringify(ids)).changes;
    },
    /** For good: what was taken out so long ago that it cannot be put back, of anybody, so many at most; answers how many. */
    forgetRemoved: (nowMs: number, limit: number): number =>
      db
        .prepare<never, [number, number]>(
          `DELETE FROM media_watch_event WHERE id IN
             (SELECT id FROM media_watch_event WHERE removed_at_ms < ? LIMIT ?)`,
        )
        .run(nowMs - removedMs, limit).changes,
    showEvents: (userId: number, removedAtMs: number, nowMs: number): number =>
      db
        .prepare<never, [number, number, number]>(
          "UPDATE media_watch_event SET removed_at_ms = NULL WHERE user_id = ? AND removed_at_ms = ? AND removed_at_ms >= ?",
        )
        .run(userId, removedAtMs, nowMs - removedMs).changes,
    ...createLists(db),
    /** Items with a position, or watched to the end, whoever may see them: also versions that are gone. The latest first. */
    touched: (userId: number, of: "begun" | "finished", limit: number): number[] =>
      db
        .prepare<{ itemId: number }, [number, number]>(
          `SELECT item_id AS itemId FROM media_watch AS watch WHERE user_id = ? AND ${of === "begun" ? isBegun : isFinished}
             ORDER BY position_at_ms DESC LIMIT ?`,
        )
        .all(userId, limit)
        .map(({ itemId }) => itemId),
  };
}

const isBegun = "watch.position_ms IS NOT NULL";
const isFinished = "watch.is_watched = 1 AND watch.position_ms IS NULL";

/** Lists for a person, each filtered by what they may see. */
function createLists(db: Db) {
  type Values = (string | number)[];
  const from = `FROM media_watch AS watch JOIN media_item AS item ON item.id = watch.item_id
    JOIN node ON node.id = item.node_id`;
  return {
    /** Begun, or watched to the end, the latest first. */
    seenTouched: (
      userId: number,
      of: "begun" | "finished",
      kind: string,
      { sql, params }: ItemFilter,
      limit: number,
    ): number[] =>
      db
        .prepare<{ itemId: number }, Values>(
          `SELECT item.id AS itemId ${from} WHERE watch.user_id = ? AND ${of === "begun" ? isBegun : isFinished}
             AND item.kind = ? AND (${sql}) ORDER BY watch.position_at_ms DESC LIMIT ?`,
        )
        .all(userId, kind, ...params, limit)
        .map(({ itemId }) => itemId),
    items: (userId: number, itemIds: readonly number[], { sql, params }: ItemFilter) =>
      db
        .prepare<ListedRow, Values>(
          `SELECT ${listed} FROM media_item AS item JOIN node ON node.id = item.node_id
             LEFT JOIN media_watch AS watch ON watch.item_id = item.id AND watch.user_id = ?
           WHERE item.id IN (SELECT value FROM json_each(?)) AND item.kind IN ('video', 'audio') AND (${sql})`,
        )
        .all(userId, JSON.stringify(itemIds), ...params),
    events: (userId: number, { beforeId, match, limit }: EventsWish, { sql, params }: ItemFilter) =>
      db
        .prepare<
          ListedRow & { id: number; eventAtMs: number; act: Act; device: string | null; isLast: number },
          Values
        >(
          `SELECT ${listed}, event.id, event.at_ms AS eventAtMs, event.act, event.device,
             NOT EXISTS (SELECT 1 FROM media_watch_event AS later
               WHERE later.item_id = event.item_id AND later.user_id = event.user_id AND later.id > event.id) AS isLast
           FROM media_watch_event AS event JOIN media_item AS item ON item.id = event.item_id
             JOIN node ON node.id = item.node_id
             LEFT JOIN media_watch AS watch ON watch.item_id = item.id AND watch.user_id = event.user_id
           WHERE event.user_id = ? AND event.id < ? AND event.removed_at_ms IS NULL AND item.kind IN ('video', 'audio')
             AND (${sql}) AND (${match.sql})
           ORDER BY event.id DESC LIMIT ?`,
        )
        .all(userId, beforeId, ...params, ...match.params, limit),
  };
}

interface RawLimit {
  readonly user_id: number;
  readonly max_age: number | null;
  readonly allows_unrated: number;
  readonly library_ids: string | null;
  readonly max_height: number | null;
  readonly max_bits_per_second: number | null;
}

export function createLimitRepository(db: Db) {
  return {
    all: (): Limits[] =>
      db
        .prepare<RawLimit, []>("SELECT * FROM media_watch_limit ORDER BY user_id")
        .all()
        .map((row) => ({
          userId: row.user_id,
          maxAge: row.max_age,
          allowsUnrated: row.allows_unrated === 1,
          libraryIds: row.library_ids === null ? null : (JSON.parse(row.library_ids) as number[]),
          maxHeight: row.max_height,
          maxBitsPerSecond: row.max_bits_per_second,
        })),
    put: ({ userId, maxAge, allowsUnrated, libraryIds, maxHeight, maxBitsPerSecond }: Limits): void =>
      void db
        .prepare<never, (string | number | null)[]>(
          "INSERT OR REPLACE INTO media_watch_limit VALUES (?, ?, ?, ?, ?, ?)",
        )
        .run(
          userId,
          maxAge,
          Number(allowsUnrated),
          libraryIds === null ? null : JSON.stringify(libraryIds),
          maxHeight,
          maxBitsPerSecond,
        ),
    remove: (userId: number): void =>
      void db.prepare<never, [number]>("DELETE FROM media_watch_limit WHERE user_id = ?").run(userId),
  };
}

export type WatchRepository = ReturnType<typeof createWatchRepository>;

function toWatched(row: RawWatch): Watched {
  return {
    positionMs: row.position_ms,
    durationMs: row.duration_ms,
    isWatched: row.is_watched === 1,
    playCount: row.play_count,
    isFavourite: row.is_favourite === 1,
    rating: row.rating,
    positionAtMs: row.position_at_ms,
    atMs: row.at_ms,
    ...(row.upon === null ? {} : { upon: JSON.parse(row.upon) as number[] }),
  };
}

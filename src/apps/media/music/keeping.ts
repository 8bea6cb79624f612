import type { Bookmark, Station } from "#contract/apps/media/music";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Browsing } from "./browse.ts";
import type { Handled, HandledLater } from "./handled.ts";

interface KeepingDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly browsing: Browsing;
}

/** The queue of each person. */
export function createQueue({ db, clock, browsing }: KeepingDeps) {
  const select = db.prepare<
    { itemIdsJson: string; position: number; positionMs: number; savedBy: string; savedAtMs: number },
    [number]
  >(
    `SELECT item_ids_json AS itemIdsJson, position, position_ms AS positionMs, saved_by AS savedBy, saved_at_ms AS savedAtMs
     FROM media_play_queue WHERE person_id = ?`,
  );
  const upsert = db.prepare<unknown, (string | number)[]>(
    `INSERT INTO media_play_queue (person_id, item_ids_json, position, position_ms, saved_by, saved_at_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (person_id) DO UPDATE SET item_ids_json = excluded.item_ids_json, position = excluded.position,
       position_ms = excluded.position_ms, saved_by = excluded.saved_by, saved_at_ms = excluded.saved_at_ms`,
  );
  const queue: Handled<"music.queue"> = (actor) => {
    const row = select.get(actor.userId);
    if (row === null) return { songs: [], index: 0, positionMs: 0, savedBy: "", savedAtMs: 0 };
    const ids = JSON.parse(row.itemIdsJson) as number[];
    const songs = browsing.presentSongs(actor, ids);
    const shown = new Set(songs.map(({ id }) => id));
    // What is not seen any more stood before the current song, or was it.
    const index = ids.slice(0, row.position).filter((id) => shown.has(id)).length;
    const isSame = songs[index]?.id === ids[row.position];
    const { savedBy, savedAtMs } = row;
    return {
      songs,
      index: Math.min(index, Math.max(0, songs.length - 1)),
      positionMs: isSame ? row.positionMs : 0,
      savedBy,
      savedAtMs,
    };
  };
  const saveQueue: HandledLater<"music.saveQueue"> = async (actor, input) => {
    const { songIds, index = 0, positionMs = 0, savedBy = "Hearth" } = input;
    const savedAtMs = clock.now();
    const place = Math.min(index, Math.max(0, songIds.length - 1));
    db.transaction(() => void upsert.run(actor.userId, JSON.stringify(songIds), place, positionMs, savedBy, savedAtMs));
    await db.sync();
    return { savedAtMs };
  };
  return { queue, saveQueue };
}

/** Places in songs that people keep. */
export function createBookmarks({ db, clock, browsing }: KeepingDeps) {
  const select = db.prepare<
    { itemId: number; positionMs: number; comment: string; createdAtMs: number; changedAtMs: number },
    [number]
  >(
    `SELECT item_id AS itemId, position_ms AS positionMs, comment, created_at_ms AS createdAtMs, changed_at_ms AS changedAtMs
     FROM media_bookmark WHERE person_id = ? ORDER BY changed_at_ms DESC LIMIT 1000`,
  );
  const upsert = db.prepare<unknown, (string | number)[]>(
    `INSERT INTO media_bookmark (person_id, item_id, position_ms, comment, created_at_ms, changed_at_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (person_id, item_id) DO UPDATE SET position_ms = excluded.position_ms, comment = excluded.comment,
       changed_at_ms = excluded.changed_at_ms`,
  );
  const remove = db.prepare("DELETE FROM media_bookmark WHERE person_id = ? AND item_id = ?");
  const bookmarks: Handled<"music.bookmarks"> = (actor) => {
    const rows = select.all(actor.userId);
    const songs = new Map(
      browsing
        .presentSongs(
          actor,
          rows.map(({ itemId }) => itemId),
        )
        .map((song) => [song.id, song]),
    );
    return {
      bookmarks: rows.flatMap(({ itemId, ...kept }): Bookmark[] => {
        const song = songs.get(itemId);
        return song === undefined ? [] : [{ song, ...kept }];
      }),
    };
  };
  const setBookmark: HandledLater<"music.setBookmark"> = async (actor, { songId, positionMs, comment = "" }) => {
    browsing.song(actor, songId);
    const now = clock.now();
    db.transaction(() => void upsert.run(actor.userId, songId, positionMs, comment, now, now));
    await db.sync();
    return {};
  };
  const removeBookmark: HandledLater<"music.removeBookmark"> = async (actor, { songId }) => {
    db.transaction(() => void remove.run(actor.userId, songId));
    await db.sync();
    return {};
  };
  return { bookmarks, setBookmark, removeBookmark };
}

/** Internet radio stations of the household. */
export function createStations({ db }: KeepingDeps) {
  const columns = "id, name, stream_url AS streamUrl, home_page_url AS homePageUrl";
  const select = db.prepare<Station, []>(
    `SELECT ${columns} FROM media_station ORDER BY name COLLATE NOCASE, id LIMIT 1000`,
  );
  const insert = db.prepare<Station, (string | null)[]>(
    `INSERT INTO media_station (name, stream_url, home_page_url) VALUES (?, ?, ?) RETURNING ${columns}`,
  );
  const update = db.prepare<Station, (string | number | null)[]>(
    `UPDATE media_station SET name = ?, stream_url = ?, home_page_url = ? WHERE id = ? RETURNING ${columns}`,
  );
  const remove = db.prepare("DELETE FROM media_station WHERE id = ?");
  const stations: Handled<"music.stations"> = () => ({ stations: select.all() });
  const saveStation: HandledLater<"music.saveStation"> = async (_, { id, name, streamUrl, homePageUrl = null }) => {
    const station = db.transaction(() =>
      id === undefined ? insert.get(name, streamUrl, homePageUrl) : update.get(name, streamUrl, homePageUrl, id),
    );
    if (station === null) throw new AppError("not-found", "There is no such station.");
    await db.sync();
    return { station };
  };
  const removeStation: HandledLater<"music.removeStation"> = async (_, { id }) => {
    db.transaction(() => void remove.run(id));
    await db.sync();
    return {};
  };
  return { stations, saveStation, removeStation };
}

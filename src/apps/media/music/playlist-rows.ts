import type { SmartRules } from "#contract/apps/media/music";
import type { Db } from "#platform/db";

export interface PlaylistRow {
  readonly id: number;
  readonly ownerId: number;
  readonly name: string;
  readonly comment: string;
  readonly sharing: "private" | "read" | "edit";
  readonly rules: SmartRules | null;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  readonly removedAtMs: number | null;
}

type Stored = Omit<PlaylistRow, "rules"> & { readonly rulesJson: string | null };

export interface EntryRow {
  readonly id: number;
  readonly itemId: number | null;
  readonly label: string;
}

/** What is put into a list; without an item it is a place held for a song that is not here. */
export interface NewEntry {
  readonly itemId: number | null;
  readonly label: string;
}

const columns = `id, owner_id AS ownerId, name, comment, sharing, rules_json AS rulesJson, created_at_ms AS createdAtMs,
  changed_at_ms AS changedAtMs, removed_at_ms AS removedAtMs`;
/** Entries stand so far apart that halves of it stay exact for fifty moves to the same place; then they are numbered anew. */
const gap = 1024;
const leastGap = 1e-6;

/** Playlists and their entries; each call is part of the caller's transaction. */
export function createPlaylistRows(db: Db) {
  const get = db.prepare<Stored, [number]>(`SELECT ${columns} FROM media_playlist WHERE id = ?`);
  const visible = db.prepare<Stored, [number]>(
    `SELECT ${columns} FROM media_playlist WHERE removed_at_ms IS NULL AND (owner_id = ? OR sharing <> 'private')
     ORDER BY name COLLATE NOCASE, id LIMIT 2000`,
  );
  const insert = db.prepare<{ id: number }, (string | number | null)[]>(
    `INSERT INTO media_playlist (owner_id, name, comment, sharing, rules_json, created_at_ms, changed_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  );
  const update = db.prepare(
    "UPDATE media_playlist SET name = ?, comment = ?, sharing = ?, rules_json = ?, changed_at_ms = ?, removed_at_ms = ? WHERE id = ?",
  );
  const purge = db.prepare("DELETE FROM media_playlist WHERE removed_at_ms < ?");
  const rowOf = ({ rulesJson, ...row }: Stored): PlaylistRow => ({
    ...row,
    rules: rulesJson === null ? null : (JSON.parse(rulesJson) as SmartRules),
  });
  const jsonOf = (rules: SmartRules | null) => (rules === null ? null : JSON.stringify(rules));
  return {
    get: (id: number): PlaylistRow | undefined => {
      const row = get.get(id);
      return row === null ? undefined : rowOf(row);
    },
    /** Their own and what others share. */
    visibleTo: (personId: number): PlaylistRow[] => visible.all(personId).map(rowOf),
    insert: (row: Omit<PlaylistRow, "id" | "changedAtMs" | "removedAtMs">): number => {
      const { ownerId, name, comment, sharing, rules, createdAtMs } = row;
      return insert.get(ownerId, name, comment, sharing, jsonOf(rules), createdAtMs, createdAtMs)?.id ?? 0;
    },
    update: ({ id, name, comment, sharing, rules, changedAtMs, removedAtMs }: PlaylistRow): void => {
      update.run(name, comment, sharing, jsonOf(rules), changedAtMs, removedAtMs, id);
    },
    purgeRemovedBefore: (atMs: number): void => void purge.run(atMs),
    ...createEntryRows(db),
  };
}

export type PlaylistRows = ReturnType<typeof createPlaylistRows>;

function createEntryRows(db: Db) {
  const all = db.prepare<EntryRow, [number]>(
    "SELECT id, item_id AS itemId, label FROM media_playlist_entry WHERE playlist_id = ? ORDER BY position, id",
  );
  const insert = db.prepare<{ id: number }, (string | number | null)[]>(
    "INSERT INTO media_playlist_entry (playlist_id, position, item_id, label) VALUES (?, ?, ?, ?) RETURNING id",
  );
  const last = db.prepare<{ position: number | null }, [number]>(
    "SELECT max(position) AS position FROM media_playlist_entry WHERE playlist_id = ?",
  );
  const at = db.prepare<{ position: number }, [number, number]>(
    "SELECT position FROM media_playlist_entry WHERE playlist_id = ? AND id = ?",
  );
  const before = db.prepare<{ position: number | null }, [number, number]>(
    "SELECT max(position) AS position FROM media_playlist_entry WHERE playlist_id = ? AND position < ?",
  );
  const move = db.prepare("UPDATE media_playlist_entry SET position = ? WHERE id = ? AND playlist_id = ?");
  const remove = db.prepare(
    "DELETE FROM media_playlist_entry WHERE playlist_id = ? AND id IN (SELECT value FROM json_each(?))",
  );

  const renumber = (playlistId: number) => {
    for (const [index, { id }] of all.all(playlistId).entries()) move.run((index + 1) * gap, id, playlistId);
  };
  /** `count` positions before an entry, or at the end; undefined when there is no such entry. */
  const places = (playlistId: number, count: number, beforeId: number | null): number[] | undefined => {
    const spread = (from: number, step: number) =>
      Array.from({ length: count }, (_, index) => from + step * (index + 1));
    if (beforeId === null) return spread(last.get(playlistId)?.position ?? 0, gap);
    for (const isFresh of [false, true]) {
      const end = at.get(playlistId, beforeId)?.position;
      if (end === undefined) return undefined;
      const start = before.get(playlistId, end)?.position ?? end - gap * 2;
      const step = (end - start) / (count + 1);
      if (step >= leastGap || isFresh) return spread(start, step);
      renumber(playlistId);
    }
    return undefined;
  };
  return {
    entries: (playlistId: number): EntryRow[] => all.all(playlistId),
    /** Ids of the new entries; undefined when there is no entry to stand before. */
    add: (playlistId: number, entries: readonly NewEntry[], beforeId: number | null): number[] | undefined =>
      places(playlistId, entries.length, beforeId)?.map((position, index) => {
        const entry = entries[index];
        return insert.get(playlistId, position, entry?.itemId ?? null, entry?.label ?? "")?.id ?? 0;
      }),
    /** False when there is no entry to stand before. */
    move: (playlistId: number, entryIds: readonly number[], beforeId: number | null): boolean => {
      const positions = places(playlistId, entryIds.length, beforeId);
      if (positions === undefined) return false;
      for (const [index, id] of entryIds.entries()) move.run(positions[index] ?? 0, id, playlistId);
      return true;
    },
    remove: (playlistId: number, entryIds: readonly number[]): void =>
      void remove.run(playlistId, JSON.stringify(entryIds)),
  };
}

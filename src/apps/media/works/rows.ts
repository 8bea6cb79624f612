import type { ArtworkKind, WorkType } from "#contract/apps/media/works";
import type { Db } from "#platform/db";
import type { Fields } from "./fields.ts";

/** Where a picture of a work is: a file of the library, the cover inside one, or a frame of one. */
export interface ArtworkRef {
  readonly from: "file" | "cover" | "frame";
  readonly itemId: number;
}

export type ArtworkRefs = Readonly<Partial<Record<ArtworkKind, ArtworkRef>>>;

/** A work as it is kept, without what belongs to it in other tables. */
export interface WorkRow {
  readonly id: number;
  readonly libraryId: number;
  readonly type: WorkType;
  readonly parentId: number | null;
  readonly title: string;
  readonly sortTitle: string;
  readonly year: number | null;
  readonly seasonNumber: number | null;
  readonly episodeNumber: number | null;
  readonly lastEpisodeNumber: number | null;
  readonly absoluteNumber: number | null;
  readonly airDate: string | null;
  readonly durationMs: number | null;
  readonly rating: number | null;
  readonly certification: string | null;
  readonly imdb: string | null;
  readonly tmdb: string | null;
  readonly tvdb: string | null;
  readonly search: string;
  /** JSON of `Detail`. */
  readonly detail: string;
  /** JSON of `ArtworkRefs`. */
  readonly artwork: string;
  /** JSON: field → where its value comes from. */
  readonly sources: string;
  readonly addedAtMs: number;
}

/** What is only shown with the work itself; genres are here too, for cards. */
export interface Detail {
  readonly originalTitle: string | null;
  readonly tagline: string | null;
  readonly overview: string | null;
  readonly genres: readonly string[];
  readonly studios: readonly string[];
  readonly cast: readonly { readonly name: string; readonly role: string | null }[];
  readonly directors: readonly string[];
  readonly writers: readonly string[];
}

export interface FileRow {
  readonly workId: number;
  readonly itemId: number;
  readonly seasonId: number | null;
  readonly seriesId: number | null;
  readonly versionKey: string;
  readonly edition: string | null;
  readonly label: string | null;
  readonly part: number | null;
  readonly extraKind: string | null;
  readonly extraTitle: string | null;
  readonly rank: number;
}

export const workColumns = `work.id, work.library_id AS libraryId, work.type, work.parent_id AS parentId, work.title,
  work.sort_title AS sortTitle, work.year, work.season_number AS seasonNumber, work.episode_number AS episodeNumber,
  work.last_episode_number AS lastEpisodeNumber, work.absolute_number AS absoluteNumber, work.air_date AS airDate,
  work.duration_ms AS durationMs, work.rating, work.certification, work.imdb, work.tmdb, work.tvdb, work.search, work.detail,
  work.artwork, work.sources, work.added_at_ms AS addedAtMs`;
const fileColumns = `work_id AS workId, item_id AS itemId, season_id AS seasonId, series_id AS seriesId, version_key AS versionKey,
  edition, label, part, extra_kind AS extraKind, extra_title AS extraTitle, rank`;

type Values = (string | number | null)[];
type Draft = Omit<WorkRow, "id">;

const valuesOf = (row: Draft): Values => [
  ...[row.libraryId, row.type, row.parentId, row.title, row.sortTitle, row.year, row.seasonNumber, row.episodeNumber],
  ...[row.lastEpisodeNumber, row.absoluteNumber, row.airDate, row.durationMs, row.rating, row.certification],
  ...[row.imdb, row.tmdb, row.tvdb, row.search, row.detail, row.artwork, row.sources, row.addedAtMs],
];

/** All SQL that writes works, and looks them up without a person in mind. */
export function createWorkRows(db: Db) {
  const one = db.prepare<WorkRow, [number]>(`SELECT ${workColumns} FROM media_work AS work WHERE id = ?`);
  const children = db.prepare<WorkRow, [number]>(
    `SELECT ${workColumns} FROM media_work AS work WHERE parent_id = ? ORDER BY id`,
  );
  const filesOfItem = db.prepare<FileRow, [number]>(`SELECT ${fileColumns} FROM media_work_file WHERE item_id = ?`);
  const filesOfWork = db.prepare<FileRow, [number]>(
    `SELECT ${fileColumns} FROM media_work_file WHERE work_id = ? ORDER BY rank`,
  );
  const filesWithin = db.prepare<FileRow, [number]>(
    `SELECT ${fileColumns} FROM media_work_file WHERE work_id = ?1 OR season_id = ?1 OR series_id = ?1 ORDER BY rank`,
  );
  const insert = db.prepare<{ id: number }, Values>(
    `INSERT INTO media_work (library_id, type, parent_id, title, sort_title, year, season_number, episode_number, last_episode_number,
       absolute_number, air_date, duration_ms, rating, certification, imdb, tmdb, tvdb, search, detail, artwork, sources, added_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  );
  const update = db.prepare<never, Values>(
    `UPDATE media_work SET library_id = ?, type = ?, parent_id = ?, title = ?, sort_title = ?, year = ?, season_number = ?,
       episode_number = ?, last_episode_number = ?, absolute_number = ?, air_date = ?, duration_ms = ?, rating = ?,
       certification = ?, imdb = ?, tmdb = ?, tvdb = ?, search = ?, detail = ?, artwork = ?, sources = ?, added_at_ms = ?
     WHERE id = ?`,
  );
  const remove = db.prepare<never, [number]>("DELETE FROM media_work WHERE id = ?");
  const putFile = db.prepare<never, Values>(
    `INSERT INTO media_work_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       season_id = excluded.season_id, series_id = excluded.series_id, version_key = excluded.version_key,
       edition = excluded.edition, label = excluded.label, part = excluded.part, extra_kind = excluded.extra_kind,
       extra_title = excluded.extra_title, rank = excluded.rank`,
  );
  const dropFile = db.prepare<never, [number, number]>("DELETE FROM media_work_file WHERE work_id = ? AND item_id = ?");
  const isUsed = db.prepare<{ used: number }, [number]>(
    `SELECT EXISTS (SELECT 1 FROM media_work_file WHERE work_id = ?1 OR season_id = ?1 OR series_id = ?1) AS used`,
  );
  const locks = db.prepare<{ field: string; value: string }, [number]>(
    "SELECT field, value FROM media_work_lock WHERE work_id = ?",
  );
  return {
    get: (id: number) => one.get(id) ?? undefined,
    children: (parentId: number) => children.all(parentId),
    filesOfItem: (itemId: number) => filesOfItem.all(itemId),
    filesOfWork: (workId: number) => filesOfWork.all(workId),
    /** Also of its seasons and episodes. */
    filesWithin: (workId: number) => filesWithin.all(workId),
    insert: (row: Draft): number => insert.get(...valuesOf(row))?.id ?? 0,
    update: (id: number, row: Draft) => void update.run(...valuesOf(row), id),
    remove: (id: number) => void remove.run(id),
    putFile: (row: FileRow) =>
      void putFile.run(
        ...[row.workId, row.itemId, row.seasonId, row.seriesId, row.versionKey, row.edition, row.label, row.part],
        ...[row.extraKind, row.extraTitle, row.rank],
      ),
    dropFile: (workId: number, itemId: number) => void dropFile.run(workId, itemId),
    /** Whether a file is left of it, be it one that is gone. */
    isUsed: (id: number): boolean => isUsed.get(id)?.used === 1,
    setGenres: (id: number, genres: readonly string[]) => {
      db.prepare<never, [number]>("DELETE FROM media_work_genre WHERE work_id = ?").run(id);
      const add = db.prepare<never, [number, string]>("INSERT OR IGNORE INTO media_work_genre VALUES (?, ?)");
      for (const genre of genres) add.run(id, genre);
    },
    setPeople: (id: number, { cast, directors, writers }: Pick<Detail, "cast" | "directors" | "writers">) => {
      db.prepare<never, [number]>("DELETE FROM media_work_person WHERE work_id = ?").run(id);
      const add = db.prepare<never, Values>("INSERT INTO media_work_person VALUES (?, ?, ?, ?, ?)");
      for (const [position, { name, role }] of cast.entries()) add.run(id, "cast", position, name, role);
      for (const [position, name] of directors.entries()) add.run(id, "director", position, name, null);
      for (const [position, name] of writers.entries()) add.run(id, "writer", position, name, null);
    },
    locksOf: (id: number): Fields => fieldsOf(locks.all(id)),
    setLocks: (id: number, fields: Fields) => {
      db.prepare<never, [number]>("DELETE FROM media_work_lock WHERE work_id = ?").run(id);
      const add = db.prepare<never, [number, string, string]>("INSERT INTO media_work_lock VALUES (?, ?, ?)");
      for (const [field, value] of Object.entries(fields)) {
        if (value !== undefined) add.run(id, field, JSON.stringify(value));
      }
    },
  };
}

export type WorkRows = ReturnType<typeof createWorkRows>;

function fieldsOf(rows: readonly { readonly field: string; readonly value: string }[]): Fields {
  return Object.fromEntries(rows.map(({ field, value }) => [field, JSON.parse(value) as unknown]));
}

import { itemsFrom, type LibraryReader } from "#apps/media/library";
import type { ParsedInputOf } from "#wire";
import type { worksContract } from "#contract/apps/media/works";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import { wordsOf } from "./match.ts";
import { workColumns, type WorkRow } from "./rows.ts";

type Wish = Partial<ParsedInputOf<typeof worksContract, "works.list">>;

/** A work with what somebody can see of it. */
export interface SeenWork extends WorkRow {
  readonly total: number;
  readonly itemId: number;
  readonly isAway: number;
  readonly episodeCount: number;
  readonly seasonCount: number;
  readonly seriesId: number | null;
  readonly seriesTitle: string | null;
  readonly seriesArtwork: string | null;
  readonly seasonId: number | null;
  readonly shownAtMs: number;
}

const orders: Readonly<Record<NonNullable<Wish["sort"]>, string>> = {
  title: "work.sort_title",
  added: "shownAtMs",
  year: "work.year",
  rating: "work.rating",
  air: "work.air_date",
  duration: "work.duration_ms",
  random: "((work.id * 2654435761 + $seed * 40503) % 4294967296)",
  given: "given.position",
};
/** Of seasons and episodes; specials come last. */
const inSeries =
  "work.season_number = 0, coalesce(work.season_number, 99999), coalesce(work.episode_number, work.absolute_number, 99999), work.air_date, work.sort_title, work.id";

interface Deps {
  readonly db: Db;
  readonly library: LibraryReader;
  readonly awaySpaceIds: () => readonly number[];
}

/** Listings of works: one query each, of what somebody can see a file of. */
export function createWorkQueries({ db, library, awaySpaceIds }: Deps) {
  /** Files that somebody can see, and the works they make visible. */
  const seenPart = (actor: Actor, wish: Wish) => {
    const { sql, params } = library.sight(actor);
    const parts = ["file.extra_kind IS NULL", `(${sql})`];
    const values: (string | number)[] = [JSON.stringify(awaySpaceIds()), ...params];
    if (wish.libraryId !== undefined) {
      parts.push("item.library_id = ?");
      values.push(wish.libraryId);
    }
    if (wish.parentId !== undefined) {
      parts.push("(file.series_id = ? OR file.season_id = ?)");
      values.push(wish.parentId, wish.parentId);
    }
    if (wish.ids !== undefined) {
      const isOne = "IN (SELECT value FROM json_each(?))";
      parts.push(`(file.work_id ${isOne} OR file.season_id ${isOne} OR file.series_id ${isOne})`);
      const ids = JSON.stringify(wish.ids);
      values.push(ids, ids, ids);
    }
    const types = new Set(wish.types);
    // Only films: the many files of series need no look.
    if (wish.types !== undefined && !["series", "season", "episode"].some((type) => types.has(type as "series"))) {
      parts.push("file.series_id IS NULL");
    }
    const isAway = "(item.space_id IN (SELECT value FROM json_each(?)))";
    const with_ = `WITH file_seen AS MATERIALIZED (
        SELECT file.work_id, file.season_id, file.series_id, file.item_id, file.rank, item.added_at_ms,
          ${isAway} * 1000000 + (item.state = 'broken') * 100000 + file.rank AS preference
        FROM media_work_file AS file JOIN media_item AS item ON item.id = file.item_id JOIN node ON node.id = item.node_id
        WHERE ${parts.join(" AND ")}),
      seen(id, item_id, preference, episodes, seasons, added_at_ms) AS (
        SELECT work_id, item_id, min(preference), 0, 0, max(added_at_ms) FROM file_seen GROUP BY work_id
        UNION ALL SELECT season_id, item_id, min(preference), count(DISTINCT work_id), 0, max(added_at_ms)
          FROM file_seen WHERE season_id IS NOT NULL GROUP BY season_id
        UNION ALL SELECT series_id, item_id, min(preference), count(DISTINCT work_id), count(DISTINCT season_id), max(added_at_ms)
          FROM file_seen WHERE series_id IS NOT NULL GROUP BY series_id)`;
    return { with_, values };
  };
  const conditions = (wish: Wish) => {
    const parts: string[] = [];
    const values: (string | number)[] = [];
    const also = (sql: string, ...more: (string | number)[]) => {
      parts.push(sql);
      values.push(...more);
    };
    if (wish.types !== undefined) also("work.type IN (SELECT value FROM json_each(?))", JSON.stringify(wish.types));
    if (wish.ids !== undefined) also("work.id IN (SELECT value FROM json_each(?))", JSON.stringify(wish.ids));
    if (wish.parentId !== undefined) also("work.id <> ?", wish.parentId);
    if (wish.fromYear !== undefined) also("work.year >= ?", wish.fromYear);
    if (wish.toYear !== undefined) also("work.year <= ?", wish.toYear);
    const has = (table: string, column: string) =>
      `EXISTS (SELECT 1 FROM ${table} AS of WHERE of.work_id = work.id AND of.${column} = ? COLLATE NOCASE)`;
    if (wish.genre !== undefined) also(has("media_work_genre", "genre"), wish.genre);
    if (wish.person !== undefined) also(has("media_work_person", "name"), wish.person);
    for (const word of wordsOf(wish.search)) also("instr(work.search, ?) > 0", word);
    return { where: parts.length === 0 ? "1" : parts.join(" AND "), values };
  };
  const list = (actor: Actor, wish: Wish): SeenWork[] => {
    const { with_, values } = seenPart(actor, wish);
    const { where, values: more } = conditions(wish);
    const sort = wish.sort ?? "title";
    const isWithin = wish.parentId !== undefined && sort === "title";
    const direction = wish.descending === true ? "DESC" : "ASC";
    const order = orders[sort].replace("$seed", `${Math.trunc(wish.seed ?? 0) % 65536}`);
    const orderBy = isWithin ? inSeries : `${order} IS NULL, ${order} ${direction}, work.sort_title, work.id`;
    const given = sort === "given" ? "LEFT JOIN json_each(?) AS position ON position.value = work.id" : "";
    const positions = sort === "given" ? [JSON.stringify(wish.ids ?? [])] : [];
    return db
      .prepare<SeenWork, (string | number)[]>(
        `${with_} SELECT ${workColumns}, count(*) OVER () AS total, seen.item_id AS itemId, seen.preference >= 1000000 AS isAway,
           seen.episodes AS episodeCount, seen.seasons AS seasonCount, seen.added_at_ms AS shownAtMs,
           series.id AS seriesId, series.title AS seriesTitle, series.artwork AS seriesArtwork,
           CASE work.type WHEN 'episode' THEN work.parent_id END AS seasonId
         FROM seen JOIN media_work AS work ON work.id = seen.id
         LEFT JOIN media_work AS parent ON parent.id = work.parent_id
         LEFT JOIN media_work AS series ON series.id = CASE work.type WHEN 'season' THEN parent.id WHEN 'episode' THEN parent.parent_id END
         ${given} WHERE ${where}
         ORDER BY ${orderBy.replaceAll("given.position", "position.key")} LIMIT ? OFFSET ?`,
      )
      .all(...values, ...positions, ...more, wish.limit ?? 500, wish.offset ?? 0);
  };

  return {
    list,
    one: (actor: Actor, workId: number): SeenWork | undefined =>
      list(actor, { ids: [workId] }).find(({ id }) => id === workId),
    /** Works of which somebody can see this file. */
    ofItem: (actor: Actor, itemId: number): number[] => {
      const { sql, params } = library.sight(actor);
      return db
        .prepare<{ id: number }, (string | number)[]>(
          `SELECT file.work_id AS id FROM ${itemsFrom} JOIN media_work_file AS file ON file.item_id = item.id
             WHERE item.id = ? AND (${sql})`,
        )
        .all(itemId, ...params)
        .map(({ id }) => id);
    },
    facets: (actor: Actor, wish: Pick<Wish, "types" | "libraryId">) => {
      const { with_, values } = seenPart(actor, wish);
      const { where, values: more } = conditions(wish);
      const tally = <Row>(select: string, join: string, group: string) =>
        db
          .prepare<Row, (string | number)[]>(
            `${with_} SELECT ${select}, count(*) AS count FROM seen JOIN media_work AS work ON work.id = seen.id ${join}
               WHERE ${where} GROUP BY ${group} ORDER BY ${group}`,
          )
          .all(...values, ...more);
      return {
        genres: tally<{ name: string; count: number }>(
          "of.genre AS name",
          "JOIN media_work_genre AS of ON of.work_id = work.id",
          "of.genre",
        ),
        years: tally<{ year: number | null; count: number }>("work.year", "", "work.year").flatMap(({ year, count }) =>
          year === null ? [] : [{ year, count }],
        ),
        letters: letters(
          tally<{ letter: string; count: number }>(
            "substr(work.sort_title, 1, 1) AS letter",
            "",
            "substr(work.sort_title, 1, 1)",
          ),
        ),
      };
    },
  };
}

export type WorkQueries = ReturnType<typeof createWorkQueries>;

/** Everything that begins with no letter stands under `#`. */
function letters(rows: readonly { readonly letter: string; readonly count: number }[]) {
  const all = new Map<string, number>();
  for (const { letter, count } of rows) {
    const shown = /\p{L}/u.test(letter) ? letter.toUpperCase() : "#";
    all.set(shown, (all.get(shown) ?? 0) + count);
  }
  return [...all].map(([letter, count]) => ({ letter, count })).toSorted((a, b) => (a.letter < b.letter ? -1 : 1));
}

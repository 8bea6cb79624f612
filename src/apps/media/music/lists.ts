import type { z } from "zod";
import type { Genre, musicContract } from "#contract/apps/media/music";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import { fold, searchPatterns } from "./fold.ts";
import {
  albumSeen,
  all,
  artistSeen,
  nothing,
  shuffled,
  songsSeen,
  songTables,
  type SightDeps,
  type Sql,
  sqlOf,
} from "./sight.ts";

type Input<N extends keyof typeof musicContract> = z.output<(typeof musicContract)[N]["input"]>;

/** Ids of a page, in order, and how many there are in all. */
export interface Page {
  readonly ids: number[];
  readonly total: number;
}

export interface ListDeps extends SightDeps {
  readonly db: Db;
}

interface Ordered {
  readonly joins: Sql;
  readonly where: Sql;
  readonly order: Sql;
}

/** Which songs, albums, artists and genres somebody sees, and in which order. */
export function createLists(deps: ListDeps) {
  const pageOf = (from: string, id: string, { joins, where, order }: Ordered, offset: number, limit: number): Page => {
    const source = `FROM ${from} ${joins.text} WHERE ${where.text}`;
    const params = [...joins.params, ...where.params];
    const total = deps.db
      .prepare<{ total: number }, (string | number)[]>(`SELECT count(*) AS total ${source}`)
      .get(...params);
    const rows =
      limit === 0
        ? []
        : deps.db
            .prepare<{ id: number }, (string | number)[]>(
              `SELECT ${id} AS id ${source} ORDER BY ${order.text} LIMIT ? OFFSET ?`,
            )
            .all(...params, ...order.params, limit, offset);
    return { ids: rows.map((row) => row.id), total: total?.total ?? 0 };
  };

  return {
    albums: (actor: Actor, input: Input<"music.albums">): Page => {
      const seen = songsSeen(deps, actor, input.libraryId);
      const ordered = albumOrder(actor, input);
      const where = all(
        albumSeen("album.id", seen, albumSongs(input)),
        years("album", input),
        matching("album", input.query),
        ordered.where,
        input.isStarred === true ? starred("media_album_mark", "album_id = album.id", actor) : undefined,
        input.artistId === undefined ? undefined : albumsWith(input.artistId),
      );
      return pageOf("media_album album", "album.id", { ...ordered, where }, input.offset, input.limit);
    },
    songs: (actor: Actor, input: Input<"music.songs">): Page => {
      const ordered = songOrder(actor, input);
      const where = all(
        songsSeen(deps, actor, input.libraryId),
        input.ids === undefined
          ? undefined
          : sqlOf("song.item_id IN (SELECT value FROM json_each(?))", JSON.stringify(input.ids)),
        input.albumId === undefined ? undefined : sqlOf("song.album_id = ?", input.albumId),
        input.artistId === undefined ? undefined : songsWith(input.artistId),
        input.genre === undefined ? undefined : ofGenre(input.genre),
        input.folder === undefined ? undefined : inFolder(input.folder),
        years("song", input),
        matching("song", input.query),
        ordered.where,
        input.isStarred === true ? starred("media_song_mark", "item_id = song.item_id", actor) : undefined,
      );
      return pageOf(songTables, "song.item_id", { ...ordered, where }, input.offset, input.limit);
    },
    artists: (actor: Actor, input: Input<"music.artists">): Page => {
      const seen = songsSeen(deps, actor, input.libraryId);
      const made = sqlOf(
        `artist.id IN (SELECT credit.artist_id FROM media_album_artist credit WHERE ${albumSeen("credit.album_id", seen).text})`,
        ...seen.params,
      );
      const named = artistSeen("artist.id", seen);
      const either = { text: `(${made.text} OR ${named.text})`, params: [...made.params, ...named.params] };
      const where = all(
        input.role === "any" ? either : made,
        matching("artist", input.query),
        input.isStarred === true ? starred("media_artist_mark", "artist_id = artist.id", actor) : undefined,
      );
      const ordered = {
        joins: nothing,
        where,
        order: bestFirst("artist.fold", "artist.sort_fold, artist.id", input.query),
      };
      return pageOf("media_artist artist", "artist.id", ordered, input.offset, input.limit);
    },
    genres: (actor: Actor): Genre[] => {
      const seen = songsSeen(deps, actor);
      return deps.db
        .prepare<Genre, (string | number)[]>(
          `SELECT genre.name, count(*) AS songCount, count(DISTINCT song.album_id) AS albumCount FROM ${songTables}
           JOIN media_song_genre link ON link.item_id = song.item_id JOIN media_genre genre ON genre.id = link.genre_id
           WHERE ${seen.text} GROUP BY genre.id ORDER BY genre.fold`,
        )
        .all(...seen.params);
    },
  };
}

/** All words somewhere in the names. */
function matching(table: "album" | "song" | "artist", query: string): Sql | undefined {
  const patterns = searchPatterns(query);
  if (patterns.length === 0) return undefined;
  return { text: patterns.map(() => `${table}.fold LIKE ?`).join(" AND "), params: patterns };
}

/** Those whose name begins with what was asked for stand before the others. */
function bestFirst(column: string, otherwise: string, query: string): Sql {
  const text = fold(query);
  if (text === "") return sqlOf(otherwise);
  return { text: `${column} NOT LIKE ?, ${otherwise}`, params: [`${text}%`] };
}

function years(
  table: "album" | "song",
  input: { readonly fromYear?: number | undefined; readonly toYear?: number | undefined },
) {
  const year = `coalesce(${table}.original_year, ${table}.year)`;
  return all(
    input.fromYear === undefined ? undefined : sqlOf(`${year} >= ?`, input.fromYear),
    input.toYear === undefined ? undefined : sqlOf(`${year} <= ?`, input.toYear),
  );
}

function ofGenre(genre: string): Sql {
  return sqlOf(
    "song.item_id IN (SELECT link.item_id FROM media_song_genre link JOIN media_genre genre ON genre.id = link.genre_id WHERE genre.fold = ?)",
    fold(genre),
  );
}

/** Directly in this folder below the library. */
function inFolder(folder: string): Sql {
  const prefix = folder === "" ? "" : `${folder}/`;
  return sqlOf(
    "substr(item.path, 1, length(?)) = ? AND instr(substr(item.path, length(?) + 1), '/') = 0",
    prefix,
    prefix,
    prefix,
  );
}

function songsWith(artistId: number): Sql {
  return sqlOf(
    `(song.item_id IN (SELECT credit.item_id FROM media_song_artist credit WHERE credit.artist_id = ?)
      OR song.album_id IN (SELECT credit.album_id FROM media_album_artist credit WHERE credit.artist_id = ?))`,
    artistId,
    artistId,
  );
}

function albumsWith(artistId: number): Sql {
  return sqlOf(
    `(album.id IN (SELECT credit.album_id FROM media_album_artist credit WHERE credit.artist_id = ?)
      OR album.id IN (SELECT song.album_id FROM media_song song JOIN media_song_artist credit ON credit.item_id = song.item_id
        WHERE credit.artist_id = ?))`,
    artistId,
    artistId,
  );
}

const albumSongs = ({ genre }: Input<"music.albums">) => (genre === undefined ? nothing : ofGenre(genre));

function starred(table: string, link: string, actor: Actor): Sql {
  return sqlOf(
    `EXISTS (SELECT 1 FROM ${table} star WHERE star.person_id = ? AND star.${link} AND star.starred_at_ms IS NOT NULL)`,
    actor.userId,
  );
}

/** Sums of what this person has played of each album. */
const playedAlbums = `JOIN (SELECT song.album_id, sum(mark.plays) AS plays, max(mark.played_at_ms) AS played_at_ms
  FROM media_song_mark mark JOIN media_song song ON song.item_id = mark.item_id
  WHERE mark.person_id = ? AND mark.plays > 0 GROUP BY song.album_id) heard ON heard.album_id = album.id`;
const albumMarks = "JOIN media_album_mark mark ON mark.album_id = album.id AND mark.person_id = ?";

function albumOrder(actor: Actor, { sort, isDescending, seed, query }: Input<"music.albums">): Ordered {
  const way = isDescending ? "DESC" : "ASC";
  const plain = (text: string): Ordered => ({ joins: nothing, where: nothing, order: sqlOf(text) });
  const personal = (joins: string, where: string, order: string): Ordered => ({
    joins: sqlOf(joins, actor.userId),
    where: sqlOf(where),
    order: sqlOf(order),
  });
  switch (sort) {
    case "artist":
      return plain(`album.artist_fold ${way}, album.original_year ${way}, album.sort_fold ${way}, album.id`);
    case "year":
      return plain(`coalesce(album.original_year, 0) ${way}, album.sort_fold, album.id`);
    case "newest":
      return plain("album.added_at_ms DESC, album.id DESC");
    case "recent":
      return personal(playedAlbums, "", "heard.played_at_ms DESC, album.id");
    case "frequent":
      return personal(playedAlbums, "", "heard.plays DESC, heard.played_at_ms DESC, album.id");
    case "rated":
      return personal(albumMarks, "mark.rating IS NOT NULL", "mark.rating DESC, album.sort_fold, album.id");
    case "starred":
      return personal(albumMarks, "mark.starred_at_ms IS NOT NULL", "mark.starred_at_ms DESC, album.id");
    case "random":
      return { joins: nothing, where: nothing, order: sqlOf(shuffled("album.id"), seed) };
    case "title":
      return { ...plain(""), order: bestFirst("album.fold", `album.sort_fold ${way}, album.id ${way}`, query) };
  }
}

const songMarks = "JOIN media_song_mark mark ON mark.item_id = song.item_id AND mark.person_id = ?";
const songAlbum = "JOIN media_album album ON album.id = song.album_id";
const inAlbumOrder = "song.album_id, coalesce(song.disc_number, 0), coalesce(song.track_number, 9999), item.path";

function songOrder(actor: Actor, input: Input<"music.songs">): Ordered {
  const { sort, isDescending, seed, query } = input;
  const way = isDescending ? "DESC" : "ASC";
  const plain = (text: string, joins = ""): Ordered => ({ joins: sqlOf(joins), where: nothing, order: sqlOf(text) });
  const personal = (where: string, order: string): Ordered => ({
    joins: sqlOf(songMarks, actor.userId),
    where: sqlOf(where),
    order: sqlOf(order),
  });
  switch (sort) {
    case "album":
      return plain(`album.sort_fold ${way}, ${inAlbumOrder}`, songAlbum);
    case "artist":
      return plain(`song.artist_fold ${way}, album.sort_fold, ${inAlbumOrder}`, songAlbum);
    case "newest":
      return plain("item.added_at_ms DESC, item.id DESC");
    case "recent":
      return personal("mark.plays > 0", "mark.played_at_ms DESC, item.id");
    case "frequent":
      return personal("mark.plays > 0", "mark.plays DESC, mark.played_at_ms DESC, item.id");
    case "rated":
      return personal("mark.rating IS NOT NULL", "mark.rating DESC, song.sort_fold, item.id");
    case "starred":
      return personal("mark.starred_at_ms IS NOT NULL", "mark.starred_at_ms DESC, item.id");
    case "random":
      return { joins: nothing, where: nothing, order: sqlOf(shuffled("item.id"), seed) };
    case "title":
      return { ...plain(""), order: bestFirst("song.fold", `song.sort_fold ${way}, item.id ${way}`, query) };
  }
}

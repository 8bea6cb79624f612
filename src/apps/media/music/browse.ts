import { type Album, type Artist, musicContract, type Song } from "#contract/apps/media/music";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import { createLists } from "./lists.ts";
import { createAlbumPresenter, createArtistPresenter } from "./present-albums.ts";
import { createSongPresenter, type PresentDeps } from "./present-songs.ts";
import { shuffled, songsSeen, songTables } from "./sight.ts";
import type { Handled } from "./handled.ts";

const listed = 500;

/** What there is, as one person sees it. */
export function createBrowsing(deps: PresentDeps) {
  const lists = createLists(deps);
  const presentSongs = createSongPresenter(deps);
  const presentAlbums = createAlbumPresenter(deps);
  const presentArtists = createArtistPresenter(deps);
  const related = createRelated(deps);
  const fill = {
    albums: musicContract["music.albums"].input,
    songs: musicContract["music.songs"].input,
    artists: musicContract["music.artists"].input,
  };

  const albums: Handled<"music.albums"> = (actor, input) => {
    const { ids, total } = lists.albums(actor, fill.albums.parse(input));
    return { total, albums: presentAlbums(actor, ids) };
  };
  const songs: Handled<"music.songs"> = (actor, input) => {
    const asked = fill.songs.parse(input);
    if (asked.ids !== undefined && input.sort === undefined) {
      const shown = presentSongs(actor, lists.songs(actor, { ...asked, limit: listed * 2, offset: 0 }).ids);
      const byId = new Map(shown.map((song) => [song.id, song]));
      const inOrder = asked.ids.map((id) => byId.get(id)).filter((song) => song !== undefined);
      return { total: inOrder.length, songs: inOrder.slice(asked.offset, asked.offset + asked.limit) };
    }
    const { ids, total } = lists.songs(actor, asked);
    return { total, songs: presentSongs(actor, ids) };
  };
  const artists: Handled<"music.artists"> = (actor, input) => {
    const { ids, total } = lists.artists(actor, fill.artists.parse(input));
    return { total, artists: presentArtists(actor, ids) };
  };
  const song = (actor: Actor, id: number): Song => required(presentSongs(actor, [id])[0], "song");
  const album = (actor: Actor, id: number): Album => required(presentAlbums(actor, [id])[0], "album");
  const artist = (actor: Actor, id: number): Artist => required(presentArtists(actor, [id])[0], "artist");

  const wholeAlbum: Handled<"music.album"> = (actor, { id }) => {
    const found = album(actor, id);
    const parts = allSongs((offset) => songs(actor, { albumId: id, sort: "album", limit: listed, offset }).songs);
    return { album: found, songs: parts };
  };
  const wholeArtist: Handled<"music.artist"> = (actor, { id }) => {
    const found = artist(actor, id);
    const on = albums(actor, { artistId: id, sort: "year", limit: listed }).albums;
    const isTheirs = ({ artists: credited }: Album) => credited.some((one) => one.id === id);
    return {
      artist: found,
      albums: on.filter(isTheirs),
      appearsOn: on.filter((one) => !isTheirs(one)),
      topSongs: presentSongs(actor, related.top(actor, id, 20)),
      similar: presentArtists(actor, related.artists(actor, id, 12)),
    };
  };
  return {
    albums,
    songs,
    artists,
    song,
    albumById: album,
    artistById: artist,
    album: wholeAlbum,
    artist: wholeArtist,
    presentSongs,
    presentAlbums,
    presentArtists,
    genres: ((actor) => ({ genres: lists.genres(actor) })) satisfies Handled<"music.genres">,
    search: createSearch(albums, songs, artists),
    similarSongs: ((actor, { kind, id, limit = 50, seed = 1 }) => {
      if (kind === "song") song(actor, id);
      else if (kind === "album") album(actor, id);
      else artist(actor, id);
      return { songs: presentSongs(actor, related.songs(actor, kind, id, limit, seed)) };
    }) satisfies Handled<"music.similarSongs">,
    topSongs: (actor: Actor, artistId: number, limit: number) =>
      presentSongs(actor, related.top(actor, artistId, limit)),
  };
}

export type Browsing = ReturnType<typeof createBrowsing>;

function createSearch(
  albums: Handled<"music.albums">,
  songs: Handled<"music.songs">,
  artists: Handled<"music.artists">,
): Handled<"music.search"> {
  return (actor, input) => {
    const { query, libraryId } = input;
    const common = { query, libraryId };
    return {
      artists: artists(actor, { ...common, role: "any", limit: input.artistLimit, offset: input.artistOffset }).artists,
      albums: albums(actor, { ...common, limit: input.albumLimit, offset: input.albumOffset }).albums,
      songs: songs(actor, { ...common, limit: input.songLimit, offset: input.songOffset }).songs,
    };
  };
}

/** An album may have more songs than a page. */
function allSongs(page: (offset: number) => readonly Song[]): Song[] {
  const songs: Song[] = [];
  for (let offset = 0; offset < 10_000; offset += listed) {
    const some = page(offset);
    songs.push(...some);
    if (some.length < listed) break;
  }
  return songs;
}

function required<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new AppError("not-found", `There is no such ${what}.`);
  return found;
}

/** Songs and artists that go with others: shared artists weigh more than shared genres. */
function createRelated(deps: PresentDeps & { readonly db: Db }) {
  const idsOf = (sql: string, params: readonly (string | number)[]) =>
    deps.db
      .prepare<{ id: number }, (string | number)[]>(sql)
      .all(...params)
      .map(({ id }) => id);
  const seeds = {
    song: "song.item_id = ?",
    album: "song.album_id = ?",
    artist: "song.item_id IN (SELECT item_id FROM media_song_artist WHERE artist_id = ?)",
  };
  return {
    /** What the household plays most of an artist; unplayed ones after that, by rating of the person and year. */
    top: (actor: Actor, artistId: number, limit: number) => {
      const seen = songsSeen(deps, actor);
      return idsOf(
        `SELECT song.item_id AS id FROM ${songTables}
         LEFT JOIN (SELECT item_id, sum(plays) AS plays FROM media_song_mark GROUP BY item_id) heard ON heard.item_id = song.item_id
         WHERE song.item_id IN (SELECT item_id FROM media_song_artist WHERE artist_id = ? AND role = 0) AND ${seen.text}
         ORDER BY coalesce(heard.plays, 0) DESC, song.original_year DESC, song.sort_fold, song.item_id LIMIT ?`,
        [artistId, ...seen.params, limit],
      );
    },
    songs: (actor: Actor, kind: keyof typeof seeds, id: number, limit: number, seed: number) => {
      const seen = songsSeen(deps, actor);
      return idsOf(
        `WITH seed AS (SELECT song.item_id FROM media_song song WHERE ${seeds[kind]}),
           makers AS (SELECT DISTINCT artist_id FROM media_song_artist WHERE role = 0 AND item_id IN (SELECT item_id FROM seed)),
           styles AS (SELECT DISTINCT genre_id FROM media_song_genre WHERE item_id IN (SELECT item_id FROM seed)),
           scored AS (SELECT item_id, sum(score) AS score FROM (
             SELECT item_id, 2 AS score FROM media_song_artist WHERE role = 0 AND artist_id IN (SELECT artist_id FROM makers)
             UNION ALL SELECT item_id, 1 FROM media_song_genre WHERE genre_id IN (SELECT genre_id FROM styles)) GROUP BY item_id)
         SELECT song.item_id AS id FROM scored JOIN ${songTables.replace("media_song song", "media_song song ON song.item_id = scored.item_id")}
         WHERE song.item_id NOT IN (SELECT item_id FROM seed) AND ${seen.text}
         ORDER BY scored.score DESC, ${shuffled("song.item_id")} LIMIT ?`,
        [id, ...seen.params, seed, limit],
      );
    },
    artists: (actor: Actor, artistId: number, limit: number) => {
      const seen = songsSeen(deps, actor);
      return idsOf(
        `SELECT credit.artist_id AS id FROM media_song_artist credit
         JOIN ${songTables.replace("media_song song", "media_song song ON song.item_id = credit.item_id")}
         JOIN media_song_genre link ON link.item_id = song.item_id
         WHERE credit.role = 0 AND credit.artist_id <> ? AND ${seen.text} AND link.genre_id IN (
           SELECT genre.genre_id FROM media_song_genre genre JOIN media_song_artist own ON own.item_id = genre.item_id AND own.artist_id = ?)
         GROUP BY credit.artist_id ORDER BY count(*) DESC, credit.artist_id LIMIT ?`,
        [artistId, ...seen.params, artistId, limit],
      );
    },
  };
}

import type { Album, Artist } from "#contract/apps/media/music";
import type { Actor } from "#platform/usecase";
import { coversSeen, type ShownCover } from "./cover-sight.ts";
import { albumCreditsStatement, type PresentDeps } from "./present-songs.ts";
import { albumSeen, songsSeen, songTables } from "./sight.ts";

interface AlbumRow {
  id: number;
  title: string;
  sortTitle: string;
  artistText: string;
  year: number | null;
  originalYear: number | null;
  releaseDate: string | null;
  originalDate: string | null;
  isCompilation: number;
  typesJson: string;
  labelsJson: string;
  catalogNumber: string | null;
  releaseMbid: string | null;
  releaseGroupMbid: string | null;
  addedAtMs: number;
  starredAtMs: number | null;
  rating: number | null;
}

interface Sums {
  albumId: number;
  songCount: number;
  discCount: number;
  durationMs: number;
  sizeBytes: number;
  plays: number;
  playedAtMs: number | null;
}

const columns = `album.id, album.title, album.sort_title AS sortTitle, album.artist_text AS artistText, album.year, album.original_year AS originalYear,
  album.release_date AS releaseDate, album.original_date AS originalDate, album.is_compilation AS isCompilation, album.types_json AS typesJson,
  album.labels_json AS labelsJson, album.catalog_number AS catalogNumber, coalesce(album.mbid, provided.details ->> 'releaseMbid') AS releaseMbid,
  provided.details ->> 'releaseGroupMbid' AS releaseGroupMbid, album.added_at_ms AS addedAtMs, mark.starred_at_ms AS starredAtMs, mark.rating`;

/** Albums by id as one person sees them, in the order of the ids, with sums of the songs they may see; without such a song none. */
export function createAlbumPresenter(deps: PresentDeps) {
  const { db } = deps;
  const select = db.prepare<AlbumRow, [number, string]>(
    `SELECT ${columns} FROM media_album album LEFT JOIN media_album_mark mark ON mark.album_id = album.id AND mark.person_id = ?
     LEFT JOIN media_album_provided provided ON provided.album_id = album.id
     WHERE album.id IN (SELECT value FROM json_each(?))`,
  );
  const credits = albumCreditsStatement(db);
  return (actor: Actor, ids: readonly number[]): Album[] => {
    if (ids.length === 0) return [];
    const list = JSON.stringify(ids);
    const sums = new Map(sumsOf(deps, actor, list).map((row) => [row.albumId, row]));
    const genres = genresOf(deps, actor, list);
    const artists = Map.groupBy(credits.all(list), ({ albumId }) => albumId);
    const covers = coversSeen(deps, actor, ids);
    const albums = new Map(
      select.all(actor.userId, list).flatMap((row) => {
        const sum = sums.get(row.id);
        if (sum === undefined) return [];
        const credited = (artists.get(row.id) ?? []).map(({ id, name }) => ({ id, name }));
        return [[row.id, albumOf(row, sum, credited, genres.get(row.id) ?? [], covers.get(row.id))] as const];
      }),
    );
    return ids.map((id) => albums.get(id)).filter((album) => album !== undefined);
  };
}

function albumOf(
  row: AlbumRow,
  sums: Sums,
  artists: Album["artists"],
  genres: string[],
  cover: ShownCover | undefined,
): Album {
  const { typesJson, labelsJson, isCompilation, ...album } = row;
  const { albumId: _, ...counted } = sums;
  return {
    ...album,
    ...counted,
    artists,
    genres,
    isCompilation: isCompilation === 1,
    types: JSON.parse(typesJson) as string[],
    recordLabels: JSON.parse(labelsJson) as string[],
    hasCover: cover !== undefined,
    coverVersion: cover?.version ?? "",
  };
}

function sumsOf(deps: PresentDeps, actor: Actor, list: string): Sums[] {
  const seen = songsSeen(deps, actor);
  return deps.db
    .prepare<Sums, (string | number)[]>(
      `SELECT song.album_id AS albumId, count(*) AS songCount, max(1, count(DISTINCT song.disc_number)) AS discCount,
         coalesce(sum(song.duration_ms), 0) AS durationMs, sum(item.size_bytes) AS sizeBytes,
         coalesce(sum(mark.plays), 0) AS plays, max(mark.played_at_ms) AS playedAtMs
       FROM ${songTables} LEFT JOIN media_song_mark mark ON mark.item_id = song.item_id AND mark.person_id = ?
       WHERE song.album_id IN (SELECT value FROM json_each(?)) AND ${seen.text} GROUP BY song.album_id`,
    )
    .all(actor.userId, list, ...seen.params);
}

/** The most frequent first. */
function genresOf(deps: PresentDeps, actor: Actor, list: string): Map<number, string[]> {
  const seen = songsSeen(deps, actor);
  const rows = deps.db
    .prepare<{ albumId: number; name: string }, (string | number)[]>(
      `SELECT song.album_id AS albumId, genre.name FROM ${songTables} JOIN media_song_genre link ON link.item_id = song.item_id
       JOIN media_genre genre ON genre.id = link.genre_id
       WHERE song.album_id IN (SELECT value FROM json_each(?)) AND ${seen.text}
       GROUP BY song.album_id, genre.id ORDER BY song.album_id, count(*) DESC, genre.name`,
    )
    .all(list, ...seen.params);
  const groups = Map.groupBy(rows, ({ albumId }) => albumId);
  return new Map(Array.from(groups, ([albumId, found]) => [albumId, found.map(({ name }) => name)]));
}

interface ArtistRow {
  id: number;
  name: string;
  sortName: string;
  mbid: string | null;
  starredAtMs: number | null;
  rating: number | null;
}

/** Artists by id as one person sees them, in the order of the ids; without a song they may see none. */
export function createArtistPresenter(deps: PresentDeps) {
  const { db } = deps;
  const select = db.prepare<ArtistRow, [number, string]>(
    `SELECT artist.id, artist.name, artist.sort_name AS sortName, artist.mbid, mark.starred_at_ms AS starredAtMs, mark.rating
     FROM media_artist artist LEFT JOIN media_artist_mark mark ON mark.artist_id = artist.id AND mark.person_id = ?
     WHERE artist.id IN (SELECT value FROM json_each(?))`,
  );
  return (actor: Actor, ids: readonly number[]): Artist[] => {
    if (ids.length === 0) return [];
    const list = JSON.stringify(ids);
    const songs = new Map(creditedSongs(deps, actor, list).map((row) => [row.artistId, row]));
    const credited = creditedAlbums(deps, actor, list);
    const albums = Map.groupBy(credited, ({ artistId }) => artistId);
    const covers = coversSeen(
      deps,
      actor,
      credited.map(({ albumId }) => albumId),
    );
    const found = new Map(
      select.all(actor.userId, list).flatMap((row) => {
        const sung = songs.get(row.id);
        const made = albums.get(row.id) ?? [];
        if (sung === undefined && made.length === 0) return [];
        return [[row.id, artistOf(row, sung, made, covers)] as const];
      }),
    );
    return ids.map((id) => found.get(id)).filter((artist) => artist !== undefined);
  };
}

type SongCredit = ReturnType<typeof creditedSongs>[number];
type AlbumCredit = ReturnType<typeof creditedAlbums>[number];

function artistOf(
  row: ArtistRow,
  sung: SongCredit | undefined,
  made: readonly AlbumCredit[],
  covers: ReadonlyMap<number, ShownCover>,
): Artist {
  const withCover = made.find(({ albumId }) => covers.has(albumId));
  const cover = withCover && covers.get(withCover.albumId);
  const roles: Artist["roles"] = [];
  if (made.length > 0) roles.push("albumArtist");
  if (sung?.isArtist === 1) roles.push("artist");
  if (sung?.isComposer === 1) roles.push("composer");
  return {
    ...row,
    albumCount: made.length,
    songCount: sung?.songCount ?? 0,
    coverAlbumId: withCover?.albumId ?? null,
    coverVersion: cover?.version ?? "",
    hasCover: cover !== undefined,
    roles,
    plays: sung?.plays ?? 0,
    playedAtMs: sung?.playedAtMs ?? null,
  };
}

function creditedSongs(deps: PresentDeps, actor: Actor, list: string) {
  const seen = songsSeen(deps, actor);
  return deps.db
    .prepare<
      {
        artistId: number;
        songCount: number;
        isArtist: number;
        isComposer: number;
        plays: number;
        playedAtMs: number | null;
      },
      (string | number)[]
    >(
      `SELECT credit.artist_id AS artistId, count(DISTINCT CASE WHEN credit.role = 0 THEN song.item_id END) AS songCount,
         max(credit.role = 0) AS isArtist, max(credit.role = 1) AS isComposer,
         coalesce(sum(CASE WHEN credit.role = 0 THEN mark.plays END), 0) AS plays, max(mark.played_at_ms) AS playedAtMs
       FROM media_song_artist credit JOIN ${songTables.replace("media_song song", "media_song song ON song.item_id = credit.item_id")}
       LEFT JOIN media_song_mark mark ON mark.item_id = song.item_id AND mark.person_id = ?
       WHERE credit.artist_id IN (SELECT value FROM json_each(?)) AND ${seen.text} GROUP BY credit.artist_id`,
    )
    .all(actor.userId, list, ...seen.params);
}

/** The newest first, so that the first cover is of the newest album. */
function creditedAlbums(deps: PresentDeps, actor: Actor, list: string) {
  const seen = songsSeen(deps, actor);
  const shown = albumSeen("album.id", seen);
  return deps.db
    .prepare<{ artistId: number; albumId: number }, (string | number)[]>(
      `SELECT credit.artist_id AS artistId, album.id AS albumId
       FROM media_album_artist credit JOIN media_album album ON album.id = credit.album_id
       WHERE credit.artist_id IN (SELECT value FROM json_each(?)) AND ${shown.text}
       ORDER BY credit.artist_id, album.original_year DESC, album.id`,
    )
    .all(list, ...shown.params);
}

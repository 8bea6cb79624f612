import type { ArtistRef, Gain, Song } from "#contract/apps/media/music";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import { contentTypeOfAudio } from "./audio-types.ts";
import { versionOf } from "./cover-choice.ts";
import { coversSeen, type ShownCover } from "./cover-sight.ts";
import { hasLyrics, songsSeen, songTables, type SightDeps } from "./sight.ts";

export interface PresentDeps extends SightDeps {
  readonly db: Db;
  /** Whether the disk of a space cannot be read now. */
  readonly isAway: (spaceId: number) => boolean;
  readonly gains: GainSource;
}

/** Gains that were measured, for songs whose tags say none. */
export interface GainSource {
  of(song: { readonly albumId: number; readonly contentKey: string | null; readonly tagged: Gain }): Gain;
}

interface SongRow {
  id: number;
  nodeId: number;
  libraryId: number;
  spaceId: number;
  path: string;
  contentKey: string | null;
  state: string;
  reason: string | null;
  sizeBytes: number;
  addedAtMs: number;
  modifiedAtMs: number;
  title: string;
  sortTitle: string;
  albumId: number;
  albumTitle: string;
  albumArtistText: string;
  artistText: string;
  discNumber: number | null;
  discTitle: string | null;
  trackNumber: number | null;
  year: number | null;
  originalYear: number | null;
  bpm: number | null;
  comment: string | null;
  isrc: string | null;
  recordingMbid: string | null;
  durationMs: number | null;
  container: string;
  codec: string;
  bitsPerSecond: number | null;
  samplesPerSecond: number | null;
  bitDepth: number | null;
  channels: number | null;
  trackDb: number | null;
  trackPeak: number | null;
  albumDb: number | null;
  albumPeak: number | null;
  coverStream: number | null;
  hasLyrics: number;
  starredAtMs: number | null;
  rating: number | null;
  plays: number | null;
  playedAtMs: number | null;
}

const columns = `item.id, item.node_id AS nodeId, item.library_id AS libraryId, item.space_id AS spaceId, item.path, item.content_key AS contentKey,
  item.state, item.reason, item.size_bytes AS sizeBytes, item.added_at_ms AS addedAtMs, item.modified_at_ms AS modifiedAtMs,
  song.title, song.sort_title AS sortTitle, song.album_id AS albumId, album.title AS albumTitle, album.artist_text AS albumArtistText,
  song.artist_text AS artistText,
  song.disc_number AS discNumber, song.disc_title AS discTitle, song.track_number AS trackNumber, song.year, song.original_year AS originalYear,
  song.bpm, song.comment, song.isrc, song.mbid AS recordingMbid, song.duration_ms AS durationMs, song.container, song.codec,
  song.bits_per_second AS bitsPerSecond, song.samples_per_second AS samplesPerSecond, song.bit_depth AS bitDepth, song.channels,
  song.track_db AS trackDb, song.track_peak AS trackPeak, song.album_db AS albumDb, song.album_peak AS albumPeak,
  song.cover_stream AS coverStream,
  mark.starred_at_ms AS starredAtMs, mark.rating, mark.plays, mark.played_at_ms AS playedAtMs`;

/** Songs by id as one person sees them, in the order of the ids; what they may not see is not there. */
export function createSongPresenter(deps: PresentDeps) {
  const { db } = deps;
  const credits = createCredits(db);
  return (actor: Actor, ids: readonly number[]): Song[] => {
    if (ids.length === 0) return [];
    const seen = songsSeen(deps, actor);
    const lyrics = hasLyrics(deps, actor);
    const rows = db
      .prepare<SongRow, (string | number)[]>(
        `SELECT ${columns}, ${lyrics.text} AS hasLyrics FROM ${songTables} JOIN media_album album ON album.id = song.album_id
         LEFT JOIN media_song_mark mark ON mark.item_id = song.item_id AND mark.person_id = ?
         WHERE song.item_id IN (SELECT value FROM json_each(?)) AND ${seen.text}`,
      )
      .all(...lyrics.params, actor.userId, JSON.stringify(ids), ...seen.params);
    const more = credits(rows);
    const covers = coversSeen(
      deps,
      actor,
      rows.filter(({ coverStream }) => coverStream === null).map(({ albumId }) => albumId),
    );
    const byId = new Map(rows.map((row) => [row.id, songOf(deps, row, more, covers.get(row.albumId))]));
    return ids.map((id) => byId.get(id)).filter((song) => song !== undefined);
  };
}

interface Credits {
  artists(songId: number): ArtistRef[];
  composers(songId: number): ArtistRef[];
  albumArtists(albumId: number): ArtistRef[];
  genres(songId: number): string[];
}

function createCredits(db: Db) {
  const ofSongs = db.prepare<{ itemId: number; role: number; id: number; name: string }, [string]>(
    `SELECT credit.item_id AS itemId, credit.role, artist.id, artist.name FROM media_song_artist credit
     JOIN media_artist artist ON artist.id = credit.artist_id
     WHERE credit.item_id IN (SELECT value FROM json_each(?)) ORDER BY credit.item_id, credit.role, credit.position`,
  );
  const ofAlbums = albumCreditsStatement(db);
  const genres = db.prepare<{ itemId: number; name: string }, [string]>(
    `SELECT link.item_id AS itemId, genre.name FROM media_song_genre link JOIN media_genre genre ON genre.id = link.genre_id
     WHERE link.item_id IN (SELECT value FROM json_each(?)) ORDER BY genre.name`,
  );
  return (rows: readonly { readonly id: number; readonly albumId: number }[]): Credits => {
    const ids = JSON.stringify(rows.map(({ id }) => id));
    const albumIds = JSON.stringify([...new Set(rows.map(({ albumId }) => albumId))]);
    const bySong = Map.groupBy(ofSongs.all(ids), ({ itemId, role }) => `${itemId} ${role}`);
    const byAlbum = Map.groupBy(ofAlbums.all(albumIds), ({ albumId }) => albumId);
    const genresOf = Map.groupBy(genres.all(ids), ({ itemId }) => itemId);
    const refs = (list: readonly ArtistRef[] = []) => list.map(({ id, name }) => ({ id, name }));
    return {
      artists: (songId) => refs(bySong.get(`${songId} 0`)),
      composers: (songId) => refs(bySong.get(`${songId} 1`)),
      albumArtists: (albumId) => refs(byAlbum.get(albumId)),
      genres: (songId) => (genresOf.get(songId) ?? []).map(({ name }) => name),
    };
  };
}

export function albumCreditsStatement(db: Db) {
  return db.prepare<{ albumId: number; id: number; name: string }, [string]>(
    `SELECT credit.album_id AS albumId, artist.id, artist.name FROM media_album_artist credit
     JOIN media_artist artist ON artist.id = credit.artist_id
     WHERE credit.album_id IN (SELECT value FROM json_each(?)) ORDER BY credit.album_id, credit.position`,
  );
}

const awayReason = "The disk with this song is not there now.";

function songOf(
  { isAway, gains }: PresentDeps,
  row: SongRow,
  credits: Credits,
  albumCover: ShownCover | undefined,
): Song {
  const { spaceId, contentKey, state, reason, coverStream, hasLyrics, ...same } = row;
  const { trackDb, trackPeak, albumDb, albumPeak, plays, ...song } = same;
  const away = isAway(spaceId);
  const hasOwnCover = coverStream !== null;
  return {
    ...song,
    artists: credits.artists(row.id),
    composers: credits.composers(row.id),
    albumArtists: credits.albumArtists(row.albumId),
    genres: credits.genres(row.id),
    contentType: contentTypeOfAudio(row.path, row.container),
    gain: gains.of({ albumId: row.albumId, contentKey, tagged: { trackDb, trackPeak, albumDb, albumPeak } }),
    hasCover: hasOwnCover || albumCover !== undefined,
    coverVersion: hasOwnCover ? versionOf(contentKey ?? "") : (albumCover?.version ?? ""),
    hasLyrics: hasLyrics === 1,
    canPlay: !away && state !== "broken",
    reason: away ? awayReason : state === "broken" ? (reason ?? "This file cannot be read.") : null,
    plays: plays ?? 0,
  };
}

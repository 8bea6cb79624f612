import type { Album, Artist, ArtistRef, Lyrics, Playlist, Song } from "#contract/apps/media/music";
import type { Tree } from "./answer.ts";
import { idOf } from "./ids.ts";

/** Zero and null are left out: in this API what is absent is not known. */
const some = (value: number | null): number | undefined => (value === null || value === 0 ? undefined : value);
const words = (value: string | null): string | undefined => (value === null || value === "" ? undefined : value);
const moment = (atMs: number | null): string | undefined => (atMs === null ? undefined : new Date(atMs).toISOString());
const seconds = (ms: number | null): number | undefined => (ms === null ? undefined : Math.round(ms / 1000));
const named = (refs: readonly ArtistRef[]): Tree[] => refs.map(({ id, name }) => ({ id: idOf.artist(id), name }));
const listed = (genres: readonly string[]): Tree[] => genres.map((name) => ({ name }));

/** `1969`, `1969-09` or `1969-09-26` in parts. */
function dateOf(text: string | null): Tree | undefined {
  const [year, month, day] = (text ?? "").split("-").map(Number);
  if (year === undefined || !(year > 0)) return undefined;
  return { year, ...(month && { month }), ...(day && { day }) };
}

function gainOf({ trackDb, trackPeak, albumDb, albumPeak }: Song["gain"]): Tree {
  return {
    trackGain: trackDb ?? undefined,
    albumGain: albumDb ?? undefined,
    trackPeak: trackPeak ?? undefined,
    albumPeak: albumPeak ?? undefined,
  };
}

const suffixOf = (path: string) => /\.([^./]{1,8})$/.exec(path)?.[1]?.toLowerCase();

/** `Child` of the API. */
export function songShape(song: Song): Tree {
  const [artist] = song.artists;
  return {
    id: idOf.song(song.id),
    parent: idOf.album(song.albumId),
    isDir: false,
    title: song.title,
    album: song.albumTitle,
    artist: song.artistText,
    track: some(song.trackNumber),
    year: some(song.originalYear ?? song.year),
    genre: song.genres[0],
    // Of the album: apps fetch and keep one picture for each id.
    coverArt: song.hasCover ? idOf.album(song.albumId) : undefined,
    size: song.sizeBytes,
    contentType: song.contentType,
    suffix: suffixOf(song.path),
    // Apps leave out songs without one.
    duration: seconds(song.durationMs) ?? 0,
    bitRate: song.bitsPerSecond === null ? undefined : Math.round(song.bitsPerSecond / 1000),
    bitDepth: some(song.bitDepth),
    samplingRate: some(song.samplesPerSecond),
    channelCount: some(song.channels),
    path: song.path,
    isVideo: false,
    userRating: some(song.rating),
    playCount: some(song.plays),
    discNumber: some(song.discNumber),
    created: moment(song.addedAtMs),
    starred: moment(song.starredAtMs),
    albumId: idOf.album(song.albumId),
    artistId: artist && idOf.artist(artist.id),
    type: "music",
    mediaType: "song",
    played: moment(song.playedAtMs),
    ...songExtras(song),
  };
}

/** What OpenSubsonic adds to it. */
function songExtras(song: Song): Tree {
  return {
    bpm: some(song.bpm) ?? 0,
    comment: song.comment ?? "",
    sortName: song.sortTitle,
    musicBrainzId: song.recordingMbid ?? "",
    isrc: song.isrc === null ? [] : [song.isrc],
    genres: listed(song.genres),
    artists: named(song.artists),
    displayArtist: song.artistText,
    albumArtists: named(song.albumArtists),
    displayAlbumArtist: song.albumArtistText,
    contributors: song.composers.map(({ id, name }) => ({ role: "composer", artist: { id: idOf.artist(id), name } })),
    displayComposer: song.composers.map(({ name }) => name).join(", "),
    moods: [],
    replayGain: gainOf(song.gain),
    explicitStatus: "",
  };
}

const ownDiscTitle = (songs: readonly Song[]): Tree[] => {
  const titles = new Map(
    songs.flatMap(({ discNumber, discTitle }) => (discTitle ? [[discNumber ?? 1, discTitle]] : [])),
  );
  return Array.from(titles, ([disc, title]) => ({ disc, title }));
};

/** `AlbumID3`; with its songs `AlbumID3WithSongs`. */
export function albumShape(album: Album, songs?: readonly Song[]): Tree {
  const [artist] = album.artists;
  return {
    id: idOf.album(album.id),
    name: album.title,
    version: "",
    artist: album.artistText,
    artistId: artist && idOf.artist(artist.id),
    coverArt: album.hasCover ? idOf.album(album.id) : undefined,
    songCount: album.songCount,
    duration: seconds(album.durationMs),
    playCount: some(album.plays),
    created: moment(album.addedAtMs),
    starred: moment(album.starredAtMs),
    year: some(album.originalYear ?? album.year),
    genre: album.genres[0],
    played: moment(album.playedAtMs),
    userRating: some(album.rating),
    recordLabels: album.recordLabels.map((name) => ({ name })),
    musicBrainzId: album.releaseMbid ?? "",
    genres: listed(album.genres),
    artists: named(album.artists),
    displayArtist: album.artistText,
    releaseTypes: [...album.types],
    moods: [],
    sortName: album.sortTitle,
    originalReleaseDate: dateOf(album.originalDate) ?? {},
    releaseDate: dateOf(album.releaseDate) ?? {},
    isCompilation: album.isCompilation,
    explicitStatus: "",
    discTitles: ownDiscTitle(songs ?? []),
    ...(songs && { song: songs.map(songShape) }),
  };
}

/** An album as a folder, for clients that walk through folders. */
export function albumFolder(album: Album): Tree {
  const [artist] = album.artists;
  return {
    id: idOf.album(album.id),
    parent: artist && idOf.artist(artist.id),
    isDir: true,
    title: album.title,
    album: album.title,
    artist: album.artistText,
    year: some(album.originalYear ?? album.year),
    genre: album.genres[0],
    coverArt: album.hasCover ? idOf.album(album.id) : undefined,
    created: moment(album.addedAtMs),
    starred: moment(album.starredAtMs),
    userRating: some(album.rating),
    playCount: some(album.plays),
    mediaType: "album",
  };
}

/** `ArtistID3`. */
export function artistShape(artist: Artist): Tree {
  return {
    id: idOf.artist(artist.id),
    name: artist.name,
    coverArt: artist.hasCover ? idOf.artist(artist.id) : undefined,
    albumCount: artist.albumCount,
    starred: moment(artist.starredAtMs),
    userRating: some(artist.rating),
    musicBrainzId: artist.mbid ?? "",
    sortName: artist.sortName,
    roles: artist.roles.map((role) => role.toLowerCase()),
  };
}

/** `Artist` of the older half of the API. */
export function artistFolder({ id, name, starredAtMs, rating }: Artist): Tree {
  return { id: idOf.artist(id), name, starred: moment(starredAtMs), userRating: some(rating) };
}

export function playlistShape(list: Playlist, ownerLogin: string): Tree {
  return {
    id: idOf.playlist(list.id),
    name: list.name,
    comment: words(list.comment),
    owner: ownerLogin,
    public: list.sharing !== "private",
    songCount: list.songCount ?? 0,
    duration: seconds(list.durationMs) ?? 0,
    created: moment(list.createdAtMs),
    changed: moment(list.changedAtMs),
    coverArt: list.coverAlbumIds.length > 0 ? idOf.playlist(list.id) : undefined,
    readonly: !list.mayEdit || list.rules !== null,
  };
}

/** `StructuredLyrics`. */
export function lyricsShape({ language, isTimed, displayArtist, displayTitle, lines }: Lyrics): Tree {
  return {
    lang: language,
    synced: isTimed,
    displayArtist: words(displayArtist),
    displayTitle: words(displayTitle),
    // It has been taken into account.
    offset: 0,
    line: lines.map(({ startMs, text }) => ({ start: isTimed ? (startMs ?? 0) : undefined, value: text })),
  };
}

import { z } from "zod";
import { defineContract } from "#wire";
import {
  Album,
  AlbumsInput,
  Artist,
  ArtistsInput,
  Bookmark,
  Genre,
  Id,
  Ids,
  Kind,
  Lyrics,
  NowPlaying,
  Playlist,
  PlaylistEntry,
  Query,
  Queue,
  SmartRules,
  Song,
  SongsInput,
  Station,
  paging,
  sharing,
} from "./schemas.ts";

export type {
  Album,
  AlbumsInput,
  Artist,
  ArtistRef,
  Bookmark,
  Gain,
  Genre,
  Lyrics,
  MusicKind,
  NowPlaying,
  Playlist,
  PlaylistEntry,
  SmartRule,
  SmartRules,
  Song,
  Station,
} from "./schemas.ts";

const read = { permission: "files.use", effect: "read" } as const;
const write = { permission: "files.use", effect: "write" } as const;
const none = z.object({});
const HttpUrl = z.url({ protocol: /^https?$/ }).max(2000);
const PlaylistName = z.string().trim().min(1).max(200);

/** Everything is what the caller may see: songs whose files they may read, and albums, artists and genres of such songs. */
export const musicContract = defineContract({
  "music.overview": {
    summary: "How much music there is, by the caller's sight, and in which libraries.",
    input: z.object({}),
    output: z.object({
      albums: z.int(),
      artists: z.int(),
      songs: z.int(),
      durationMs: z.int(),
      libraries: z.array(z.object({ id: Id, name: z.string(), songs: z.int() })),
      /** Files of music libraries that were not looked into yet: numbers will grow. */
      waiting: z.int(),
      /** When anything of all this changed last. */
      changedAtMs: z.int(),
    }),
    ...read,
  },
  "music.albums": {
    summary: "Albums in an order, a page at a time.",
    input: AlbumsInput,
    output: z.object({ total: z.int(), albums: z.array(Album) }),
    ...read,
  },
  "music.album": {
    summary: "One album with its songs by disc and track.",
    input: z.object({ id: Id }),
    output: z.object({ album: Album, songs: z.array(Song) }),
    ...read,
  },
  "music.artists": {
    summary: "Artists by sort name, a page at a time.",
    input: ArtistsInput,
    output: z.object({ total: z.int(), artists: z.array(Artist) }),
    ...read,
  },
  "music.artist": {
    summary:
      "One artist with their albums by year, what else they appear on, and what the household plays most of them.",
    input: z.object({ id: Id }),
    output: z.object({
      artist: Artist,
      albums: z.array(Album),
      appearsOn: z.array(Album),
      topSongs: z.array(Song),
      similar: z.array(Artist),
    }),
    ...read,
  },
  "music.songs": {
    summary: "Songs in an order, a page at a time.",
    input: SongsInput,
    output: z.object({ total: z.int(), songs: z.array(Song) }),
    ...read,
  },
  "music.genres": {
    summary: "Genres by name.",
    input: none,
    output: z.object({ genres: z.array(Genre) }),
    ...read,
  },
  "music.search": {
    summary: "Artists, albums and songs that have all words in their names, the best matches first.",
    input: z.object({
      query: Query,
      artistLimit: paging.limit,
      artistOffset: paging.offset,
      albumLimit: paging.limit,
      albumOffset: paging.offset,
      songLimit: paging.limit,
      songOffset: paging.offset,
      libraryId: Id.optional(),
    }),
    output: z.object({ artists: z.array(Artist), albums: z.array(Album), songs: z.array(Song) }),
    ...read,
  },
  "music.similarSongs": {
    summary: "Songs that go with a song, an album or an artist: of the same artists and genres, mixed.",
    input: z.object({ kind: Kind, id: Id, limit: z.int().min(1).max(500).default(50), seed: z.int().default(1) }),
    output: z.object({ songs: z.array(Song) }),
    ...read,
  },
  "music.setStar": {
    summary: "Star songs, albums or artists for the caller, or take the star away.",
    input: z.object({ kind: Kind, ids: Ids.min(1), isStarred: z.boolean() }),
    output: none,
    ...write,
  },
  "music.setRating": {
    summary: "Rate a song, an album or an artist from 1 to 5; null takes the rating away.",
    input: z.object({ kind: Kind, id: Id, rating: z.int().min(1).max(5).nullable() }),
    output: none,
    ...write,
  },
  "music.notePlays": {
    summary: "Say that the caller has heard songs; the same song at the same moment counts once.",
    input: z.object({
      plays: z
        .array(z.object({ songId: Id, atMs: z.int().min(0) }))
        .min(1)
        .max(500),
    }),
    output: none,
    ...write,
  },
  "music.notePlaying": {
    summary: "Say what the caller hears now, or with null that it has stopped. Forgotten a while after the song's end.",
    input: z.object({ songId: Id.nullable(), player: z.string().max(100).default("Hearth") }),
    output: none,
    permission: "files.use",
    effect: "read",
  },
  "music.nowPlaying": {
    summary: "What people of the household hear now, of what the caller may see.",
    input: none,
    output: z.object({ playing: z.array(NowPlaying) }),
    ...read,
  },
  "music.lyrics": {
    summary: "Lyrics of a song, the timed ones first: of files beside it, then of its tags.",
    input: z.object({ songId: Id }),
    output: z.object({ lyrics: z.array(Lyrics) }),
    ...read,
  },
  "music.playlists": {
    summary: "The caller's playlists and those that others share, by name.",
    input: none,
    output: z.object({ playlists: z.array(Playlist) }),
    ...read,
  },
  "music.playlist": {
    summary: "One playlist with its songs. Songs that the caller may not see are left out.",
    input: z.object({ id: Id }),
    output: z.object({ playlist: Playlist, entries: z.array(PlaylistEntry) }),
    ...read,
  },
  "music.createPlaylist": {
    summary: "Make a playlist of songs, or a smart one of rules.",
    input: z.object({
      name: PlaylistName,
      comment: z.string().max(2000).default(""),
      sharing: z.enum(sharing).default("private"),
      songIds: z.array(Id).max(5000).default([]),
      rules: SmartRules.nullable().default(null),
    }),
    output: z.object({ playlist: Playlist }),
    ...write,
  },
  "music.updatePlaylist": {
    summary: "Change name, comment, sharing (its owner only) or rules of a playlist.",
    input: z.object({
      id: Id,
      name: PlaylistName.optional(),
      comment: z.string().max(2000).optional(),
      sharing: z.enum(sharing).optional(),
      rules: SmartRules.optional(),
    }),
    output: z.object({ playlist: Playlist }),
    ...write,
  },
  "music.removePlaylist": {
    summary: "Remove a playlist; `music.restorePlaylist` brings it back within 30 days.",
    input: z.object({ id: Id }),
    output: none,
    ...write,
  },
  "music.restorePlaylist": {
    summary: "Bring back a playlist that its owner has removed.",
    input: z.object({ id: Id }),
    output: z.object({ playlist: Playlist }),
    ...write,
  },
  "music.addToPlaylist": {
    summary: "Add songs to a playlist, at its end or before an entry.",
    input: z.object({ id: Id, songIds: z.array(Id).min(1).max(5000), beforeEntryId: Id.nullable().default(null) }),
    output: z.object({ entryIds: z.array(Id) }),
    ...write,
  },
  "music.removeFromPlaylist": {
    summary: "Take entries out of a playlist.",
    input: z.object({ id: Id, entryIds: z.array(Id).min(1).max(5000) }),
    output: none,
    ...write,
  },
  "music.moveInPlaylist": {
    summary: "Move entries, in the given order, before another one or to the end.",
    input: z.object({ id: Id, entryIds: z.array(Id).min(1).max(5000), beforeEntryId: Id.nullable() }),
    output: none,
    ...write,
  },
  "music.setPlaylistSongs": {
    summary: "Replace all entries of a playlist.",
    input: z.object({ id: Id, songIds: z.array(Id).max(5000) }),
    output: none,
    ...write,
  },
  "music.importPlaylist": {
    summary:
      "Make a playlist of an M3U text or of an M3U file of a library; what is not found here stays as an entry without a song.",
    input: z.union([
      z.object({ name: PlaylistName, text: z.string().max(2_000_000) }),
      z.object({ nodeId: Id, name: PlaylistName.optional() }),
    ]),
    output: z.object({ playlist: Playlist, found: z.int(), missing: z.array(z.string()) }),
    ...write,
  },
  "music.playlistFiles": {
    summary: "M3U files in the music libraries that can be imported.",
    input: none,
    output: z.object({ files: z.array(z.object({ nodeId: Id, name: z.string(), path: z.string() })) }),
    ...read,
  },
  "music.trySmartRules": {
    summary: "What a smart list with these rules would hold now.",
    input: z.object({ rules: SmartRules, limit: z.int().min(1).max(100).default(20) }),
    output: z.object({ total: z.int(), durationMs: z.int(), songs: z.array(Song) }),
    ...read,
  },
  "music.queue": {
    summary: "The caller's queue as it was saved last, from any device.",
    input: none,
    output: Queue,
    ...read,
  },
  "music.saveQueue": {
    summary: "Keep the caller's queue, to go on with on another device.",
    input: z.object({
      songIds: z.array(Id).max(5000),
      index: z.int().min(0).default(0),
      positionMs: z.int().min(0).default(0),
      savedBy: z.string().max(100).default("Hearth"),
    }),
    output: z.object({ savedAtMs: z.int() }),
    permission: "files.use",
    effect: "write",
  },
  "music.bookmarks": {
    summary: "Places in songs that the caller has kept.",
    input: none,
    output: z.object({ bookmarks: z.array(Bookmark) }),
    ...read,
  },
  "music.setBookmark": {
    summary: "Keep a place in a song; one a song.",
    input: z.object({ songId: Id, positionMs: z.int().min(0), comment: z.string().max(500).default("") }),
    output: none,
    ...write,
  },
  "music.removeBookmark": {
    summary: "Forget the place in a song.",
    input: z.object({ songId: Id }),
    output: none,
    ...write,
  },
  "music.stations": {
    summary: "Internet radio stations of the household, by name. Players fetch them by themselves.",
    input: none,
    output: z.object({ stations: z.array(Station) }),
    ...read,
  },
  "music.saveStation": {
    summary: "Add an internet radio station, or change the one with this id.",
    input: z.object({
      id: Id.optional(),
      name: z.string().trim().min(1).max(200),
      streamUrl: HttpUrl,
      homePageUrl: HttpUrl.nullable().default(null),
    }),
    output: z.object({ station: Station }),
    permission: "server.manage",
    effect: "write",
  },
  "music.removeStation": {
    summary: "Remove an internet radio station.",
    input: z.object({ id: Id }),
    output: none,
    permission: "server.manage",
    effect: "write",
  },
});

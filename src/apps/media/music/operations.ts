import { musicContract } from "#contract/apps/media/music";
import { implement, type Implementation } from "#platform/usecase";
import type { Handled, HandledLater, MusicOperation } from "./handled.ts";

type Written = {
  [N in MusicOperation]: (typeof musicContract)[N]["effect"] extends "write" ? N : never;
}[MusicOperation];
type NameOf<N extends string> = N extends `music.${infer Verb}` ? Verb : never;

/** Every operation under the name of its verb. */
export type MusicActs = {
  readonly [N in MusicOperation as NameOf<N>]: N extends Written ? HandledLater<N> : Handled<N>;
};

/** All of them check by themselves what the caller may see. */
export function musicOperations(acts: MusicActs): Implementation[] {
  return implement(musicContract, {
    "music.overview": ({ actor }, input) => acts.overview(actor, input),
    "music.albums": ({ actor }, input) => acts.albums(actor, input),
    "music.album": ({ actor }, input) => acts.album(actor, input),
    "music.artists": ({ actor }, input) => acts.artists(actor, input),
    "music.artist": ({ actor }, input) => acts.artist(actor, input),
    "music.songs": ({ actor }, input) => acts.songs(actor, input),
    "music.genres": ({ actor }, input) => acts.genres(actor, input),
    "music.search": ({ actor }, input) => acts.search(actor, input),
    "music.similarSongs": ({ actor }, input) => acts.similarSongs(actor, input),
    "music.setStar": ({ actor }, input) => acts.setStar(actor, input),
    "music.setRating": ({ actor }, input) => acts.setRating(actor, input),
    "music.notePlays": ({ actor }, input) => acts.notePlays(actor, input),
    "music.notePlaying": ({ actor }, input) => acts.notePlaying(actor, input),
    "music.nowPlaying": ({ actor }, input) => acts.nowPlaying(actor, input),
    "music.lyrics": ({ actor }, input) => acts.lyrics(actor, input),
    "music.playlists": ({ actor }, input) => acts.playlists(actor, input),
    "music.playlist": ({ actor }, input) => acts.playlist(actor, input),
    "music.createPlaylist": ({ actor }, input) => acts.createPlaylist(actor, input),
    "music.updatePlaylist": ({ actor }, input) => acts.updatePlaylist(actor, input),
    "music.removePlaylist": ({ actor }, input) => acts.removePlaylist(actor, input),
    "music.restorePlaylist": ({ actor }, input) => acts.restorePlaylist(actor, input),
    "music.addToPlaylist": ({ actor }, input) => acts.addToPlaylist(actor, input),
    "music.removeFromPlaylist": ({ actor }, input) => acts.removeFromPlaylist(actor, input),
    "music.moveInPlaylist": ({ actor }, input) => acts.moveInPlaylist(actor, input),
    "music.setPlaylistSongs": ({ actor }, input) => acts.setPlaylistSongs(actor, input),
    "music.importPlaylist": ({ actor }, input) => acts.importPlaylist(actor, input),
    "music.playlistFiles": ({ actor }, input) => acts.playlistFiles(actor, input),
    "music.trySmartRules": ({ actor }, input) => acts.trySmartRules(actor, input),
    "music.queue": ({ actor }, input) => acts.queue(actor, input),
    "music.saveQueue": ({ actor }, input) => acts.saveQueue(actor, input),
    "music.bookmarks": ({ actor }, input) => acts.bookmarks(actor, input),
    "music.setBookmark": ({ actor }, input) => acts.setBookmark(actor, input),
    "music.removeBookmark": ({ actor }, input) => acts.removeBookmark(actor, input),
    "music.stations": ({ actor }, input) => acts.stations(actor, input),
    "music.saveStation": ({ actor }, input) => acts.saveStation(actor, input),
    "music.removeStation": ({ actor }, input) => acts.removeStation(actor, input),
  });
}

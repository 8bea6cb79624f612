import type { Song } from "#contract/apps/media/music";
import { call } from "#web/client.ts";
import { music as t } from "#web/strings/music.ts";
import { notifyDone, notifyError } from "#web/ui/index.ts";
import { wantDock } from "./dock-signal.ts";
import { wakeSound } from "./output.ts";
import { musicPlayer } from "./player-access.ts";

/** To be called from a press: what follows may take a moment, and only then a browser lets it be heard. */
export function playSongs(songs: readonly Song[], index = 0, isShuffled = false): void {
  wantDock();
  musicPlayer().playSongs(songs, index, isShuffled);
}

export function playAlbum(albumId: number, isShuffled = false): void {
  wakeSound();
  call("music.album", { id: albumId }).then(({ songs }) => playSongs(songs, 0, isShuffled), notifyError);
}

export function playSimilar(song: Song): void {
  wakeSound();
  call("music.similarSongs", { kind: "song", id: song.id, seed: Date.now() % 100_000 }).then(
    ({ songs }) => playSongs([song, ...songs]),
    notifyError,
  );
}

export function queueSongs(songs: readonly Song[], where: "next" | "end"): void {
  wantDock();
  musicPlayer().add(songs, where);
  notifyDone(t.queued(songs.length));
}

import type { Player } from "./player.ts";

const skipMs = 10_000;

/** Keys of the keyboard, headset and lock screen, and what is shown there. */
export function showMediaSession(player: Player): void {
  if (!("mediaSession" in navigator)) return;
  const session = navigator.mediaSession;
  const on = (name: MediaSessionAction, handler: MediaSessionActionHandler) => {
    try {
      session.setActionHandler(name, handler);
    } catch {
      // This browser does not know the key.
    }
  };
  on("play", () => player.play());
  on("pause", () => player.pause());
  on("nexttrack", () => player.next());
  on("previoustrack", () => player.previous());
  on("seekbackward", ({ seekOffset }) => player.seekBy(-(seekOffset ?? skipMs / 1000) * 1000));
  on("seekforward", ({ seekOffset }) => player.seekBy((seekOffset ?? skipMs / 1000) * 1000));
  on("seekto", ({ seekTime }) => player.seek((seekTime ?? 0) * 1000));
  let shown = 0;
  player.subscribe(() => {
    const { song, isPlaying, settings } = player.state();
    session.playbackState = song === null ? "none" : isPlaying ? "playing" : "paused";
    if (song === null) return;
    if (song.id !== shown) {
      shown = song.id;
      const artwork = [256, 512].map((size) => ({
        src: `/api/music/cover/song/${song.id}?size=${size}&v=${song.coverVersion}`,
        sizes: `${size}x${size}`,
        type: "image/webp",
      }));
      session.metadata = new MediaMetadata({
        title: song.title,
        artist: song.artistText,
        album: song.albumTitle,
        artwork: song.hasCover ? artwork : [],
      });
    }
    const duration = (player.durationMs() ?? 0) / 1000;
    const position = player.positionMs() / 1000;
    if (duration > 0 && position <= duration) {
      session.setPositionState({ duration, position, playbackRate: settings.speed });
    }
  });
}

import { useEffect, useState } from "react";
import { musicPlayer, usePlayer } from "./player-access.ts";

const everyMs = 250;

/** How far the song is, read a few times a second while it plays. */
export function usePosition(): { readonly positionMs: number; readonly durationMs: number } {
  const player = musicPlayer();
  const { isPlaying, song } = usePlayer();
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => setTick((tick) => tick + 1), everyMs);
    return () => clearInterval(timer);
  }, [isPlaying]);
  const durationMs = song?.durationMs ?? player.durationMs() ?? 0;
  return { positionMs: Math.min(player.positionMs(), durationMs || Infinity), durationMs };
}

/** `3:07`, `1:02:09`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

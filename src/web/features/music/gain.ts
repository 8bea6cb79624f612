import type { Song } from "#contract/apps/media/music";

export type GainMode = "off" | "track" | "album";

/** Songs that nobody measured are most likely as loud as others are before they are turned down. */
const unknownDb = -6;

/**
 * Factor by which a song is made louder or quieter (ReplayGain 2.0): never so much that its highest sample would be cut off.
 */
export function gainFactor({ gain }: Pick<Song, "gain">, mode: GainMode): number {
  if (mode === "off") return 1;
  const [decibels, peak] =
    mode === "album" && gain.albumDb !== null ? [gain.albumDb, gain.albumPeak] : [gain.trackDb, gain.trackPeak];
  if (decibels === null) return 10 ** (unknownDb / 20);
  const factor = 10 ** (decibels / 20);
  // Without a known peak nothing is made louder.
  return Math.min(factor, peak === null || peak <= 0 ? Math.min(1, factor) : 1 / peak);
}

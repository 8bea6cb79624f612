import type { Gain } from "#contract/apps/media/music";
import type { Db } from "#platform/db";
import type { GainSource } from "./present-songs.ts";

/** EBU R128 of a whole file. */
export interface Loudness {
  readonly integratedLufs: number;
  readonly peakDb: number;
}

export interface GainsDeps {
  readonly db: Db;
  /** What was measured; undefined before that. */
  readonly loudnessOf: (contentKey: string) => Loudness | undefined;
}

/** ReplayGain 2.0 brings everything there. */
const targetLufs = -18;
const maxSongs = 200;

interface Member {
  readonly contentKey: string | null;
  readonly durationMs: number | null;
}

/** What tags say counts; what they do not say follows from the measured loudness, of an album from that of all its songs. */
export function createGains({ db, loudnessOf }: GainsDeps): GainSource {
  const members = db.prepare<Member, [number, number]>(
    `SELECT item.content_key AS contentKey, song.duration_ms AS durationMs FROM media_song song
     JOIN media_item item ON item.id = song.item_id WHERE song.album_id = ? AND item.state <> 'gone' LIMIT ?`,
  );
  const ofAlbum = (albumId: number): Pick<Gain, "albumDb" | "albumPeak"> => {
    let energy = 0;
    let weight = 0;
    let peakDb = -Infinity;
    for (const { contentKey, durationMs } of members.all(albumId, maxSongs)) {
      const loudness = contentKey === null ? undefined : loudnessOf(contentKey);
      // Half an album says nothing about the whole.
      if (loudness === undefined) return { albumDb: null, albumPeak: null };
      const length = Math.max(1, durationMs ?? 1);
      energy += length * 10 ** (loudness.integratedLufs / 10);
      weight += length;
      peakDb = Math.max(peakDb, loudness.peakDb);
    }
    if (weight === 0 || energy === 0) return { albumDb: null, albumPeak: null };
    return { albumDb: rounded(targetLufs - 10 * Math.log10(energy / weight)), albumPeak: peakOf(peakDb) };
  };
  return {
    of: ({ albumId, contentKey, tagged }) => {
      if (tagged.trackDb !== null) return tagged;
      const loudness = contentKey === null ? undefined : loudnessOf(contentKey);
      if (loudness === undefined || !Number.isFinite(loudness.integratedLufs)) return tagged;
      const track = { trackDb: rounded(targetLufs - loudness.integratedLufs), trackPeak: peakOf(loudness.peakDb) };
      return tagged.albumDb === null ? { ...track, ...ofAlbum(albumId) } : { ...tagged, ...track };
    },
  };
}

const rounded = (decibels: number) => Math.round(Math.max(-60, Math.min(60, decibels)) * 100) / 100;
const peakOf = (decibels: number) => Math.round(10 ** (Math.min(12, decibels) / 20) * 1e6) / 1e6;

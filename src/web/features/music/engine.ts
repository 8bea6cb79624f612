import type { Song } from "#contract/apps/media/music";

/** What an engine tells whoever leads it. */
export interface EngineEvents {
  /** Another song is heard now: it followed the one before by itself. */
  onSong(song: Song): void;
  /** The last song is over. */
  onEnd(): void;
  /** Sound waits for data, or does not any more. */
  onWaiting(isWaiting: boolean): void;
  /** The system, or a headset, has stopped or started it. */
  onPlaying(isPlaying: boolean): void;
  /** This song cannot be played. */
  onError(song: Song, error: unknown): void;
  /** What comes after the current song; asked again whenever it may have changed. */
  next(): Song | null;
}

/** Plays one song after the other. */
export interface Engine {
  /** Begins a song, so far into it. */
  start(song: Song, positionMs: number, isPlaying: boolean): void;
  play(): void;
  pause(): void;
  seek(positionMs: number): void;
  /** Of the song that is heard. */
  positionMs(): number;
  /** Null while it is not known. */
  durationMs(): number | null;
  /** 0 to 1, before the gain of songs. */
  setVolume(volume: number): void;
  setRate(rate: number): void;
  /** The order of songs, or a gain, has changed. */
  refresh(): void;
  close(): void;
}

/** Address of a song's file, or of a conversion that every browser plays. */
export function songUrl(song: Song): string {
  return `/api/music/stream/${song.id}${canPlayFile(song) ? "" : "?format=mp3&rate=256"}`;
}

const probe = typeof Audio === "undefined" ? undefined : new Audio();

function canPlayFile({ contentType, codec }: Song): boolean {
  // Apple Lossless has the type of AAC.
  if (codec === "alac") return false;
  return probe !== undefined && probe.canPlayType(contentType) !== "";
}

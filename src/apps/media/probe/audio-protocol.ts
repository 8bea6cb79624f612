import type { RawContainer } from "./container-protocol.ts";
import type { Chapter } from "./types.ts";

/** What the tags of a song's file say, and what the quick reader knows of its sound. */
export interface AudioReading {
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly chapters: readonly Chapter[];
  readonly coverCount: number;
  /** Null when the tables of the file tell more, or only ffprobe can say it exactly. */
  readonly sound: AudioSound | null;
  /** Of mp4: what its tables tell; null when there are none, or only ffprobe can. */
  readonly container: RawContainer | null;
}

export interface AudioSound {
  readonly container: string;
  /** Of ffmpeg. */
  readonly codec: string;
  readonly durationMs: number;
  readonly bitsPerSecond: number | null;
  readonly channels: number;
  readonly samplesPerSecond: number;
  readonly bitDepth: number | null;
}

export interface Cover {
  /** Of an image, as the file says. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface AudioFile {
  readonly fd: number;
  readonly sizeBytes: number;
  /** Its ending is a hint. */
  readonly name: string;
}

/** Of the thread; null for what this reader does not know, and for a damaged file. */
export interface AudioCalls {
  readonly [name: string]: (file: AudioFile) => unknown;
  read(file: AudioFile): AudioReading | null;
  cover(file: AudioFile): Cover | null;
}

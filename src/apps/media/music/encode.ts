import { AppError } from "#platform/errors";
import { ffmpegInput } from "#platform/ffmpeg";

/**
 * What a song can be turned into. `flac` is cut into pieces of a fixed length for players that put songs together without a gap (fragmented
 * MP4); the others are one stream.
 */
export const audioFormats = ["mp3", "opus", "aac", "flac"] as const;
export type AudioFormat = (typeof audioFormats)[number];

export interface EncodeOptions {
  readonly format: AudioFormat;
  /** Not for `flac`. */
  readonly kilobitsPerSecond: number;
  /** Where in the song it begins. */
  readonly offsetMs: number;
}

/** Raised when songs are encoded in another way. */
const encodeRecipe = 1;

export const contentTypes: Readonly<Record<AudioFormat, string>> = {
  mp3: "audio/mpeg",
  opus: "audio/ogg",
  aac: "audio/aac",
  flac: "audio/mp4",
};

const rates: Readonly<Record<Exclude<AudioFormat, "flac">, { readonly min: number; readonly max: number }>> = {
  mp3: { min: 32, max: 320 },
  opus: { min: 16, max: 320 },
  aac: { min: 32, max: 320 },
};
const usualKilobits = 192;
/** Of the pieces of `flac`: ten times a second fits into every rate that is used. */
const fragmentSeconds = 5;
const framesPerSecond = 10;

/** Rate that is really used for what was asked for; 0 or nothing is the usual one. */
export function rateFor(format: AudioFormat, asked: number | undefined): number {
  if (format === "flac") return 0;
  const { min, max } = rates[format];
  return Math.min(max, Math.max(min, Math.round(asked === undefined || asked === 0 ? usualKilobits : asked)));
}

export function isAudioFormat(text: string): text is AudioFormat {
  return (audioFormats as readonly string[]).includes(text);
}

/** Bytes that come of so much sound, for clients that want to know beforehand; null for `flac`. */
export function estimatedBytes({ format, kilobitsPerSecond, offsetMs }: EncodeOptions, durationMs: number | null) {
  if (format === "flac" || durationMs === null) return null;
  return Math.round((Math.max(0, durationMs - offsetMs) * kilobitsPerSecond) / 8);
}

/** Name of the outcome under which it is kept: the same for the same bytes, wherever they lie. */
export function encodeKey(contentKey: string, { format, kilobitsPerSecond, offsetMs }: EncodeOptions): string {
  return `audio:${encodeRecipe}:${contentKey}:${format}:${kilobitsPerSecond}:${offsetMs}`;
}

/** What is known of the sound that is converted. */
export interface SourceSound {
  readonly samplesPerSecond: number | null;
  readonly container: string;
  readonly durationMs: number | null;
}

/** ffmpeg from an open descriptor to its standard output. */
export function encodeArguments(fd: number, options: EncodeOptions, source: SourceSound): string[] {
  const { offsetMs } = options;
  if (!Number.isFinite(offsetMs) || offsetMs < 0)
    throw new AppError("bad-request", "The offset is a time in the song.");
  const seek = offsetMs > 0 ? ["-ss", (offsetMs / 1000).toFixed(3)] : [];
  return [
    ...["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-threads", "1"],
    ...seek,
    ...ffmpegInput(fd),
    ...["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-ac", "2"],
    ...lengthArguments(options, source),
    ...codecArguments(options, source),
    "pipe:1",
  ];
}

/** An MP4 says how much of its last frame counts; ffmpeg plays all of it. */
function lengthArguments({ offsetMs }: EncodeOptions, { container, durationMs }: SourceSound): string[] {
  if (container !== "mp4" || durationMs === null || durationMs <= offsetMs) return [];
  return ["-t", ((durationMs - offsetMs) / 1000).toFixed(3)];
}

function codecArguments({ format, kilobitsPerSecond }: EncodeOptions, { samplesPerSecond }: SourceSound): string[] {
  const rate = `${kilobitsPerSecond}k`;
  switch (format) {
    case "mp3":
      return ["-c:a", "libmp3lame", "-b:a", rate, "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"];
    case "opus":
      return ["-c:a", "libopus", "-b:a", rate, "-f", "ogg"];
    case "aac":
      return ["-c:a", "aac", "-b:a", rate, "-f", "adts"];
    case "flac": {
      // Only rates of which a tenth of a second is a whole number of samples, so that pieces have equal lengths.
      const samples = samplesPerSecond !== null && samplesPerSecond % 44_100 === 0 ? 44_100 : 48_000;
      const frame = String(samples / framesPerSecond);
      const fragment = String(fragmentSeconds * 1_000_000);
      return [
        ...["-ar", String(samples), "-c:a", "flac", "-compression_level", "4", "-frame_size", frame],
        ...["-sample_fmt", "s16", "-strict", "-2", "-frag_duration", fragment],
        ...["-movflags", "+empty_moov+default_base_moof+frag_custom+skip_trailer", "-f", "mp4"],
      ];
    }
  }
}

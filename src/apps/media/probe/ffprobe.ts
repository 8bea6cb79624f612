import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import { bounds, ffmpegInput } from "#platform/ffmpeg";
import { Broken, sentenceFor } from "./broken.ts";

/** What ffprobe prints, as far as it is used. Every field may be missing. */
export interface RawStream {
  readonly index?: number;
  readonly codec_name?: string;
  readonly codec_type?: string;
  readonly codec_tag_string?: string;
  readonly profile?: string;
  readonly level?: number;
  readonly width?: number;
  readonly height?: number;
  readonly sample_aspect_ratio?: string;
  readonly pix_fmt?: string;
  readonly bits_per_raw_sample?: string;
  readonly field_order?: string;
  readonly has_b_frames?: number;
  readonly color_transfer?: string;
  readonly color_primaries?: string;
  readonly color_space?: string;
  readonly r_frame_rate?: string;
  readonly avg_frame_rate?: string;
  readonly time_base?: string;
  readonly start_pts?: number;
  readonly start_time?: string;
  readonly duration_ts?: number;
  readonly bit_rate?: string;
  readonly channels?: number;
  readonly channel_layout?: string;
  readonly sample_rate?: string;
  readonly extradata?: string;
  readonly disposition?: Readonly<Record<string, number>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly side_data_list?: readonly Readonly<Record<string, unknown>>[];
}

export interface RawProbe {
  readonly streams?: readonly RawStream[];
  readonly chapters?: readonly {
    readonly start_time?: string;
    readonly end_time?: string;
    readonly tags?: Readonly<Record<string, string>>;
  }[];
  readonly format?: {
    readonly format_name?: string;
    readonly start_time?: string;
    readonly duration?: string;
    readonly bit_rate?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
}

export interface ToolOptions {
  readonly signal?: AbortSignal;
  /** 10 when absent. */
  readonly niceness?: number;
}

const timeoutMs = 10_000;
const maxOutputBytes = 4 * 1024 * 1024;

/** Asks ffprobe about an open file. Throws Broken for what it cannot read, AppError when ffprobe itself is missing or was cancelled. */
export async function askFfprobe(
  exec: Exec,
  fd: number,
  questions: readonly string[],
  { signal, niceness = 10 }: ToolOptions,
): Promise<RawProbe> {
  const argv = ["ffprobe", "-v", "error", "-of", "json", ...questions, ...ffmpegInput(fd)];
  const limits = { ...bounds.look, cpuSeconds: timeoutMs / 1000 };
  const options = { timeoutMs, maxOutputBytes, niceness, limits, ...(signal === undefined ? {} : { signal }) };
  const result = await exec.run(argv, options).catch((thrown: unknown) => {
    if (signal?.aborted === true || !(thrown instanceof AppError)) throw thrown;
    if (thrown.code === "too-large") throw new Broken("The file claims to hold more than any real one does.");
    if (exec.which("ffprobe") === null || exec.which("prlimit") === null) throw thrown;
    throw new Broken("Reading the file took too long: it is damaged, or its disk does not answer.");
  });
  if (result.exitCode !== 0) throw new Broken(sentenceFor(result.stderr, result.exitCode));
  try {
    return JSON.parse(new TextDecoder().decode(result.stdout)) as RawProbe;
  } catch {
    throw new Broken("The file holds nothing that can be read.");
  }
}

export const everything = ["-show_format", "-show_streams", "-show_chapters"];
/** Decoder configurations of the real video tracks; of attached fonts they would be the fonts. */
export const configurations = ["-select_streams", "V", "-show_entries", "stream=index,extradata", "-show_data"];

/** The bytes of a dump as `xxd` draws it. */
export function bytesOfDump(dump: string | undefined): Uint8Array | null {
  if (dump === undefined) return null;
  const digits = dump
    .split("\n")
    .map((line) => /^[0-9a-f]+: ((?:[0-9a-f]{2,4} )+)/.exec(line)?.[1]?.replaceAll(" ", "") ?? "")
    .join("");
  return digits === "" ? null : Uint8Array.from(Buffer.from(digits, "hex"));
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStrip, strip } from "./media-picture.ts";
import { sampleRate } from "./media-sound.ts";

/** What is decoded: a file, an address, or the bytes of an init segment and its media segments. */
export type Source = string | Uint8Array;

export interface DecodedPicture {
  /** In the clock of the source, exact to 1/90000 s. */
  readonly seconds: number;
  /** Null when its bars cannot be read. */
  readonly number: number | null;
  readonly isFlash: boolean;
}

export interface DecodedSound {
  /** Time of the first sample in the clock of the source. */
  readonly startSeconds: number;
  /** Mono, 48,000 a second. */
  readonly samples: Float32Array;
  /** Where the times of two neighbouring frames do not fit together, in samples; empty when all is gapless. */
  readonly jumps: readonly number[];
}

export interface Decoded<T> {
  readonly value: T;
  /** What ffmpeg had to complain of, one line each. */
  readonly warnings: readonly string[];
}

const clockHz = 90_000;
/** Two hours of a film, on a busy machine. */
const decodeTimeoutMs = 600_000;
/** The filter prints the times of those frames only that have a note. */
const lineOfFrame = /^frame:\d+\s+pts:(-?\d+)/gm;

interface Run {
  readonly output: Uint8Array;
  readonly notes: string;
  readonly warnings: string[];
}

/** Runs ffmpeg as the referee; `argv` may write one file of notes, whose path it is given. */
async function runReferee(
  source: Source,
  argv: (notes: string) => readonly string[],
  inputOptions: readonly string[] = [],
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "hearth-decode-"));
  try {
    const notes = join(folder, "notes.txt");
    const input = typeof source !== "string" ? "pipe:0" : source.startsWith("http:") ? source : `file:${source}`;
    const child = Bun.spawn(
      [
        "ffmpeg",
        "-v",
        "repeat+warning",
        "-copyts",
        ...inputOptions,
        "-i",
        input,
        ...argv(notes),
        join(folder, "output"),
      ],
      {
        stdin: typeof source === "string" ? "ignore" : source,
        stdout: "ignore",
        stderr: "pipe",
        timeout: decodeTimeoutMs,
      },
    );
    const complaints = await new Response(child.stderr).text();
    const code = await child.exited;
    if (code !== 0) throw new Error(`ffmpeg cannot decode (${code}): ${complaints.slice(-2000)}`);
    const warnings = complaints.split(/[\r\n]+/).filter((line) => line !== "");
    return {
      output: readFileSync(join(folder, "output")),
      notes: existsSync(notes) ? readFileSync(notes, "utf8") : "",
      warnings,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const framesOf = (notes: string): number[] => [...notes.matchAll(lineOfFrame)].map(([, pts]) => Number(pts));

/** Every picture of the first video track with its time and its number. */
export async function decodePictures(
  source: Source,
  inputOptions: readonly string[] = [],
): Promise<Decoded<DecodedPicture[]>> {
  const read = `scale=${strip.width}:${strip.height}:flags=area,format=gray`;
  const { output, notes, warnings } = await runReferee(
    source,
    (path) => [
      ...["-map", "0:V:0", "-vf", `settb=1/${clockHz},${read},metadata=add:key=a:value=b,metadata=print:file=${path}`],
      ...["-fps_mode", "passthrough", "-enc_time_base", `1:${clockHz}`, "-f", "rawvideo"],
    ],
    inputOptions,
  );
  const size = strip.width * strip.height;
  const value = framesOf(notes).map((pts, index) => {
    const { number, isFlash } = readStrip(output.subarray(index * size, (index + 1) * size));
    return { seconds: pts / clockHz, number, isFlash };
  });
  if (value.length * size !== output.length) throw new Error("as many times as pictures are expected");
  return { value, warnings };
}

/** The numbers of all pictures in the order in which they are shown, of a stream that has no times of its own. */
export async function decodeNumbers(source: Source, format: string): Promise<Decoded<(number | null)[]>> {
  const read = `scale=${strip.width}:${strip.height}:flags=area,format=gray`;
  const { output, warnings } = await runReferee(
    source,
    () => ["-map", "0:v:0", "-vf", read, "-fps_mode", "drop", "-f", "rawvideo"],
    ["-f", format],
  );
  const size = strip.width * strip.height;
  // Times are of no interest here, also not to the muxer of what is read.
  const ownWarnings = warnings.filter((line) => !line.startsWith("[rawvideo"));
  const value = Array.from(
    { length: output.length / size },
    (_, index) => readStrip(output.subarray(index * size, (index + 1) * size)).number,
  );
  return { value, warnings: ownWarnings };
}

/** The pictures of a fragmented MP4 as they go into a decoder, one behind the other, each key picture with its parameters. */
export async function bareStream(source: Uint8Array, format: "h264" | "hevc"): Promise<Uint8Array> {
  // In front of everything else of a key picture, as a decoder is given them.
  const filters = `${format}_mp4toannexb,dump_extra=freq=keyframe`;
  const argv = ["-map", "0:v:0", "-c", "copy", "-bsf:v", filters, "-f", format];
  const { output } = await runReferee(source, () => argv);
  return output;
}

/** All of one sound track, mixed down. */
export async function decodeSound(
  source: Source,
  track = 0,
  inputOptions: readonly string[] = [],
): Promise<Decoded<DecodedSound>> {
  const { output, notes, warnings } = await runReferee(
    source,
    (path) => [
      ...["-map", `0:a:${track}`, "-ac", "1", "-ar", String(sampleRate)],
      ...[
        "-af",
        `asettb=1/${sampleRate},ametadata=add:key=a:value=b,ametadata=print:file=${path},aresample=${sampleRate}`,
        "-f",
        "f32le",
      ],
    ],
    inputOptions,
  );
  const samples = new Float32Array(output.buffer, output.byteOffset, Math.floor(output.byteLength / 4));
  const times = framesOf(notes);
  const steps = times.slice(1).map((pts, index) => pts - (times[index] ?? 0));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  // The first frame of a track that was primed is shorter.
  const jumps = steps.slice(1).filter((step) => Math.abs(step - usual) > sampleRate / 900);
  return { value: { startSeconds: (times[0] ?? 0) / sampleRate, samples, jumps }, warnings };
}

import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import { bounds, ffmpegInput } from "#platform/ffmpeg";
import type { ToolOptions } from "./ffprobe.ts";
import { createKeyframeBuilder } from "./keyframe-builder.ts";
import type { KeyframeIndex } from "./types.ts";

/** Of the slowest disk that is worth waiting for. */
const leastBytesPerMs = 8_000;
const startMs = 30_000;
const longestMs = 60 * 60_000;
/** A film of a day at 60 frames a second. */
const maxPackets = 6_000_000;

export interface ScannedFile {
  readonly fd: number;
  readonly sizeBytes: number;
  readonly streamIndex: number;
  readonly timeBase: readonly [number, number];
}

/** Key frames by reading all packets of the file. Null when their times cannot be known. Throws AppError when it takes too long. */
export async function scanKeyframes(
  exec: Exec,
  { fd, sizeBytes, streamIndex, timeBase }: ScannedFile,
  { signal, niceness = 10 }: ToolOptions = {},
): Promise<KeyframeIndex | null> {
  const timeoutMs = Math.min(longestMs, startMs + sizeBytes / leastBytesPerMs);
  const argv = [
    ...["ffprobe", "-v", "error", "-fflags", "+genpts", "-select_streams", String(streamIndex)],
    ...["-show_entries", "packet=pts,duration,size,flags", "-of", "compact=p=0", ...ffmpegInput(fd)],
  ];
  const run = exec.stream(argv, {
    ...{ timeoutMs, niceness, limits: { ...bounds.look, cpuSeconds: timeoutMs / 1000 } },
    ...(signal === undefined ? {} : { signal }),
  });
  const builder = createKeyframeBuilder(streamIndex, timeBase);
  const adder = createPacketAdder(builder);
  let rest = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of run.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (!adder.add(line)) return null;
    }
  } catch (thrown) {
    // A damaged end fails the program; what came before it is known.
    if (!(thrown instanceof AppError) || thrown.code !== "internal") throw thrown;
  } finally {
    run.kill();
  }
  return builder.build();
}

function createPacketAdder(builder: ReturnType<typeof createKeyframeBuilder>) {
  let [highest, gap, count] = [-Infinity, 0, 0];
  return {
    /** False when nothing can be known of this stream. */
    add: (line: string): boolean => {
      const fields = new Map(line.split("|").map((field) => field.split("=") as [string, string]));
      const isKey = fields.get("flags")?.startsWith("K") === true;
      const pts = Number(fields.get("pts") ?? Number.NaN);
      count += 1;
      if (count > maxPackets) return false;
      // Pictures without a time may stand before the first key frame, or at the very end.
      if (!Number.isSafeInteger(pts)) return !isKey;
      if (pts > highest) {
        if (highest !== -Infinity) gap = pts - highest;
        highest = pts;
      }
      const duration = Number(fields.get("duration"));
      const sizeBytes = Number(fields.get("size")) || 0;
      builder.add({ pts, duration: duration > 0 ? duration : gap, sizeBytes, isKey });
      return true;
    },
  };
}

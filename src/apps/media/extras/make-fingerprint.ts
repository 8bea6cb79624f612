import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "#platform/exec";
import type { ExtraFiles } from "./files.ts";
import type { ExtraValues } from "./repository.ts";
import { type MakeOptions, runFfmpeg, type Source } from "./run-ffmpeg.ts";

const tailMs = 5 * 60_000;
const longestHeadMs = 10 * 60_000;
/** A clip has no intro. */
export const shortestMs = 3 * 60_000;

/** How much of the beginning is listened to: a fifth, ten minutes at most. */
const headMsOf = (durationMs: number): number => Math.min(longestHeadMs, durationMs / 5);

/** Acoustic fingerprints of the beginning and the end of an episode of `shortestMs` or more, kept as files of 32-bit numbers. */
export async function makeFingerprint(
  exec: Exec,
  files: ExtraFiles,
  contentKey: string,
  source: Source,
  streamIndex: number,
  options: MakeOptions,
): Promise<ExtraValues["fingerprint"]> {
  const { durationMs } = source;
  const tailStartMs = Math.max(0, durationMs - tailMs);
  const listen = async (startMs: number, lengthMs: number): Promise<Uint8Array> => {
    const before = ["-ss", (startMs / 1000).toFixed(3), "-t", (lengthMs / 1000).toFixed(3)];
    const after = [
      "-map",
      `0:${streamIndex}`,
      "-vn",
      "-sn",
      "-dn",
      "-ac",
      "2",
      "-f",
      "chromaprint",
      "-fp_format",
      "raw",
      "pipe:1",
    ];
    const limits = { timeoutMs: 10 * 60_000, maxOutputBytes: 2 ** 20 };
    return (await runFfmpeg(exec, source, { before, after }, options, limits)).stdout;
  };
  return files.make(contentKey, async (folder) => {
    const head = await listen(0, headMsOf(durationMs));
    const tail = await listen(tailStartMs, durationMs - tailStartMs);
    await writeFile(join(folder, "head.fp"), head);
    await writeFile(join(folder, "tail.fp"), tail);
    const value = { headItems: head.length >> 2, tailItems: tail.length >> 2, tailStartMs };
    return { files: ["head.fp", "tail.fp"], value };
  });
}

export async function readFingerprint(
  files: ExtraFiles,
  contentKey: string,
  part: "head" | "tail",
): Promise<Uint32Array> {
  const bytes = await files.read(contentKey, `${part}.fp`);
  if (bytes === undefined) return new Uint32Array();
  const items = new Uint32Array(bytes.length >> 2);
  for (let at = 0; at < items.length; at += 1) items[at] = bytes.readUInt32LE(at * 4);
  return items;
}

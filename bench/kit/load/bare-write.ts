import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { LoadAnswer } from "./jobs.ts";

const blockBytes = 1024 * 1024;

/** What the disk alone takes: one file written in blocks of 1 MiB and synced. */
export function runBareWrite(folder: string, sizeBytes: number): LoadAnswer {
  const path = join(folder, "bare.bin");
  const block = crypto.getRandomValues(new Uint8Array(65_536));
  const data = new Uint8Array(blockBytes);
  for (let at = 0; at < blockBytes; at += block.length) data.set(block, at);
  const started = performance.now();
  const file = openSync(path, "w");
  for (let written = 0; written < sizeBytes; written += blockBytes) writeSync(file, data);
  fdatasyncSync(file);
  closeSync(file);
  const seconds = (performance.now() - started) / 1000;
  rmSync(path);
  return { seconds };
}

import { mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { AppError, errnoOf } from "#platform/errors";

/** A piece on the disk, or in memory where it could not be written. */
export type Piece =
  | { readonly path: string; readonly sizeBytes: number }
  | { readonly content: Uint8Array<ArrayBuffer>; readonly sizeBytes: number };

const temporaryName = /\.tmp$/;
/** The kernel takes so many pieces of memory at a time (IOV_MAX). */
const maxVectors = 1024;

/** Appears whole or not at all. `temporary` is a name of its own in the same folder. */
export async function writeWhole(folder: string, name: string, temporary: string, parts: readonly Uint8Array[]) {
  const path = join(folder, temporary);
  try {
    await writeParts(path, parts).catch(async (thrown: unknown) => {
      if (errnoOf(thrown) !== "ENOENT") throw thrown;
      await mkdir(folder, { recursive: true });
      await writeParts(path, parts);
    });
    await rename(path, join(folder, name));
  } catch (thrown) {
    await rm(path, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    for (let at = 0; at < parts.length; at += maxVectors) {
      const some = parts.slice(at, at + maxVectors);
      const wanted = some.reduce((sum, part) => sum + part.byteLength, 0);
      const { bytesWritten } = await file.writev(some);
      if (bytesWritten !== wanted)
        throw new AppError("disk-full", "A piece of a film could not be written as a whole.");
    }
  } finally {
    await file.close();
  }
}

/** Names and sizes of the whole files in a folder; what a crash left half is removed. */
export async function listPieces(folder: string): Promise<Map<string, { sizeBytes: number; usedAtMs: number }>> {
  const pieces = new Map<string, { sizeBytes: number; usedAtMs: number }>();
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (temporaryName.test(name)) await rm(path, { force: true });
    else {
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() === true) pieces.set(name, { sizeBytes: found.size, usedAtMs: found.mtimeMs });
    }
  }
  return pieces;
}

export async function diskSpace(folder: string): Promise<{ sizeBytes: number; freeBytes: number }> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { sizeBytes: bsize * blocks, freeBytes: bsize * bavail };
}

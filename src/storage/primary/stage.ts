import {
  closeSync,
  fdatasync,
  fsync,
  futimesSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
  writev,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "#platform/errors";
import { factsOfFd } from "./disk.ts";
import type { DiskFacts } from "./nodes.ts";
import type { Volume } from "./volumes.ts";

const fdatasyncAsync = promisify(fdatasync);
const fsyncAsync = promisify(fsync);

/** Content up to this size goes into the redo log, so that one sync makes many files durable. */
export const inlineBytes = 64 * 1024;
/** Bytes gathered before they are written; the sender waits while so much is on its way. */
const gatherBytes = 1024 * 1024;
/** Dirty pages are pushed to the disk while the upload still runs, so that the last sync has little left. */
const writeBackBytes = 32 * 1024 * 1024;

/** A complete file in the stage folder, not visible to anybody yet. */
export interface Staged {
  readonly path: string;
  readonly facts: DiskFacts;
  readonly sha1: Uint8Array | null;
  /** Kept for the redo log; null for a large file, which was synced by itself. */
  readonly content: Uint8Array | null;
}

/** What the sender announced and the content must match. */
export interface Announced {
  readonly sizeBytes?: number;
  readonly sha1?: string;
  readonly md5?: string;
  readonly modifiedAtMs?: number;
}

let counter = 0;

/** Unique in this process; the sweep at start removes what an earlier one left. */
export function stagePath(volume: Volume): string {
  return join(volume.stagePath, `${process.pid.toString(36)}-${(counter++).toString(36)}`);
}

export function stageBytes(volume: Volume, content: Uint8Array, announced: Announced): Staged {
  const sha1 = new Bun.CryptoHasher("sha1").update(content).digest();
  const md5 = announced.md5 === undefined ? undefined : new Bun.CryptoHasher("md5").update(content).digest("hex");
  verify(announced, content.byteLength, sha1, md5);
  const path = stagePath(volume);
  const fd = openSync(path, "wx", 0o644);
  try {
    for (let at = 0; at < content.byteLength;) at += writeSync(fd, content, at);
    if (announced.modifiedAtMs !== undefined) setTime(fd, announced.modifiedAtMs);
    return { path, facts: factsOfFd(fd), sha1, content };
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Writes a stream to the stage while hashing it; with `strict` the content is on disk when this resolves. */
export async function stageStream(
  volume: Volume,
  body: ReadableStream<Uint8Array>,
  announced: Announced,
  strict: boolean,
): Promise<Staged> {
  const path = stagePath(volume);
  const fd = openSync(path, "wx", 0o644);
  try {
    const sha1 = new Bun.CryptoHasher("sha1");
    const md5 = announced.md5 === undefined ? undefined : new Bun.CryptoHasher("md5");
    const sizeBytes = await pour(body, fd, 0, {
      maxBytes: announced.sizeBytes,
      strict,
      onChunk: (chunk) => {
        sha1.update(chunk);
        md5?.update(chunk);
      },
    });
    const digest = sha1.digest();
    verify(announced, sizeBytes, digest, md5?.digest("hex"));
    if (announced.modifiedAtMs !== undefined) setTime(fd, announced.modifiedAtMs);
    if (strict) await syncWithName(fd, volume.stagePath);
    return { path, facts: factsOfFd(fd), sha1: digest, content: null };
  } catch (error) {
    discard(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}

interface PourOptions {
  /** More is refused with `length-mismatch`. */
  readonly maxBytes?: number;
  readonly strict: boolean;
  readonly onChunk?: (chunk: Uint8Array) => void;
}

/** Writes a stream to `fd` from `offset` on; writing and receiving overlap, memory stays bounded. Returns the bytes written. */
export async function pour(
  body: ReadableStream<Uint8Array>,
  fd: number,
  offset: number,
  options: PourOptions,
): Promise<number> {
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let received = 0;
  let written = 0;
  let pushedAt = 0;
  let writing: Promise<void> = Promise.resolve();
  let pushing: Promise<void> | undefined;
  const flush = () => {
    const chunks = gathered;
    const at = offset + written;
    written += gatheredBytes;
    gathered = [];
    gatheredBytes = 0;
    writing = writing.then(() => writeAll(fd, chunks, at));
    // A failure is met at the next await; without this it would count as unhandled until then.
    writing.catch(() => undefined);
  };
  try {
    for await (const chunk of body) {
      received += chunk.byteLength;
      if (options.maxBytes !== undefined && received > options.maxBytes) {
        throw new AppError("length-mismatch", `More than the announced ${options.maxBytes} bytes arrived.`);
      }
      options.onChunk?.(chunk);
      gathered.push(chunk);
      gatheredBytes += chunk.byteLength;
      if (gatheredBytes < gatherBytes) continue;
      await writing;
      flush();
      if (options.strict && written - pushedAt > writeBackBytes && pushing === undefined) {
        pushedAt = written;
        pushing = fdatasyncAsync(fd).finally(() => {
          pushing = undefined;
        });
        pushing.catch(() => undefined);
      }
    }
  } finally {
    // Nothing may still use the descriptor when the caller closes it, and what arrived is kept for a resumable upload.
    if (gatheredBytes > 0) flush();
    await Promise.allSettled([writing, pushing]);
  }
  // A failed write is met here, also when the stream had ended well.
  await writing;
  return received;
}

function writevAsync(fd: number, chunks: Uint8Array[], position: number): Promise<number> {
  return new Promise((resolve, reject) =>
    writev(fd, chunks, position, (error, written) => (error === null ? resolve(written) : reject(error))),
  );
}

async function writeAll(fd: number, chunks: Uint8Array[], position: number): Promise<void> {
  let rest = chunks;
  let at = position;
  while (rest.length > 0) {
    const written = await writevAsync(fd, rest, at);
    at += written;
    rest = after(rest, written);
  }
}

/** What is left of a list of chunks once its first `count` bytes are gone. */
function after(chunks: Uint8Array[], count: number): Uint8Array[] {
  let skip = count;
  const index = chunks.findIndex((chunk) => {
    if (skip < chunk.byteLength) return true;
    skip -= chunk.byteLength;
    return false;
  });
  if (index === -1) return [];
  const [first, ...others] = chunks.slice(index);
  return [(first as Uint8Array).subarray(skip), ...others];
}

/** A file is durable when its content and its name in the folder are. */
export async function syncWithName(fd: number, folder: string): Promise<void> {
  const folderFd = openSync(folder, "r");
  try {
    await Promise.all([fdatasyncAsync(fd), fsyncAsync(folderFd)]);
  } finally {
    closeSync(folderFd);
  }
}

function verify(announced: Announced, sizeBytes: number, sha1: Uint8Array, md5: string | undefined): void {
  if (announced.sizeBytes !== undefined && announced.sizeBytes !== sizeBytes) {
    throw new AppError("length-mismatch", `${announced.sizeBytes} bytes were announced and ${sizeBytes} arrived.`);
  }
  const hex = Buffer.from(sha1).toString("hex");
  if (announced.sha1 !== undefined && announced.sha1.toLowerCase() !== hex) throw new AppError("checksum-mismatch");
  if (announced.md5 !== undefined && announced.md5.toLowerCase() !== md5) throw new AppError("checksum-mismatch");
}

export function setTime(fd: number, modifiedAtMs: number): void {
  // As a date: a number below zero, a time before 1970, would be taken for now.
  const time = new Date(modifiedAtMs);
  futimesSync(fd, time, time);
}

/** Removes a staged file or folder that nobody will use; one that is gone already is fine. */
export function discard(path: string): void {
  rmSync(path, { force: true, recursive: true });
}

/**
 * Removes what nobody will use any more: at start everything that a killed process left in the stage, later what was last written
 * before `beforeMs`, as when the disk went away under an upload. Returns how many entries went.
 */
export function sweepStage(volume: Pick<Volume, "stagePath">, beforeMs = Number.POSITIVE_INFINITY): number {
  let removed = 0;
  for (const name of readdirSync(volume.stagePath)) {
    const path = join(volume.stagePath, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    // The time of the change: the other one may be what the client wishes.
    if (stats !== undefined && stats.ctimeMs >= beforeMs) continue;
    if (stats?.isFile() === true) unlinkSync(path);
    else discard(path);
    removed++;
  }
  return removed;
}

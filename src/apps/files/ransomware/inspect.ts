import { read, readSync } from "node:fs";
import { promisify } from "node:util";
import { AppError } from "#platform/errors";
import type { Storage } from "#storage/primary";
import { hasForeignIslands, hasNewIslands, type Window } from "./blocks.ts";
import { splitName } from "./endings.ts";
import type { ContentFact } from "./facts.ts";
import { noteWords } from "./note-words.ts";
import { isEncodedRandom, isNearRandom, promiseOf, sniff } from "./sniff.ts";

const headBytes = 8 * 1024;
const windowBytes = 64 * 1024;
const noteBytes = 16 * 1024;

interface Opened {
  readonly fd: number;
  readonly sizeBytes: number;
  close(): void;
}

export interface Inspection {
  readonly nodeId: number;
  readonly name: string;
  /** The version that was replaced, when it was kept. */
  readonly keptVersion: number | null;
  /** There should have been something before: its type may be told from the new content alone. */
  readonly isOverwrite: boolean;
  /** Written a moment ago: its first bytes are in memory still, and reading them takes less than handing that to a thread. */
  readonly isFresh: boolean;
  /** Also looks for islands of random bytes, in three windows of each content. */
  readonly isDeep: boolean;
}

/** Reads what the detector wants to know of a content; undefined when it is gone, empty, or on a disk that is away. */
export async function inspect(storage: Storage, wanted: Inspection): Promise<ContentFact | undefined> {
  const file = openQuietly(() => storage.open(wanted.nodeId));
  if (file === undefined) return undefined;
  const { keptVersion } = wanted;
  const before =
    keptVersion === null ? undefined : openQuietly(() => storage.versions.open(wanted.nodeId, keptVersion));
  try {
    const old = before && (await beginningOf(before, wanted, false));
    return await compare(await beginningOf(file, wanted, wanted.isFresh), old, wanted);
  } finally {
    file.close();
    before?.close();
  }
}

function openQuietly(open: () => Opened): Opened | undefined {
  try {
    return open();
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined;
    throw thrown;
  }
}

/** A content with as much of its beginning as one read takes: of a small file all that is asked for. */
interface Begun {
  readonly fd: number;
  readonly sizeBytes: number;
  readonly start: Uint8Array;
}

async function beginningOf(file: Opened, { isDeep, isOverwrite }: Inspection, isFresh: boolean): Promise<Begun> {
  const { fd, sizeBytes } = file;
  const length = Math.min(sizeBytes, isOverwrite && isDeep ? windowBytes : noteBytes);
  if (!isFresh) return { fd, sizeBytes, start: await readFrom(fd, 0, length) };
  const buffer = Buffer.allocUnsafe(length);
  return { fd, sizeBytes, start: buffer.subarray(0, readSync(fd, buffer, 0, length, 0)) };
}

async function compare(file: Begun, before: Begun | undefined, wanted: Inspection): Promise<ContentFact | undefined> {
  const head = file.start.subarray(0, headBytes);
  if (head.length === 0) return undefined;
  const oldHead = before?.start.subarray(0, headBytes);
  const now = classify(head, splitName(wanted.name).ending);
  const old = oldHead === undefined || oldHead.length === 0 ? undefined : classify(oldHead, "");
  const isScrambled =
    wanted.isDeep && wanted.isOverwrite && !now.isRandom && (await isScrambledNow(file, before, now.type));
  // Notes are new files.
  const isNote = now.type === "text" && !wanted.isOverwrite && file.sizeBytes <= noteBytes;
  const text = isNote ? textOf(file.start) : undefined;
  return { ...now, isScrambled, ...(old && { before: old }), ...(text && { text }) };
}

function classify(head: Uint8Array, ending: string): Pick<ContentFact, "type" | "isRandom"> {
  const type = sniff(head);
  if (type === "text") {
    const promise = promiseOf(ending);
    return { type, isRandom: promise !== undefined && promise !== "text" && isEncodedRandom(head) };
  }
  // A header of the attacker's own may come first.
  const second = head.subarray(headBytes / 2);
  const isRandom = type === null && (isNearRandom(head.subarray(0, headBytes / 2)) || isNearRandom(second));
  return { type, isRandom };
}

async function isScrambledNow(file: Begun, before: Begun | undefined, type: ContentFact["type"]): Promise<boolean> {
  const offsets = windowsOf(file.sizeBytes);
  const after = await readWindows(file, offsets);
  if (before === undefined) return hasForeignIslands(type, after);
  // Grown by a key at its end at most.
  const growth = file.sizeBytes - before.sizeBytes;
  if (growth < 0 || growth > headBytes) return false;
  const old = await readWindows(before, offsets);
  return hasNewIslands(type, old, after) || (hasForeignIslands(type, after) && !hasForeignIslands(type, old));
}

/** A small file whole; of a large one the beginning and two parts inside, on block borders. */
function windowsOf(sizeBytes: number): number[] {
  if (sizeBytes <= 3 * windowBytes) return [0, windowBytes, 2 * windowBytes].filter((offset) => offset < sizeBytes);
  const third = Math.floor(sizeBytes / 3 / windowBytes) * windowBytes;
  return [0, third, 2 * third];
}

async function readWindows(file: Begun, offsets: readonly number[]): Promise<Window[]> {
  const windows: Window[] = [];
  for (const offset of offsets) windows.push({ offset, bytes: await readAt(file, offset, windowBytes) });
  return windows;
}

function textOf(bytes: Uint8Array): ContentFact["text"] {
  if (bytes.length < 16) return undefined;
  return { hash: Bun.hash(bytes).toString(36), words: noteWords(Buffer.from(bytes).toString("utf8")) };
}

const readFd = promisify(read);

async function readAt({ fd, sizeBytes, start }: Begun, offset: number, length: number): Promise<Uint8Array> {
  const end = Math.min(offset + length, sizeBytes);
  return end <= start.length ? start.subarray(offset, end) : readFrom(fd, offset, length);
}

async function readFrom(fd: number, offset: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await readFd(fd, buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

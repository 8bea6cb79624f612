import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { factsOfFd } from "./disk.ts";
import type { DiskFacts } from "./nodes.ts";

/** What stands in the place of a file whose content is elsewhere says all that is needed to find it, without the index. */
export interface Placeholder {
  readonly tier: string;
  /** Random, so that nobody can name the content of somebody else. */
  readonly objectId: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Of the file when its content left; tells an edit behind our back from a mere copy. */
  readonly mtimeUs: number;
}

/** Smaller files stay: the placeholder itself takes a block, and one round trip costs more than it saves. */
export const smallestTieredBytes = 64 * 1024;
const headerBytes = 4096;
/** Blocks that a file system may count for the header alone. */
const headerBlocks = 64;
const magic = "HEARTH-PLACEHOLDER/1\n";
const magicBytes = Buffer.from(magic);
const start = Buffer.alloc(magic.length);
const objectIdForm = /^[A-Za-z0-9_-]{20,64}$/;
const tierForm = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Makes a placeholder: a sparse file of the very size, time, mode and owner of the one it stands for. Its first block is a text for
 * whoever looks at it with another program, so a copy of it without any extended attributes still says where the content is.
 */
export function writePlaceholder(
  path: string,
  placeholder: Placeholder,
  like: { fd: number; mtimeUs: number },
): DiskFacts {
  const fd = openSync(path, "wx", 0o600);
  try {
    const header = Buffer.alloc(headerBytes, " ");
    header.write(headerText(placeholder));
    header.write("\n", headerBytes - 1);
    writeSync(fd, header, 0, headerBytes, 0);
    ftruncateSync(fd, placeholder.sizeBytes);
    takeAfter(fd, like);
    return factsOfFd(fd);
  } finally {
    closeSync(fd);
  }
}

/** Mode, owner and time as those of another file, so that one can stand for the other. */
export function takeAfter(fd: number, like: { fd: number; mtimeUs: number }): void {
  const { mode, uid, gid } = fstatSync(like.fd);
  const own = fstatSync(fd);
  if (own.uid !== uid || own.gid !== gid) fchownSync(fd, uid, gid);
  fchmodSync(fd, mode & 0o7777);
  futimesSync(fd, like.mtimeUs / 1e6, like.mtimeUs / 1e6);
}

function headerText({ tier, objectId, sizeBytes, sha256, mtimeUs }: Placeholder): string {
  return [
    magic,
    `The content of this file, ${sizeBytes} bytes, is kept in "${tier}" and is not here. What follows is empty.\n`,
    "Open or fetch the file through Hearth to have it back; a copy of this placeholder is good for that as well.\n",
    `${JSON.stringify({ tier, objectId, sizeBytes, sha256, mtimeUs })}\n`,
  ].join("");
}

/** The placeholder in an open file; undefined for any other file, and for one whose size is not that of the content any more. */
export function placeholderIn(fd: number, sizeBytes: number): Placeholder | undefined {
  if (sizeBytes < smallestTieredBytes) return undefined;
  // Asked of every larger file that is opened: one short read, and no memory.
  if (readSync(fd, start, 0, start.length, 0) < start.length || !start.equals(magicBytes)) return undefined;
  const header = Buffer.alloc(headerBytes);
  if (readSync(fd, header, 0, headerBytes, 0) < headerBytes) return undefined;
  const placeholder = parse(header.toString("utf8").split("\n")[3] ?? "");
  return placeholder?.sizeBytes === sizeBytes ? placeholder : undefined;
}

function parse(text: string): Placeholder | undefined {
  let value: Partial<Record<keyof Placeholder, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  const { tier, objectId, sizeBytes, sha256, mtimeUs } = value;
  if (typeof tier !== "string" || !tierForm.test(tier)) return undefined;
  if (typeof objectId !== "string" || !objectIdForm.test(objectId)) return undefined;
  if (!Number.isSafeInteger(sizeBytes) || !Number.isSafeInteger(mtimeUs)) return undefined;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  return { tier, objectId, sizeBytes: sizeBytes as number, sha256, mtimeUs: mtimeUs as number };
}

/**
 * Whether more than the header of a placeholder takes space: somebody wrote into it, or it is a copy by a program that fills the empty
 * part with zeros. Which of the two, only its history tells.
 */
export function isFull(fd: number): boolean {
  return fstatSync(fd).blocks > headerBlocks;
}

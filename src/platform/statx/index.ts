import { dlopen, FFIType, ptr } from "bun:ffi";

/** What the kernel says of a folder's entry, without following a symbolic link (statx(2)). */
export interface EntryStat {
  readonly kind: "file" | "folder" | "other";
  readonly sizeBytes: number;
  readonly mtimeUs: number;
  /** 0 where the file system keeps no birth time. */
  readonly btimeUs: number;
  readonly ino: number;
}

/** Asks by a folder's descriptor and a name; undefined when there is no such entry or it cannot be asked. */
export type StatEntry = (folderFd: number, name: string) => EntryStat | undefined;

const noFollow = 0x100;
const basicStatsAndBirthTime = 0xfff;
const structBytes = 256;
const maxNameBytes = 1024;
const formatMask = 0o170000;
const kinds: Readonly<Record<number, EntryStat["kind"]>> = { 0o100000: "file", 0o040000: "folder" };

/** Places of 32-bit words in `struct statx`. */
const word = { mode: 7, ino: 8, size: 10, btime: 20, mtime: 28 };

/**
 * Spoken directly because the runtime's `lstat` takes a whole path, and the kernel's walk along it costs more than the question
 * itself: in a folder eight levels down half of the time of a first index (ADR 5).
 */
export function createStatEntry(): StatEntry {
  const libc = dlopen("libc.so.6", {
    statx: { args: [FFIType.i32, FFIType.ptr, FFIType.i32, FFIType.u32, FFIType.ptr], returns: FFIType.i32 },
  });
  // Over buffers of their own: the runtime moves the bytes of a small array without one when its buffer is first asked for.
  const answer = new Uint32Array(new ArrayBuffer(structBytes));
  const name = new Uint8Array(new ArrayBuffer(maxNameBytes));
  const room = name.subarray(0, maxNameBytes - 1);
  const answerAt = ptr(answer);
  const nameAt = ptr(name);
  const encoder = new TextEncoder();
  const wide = (index: number) => (answer[index] ?? 0) + (answer[index + 1] ?? 0) * 2 ** 32;
  const microseconds = (index: number) => wide(index) * 1e6 + Math.floor((answer[index + 2] ?? 0) / 1000);
  return (folderFd, entryName) => {
    const { read, written } = encoder.encodeInto(entryName, room);
    if (read < entryName.length) return undefined;
    name[written] = 0;
    if (libc.symbols.statx(folderFd, nameAt, noFollow, basicStatsAndBirthTime, answerAt) !== 0) return undefined;
    return {
      kind: kinds[(answer[word.mode] ?? 0) & formatMask] ?? "other",
      sizeBytes: wide(word.size),
      mtimeUs: microseconds(word.mtime),
      btimeUs: microseconds(word.btime),
      ino: wide(word.ino),
    };
  };
}

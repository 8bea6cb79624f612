import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { AppError, errnoOf } from "#platform/errors";
import { createStatEntry, type StatEntry } from "#platform/statx";
import { type DiskFacts, fileKind, folderKind, type NodeRow } from "./nodes.ts";

/** Undefined for what Hearth does not serve: symbolic links, devices, sockets. */
function factsOf(stats: Stats): DiskFacts | undefined {
  const kind = stats.isFile() ? fileKind : stats.isDirectory() ? folderKind : undefined;
  if (kind === undefined) return undefined;
  return {
    kind,
    sizeBytes: kind === fileKind ? stats.size : 0,
    mtimeUs: Math.round(stats.mtimeMs * 1000),
    btimeUs: Math.round(stats.birthtimeMs * 1000),
    ino: stats.ino,
  };
}

/** Facts of a path without following a symbolic link; undefined when nothing of ours stands there. */
export function factsAt(path: string): DiskFacts | undefined {
  try {
    // Asked for before every new file, so a miss must not cost an exception.
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : factsOf(stats);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR" || errno === "ELOOP" || errno === "ENAMETOOLONG") return undefined;
    throw error;
  }
}

/** Rounding differs between sources of a time by at most a microsecond. */
export function sameFacts(
  a: DiskFacts,
  b: { ino: number; mtime_us: number; size_bytes: number; kind: number },
): boolean {
  return (
    a.ino === b.ino &&
    a.kind === b.kind &&
    Math.abs(a.mtimeUs - b.mtime_us) <= 1 &&
    (a.kind === folderKind || a.sizeBytes === b.size_bytes)
  );
}

/** Whether an entry is what the index says. A folder's time tells of its own entries only, so its inode decides. */
export function agrees(facts: DiskFacts, row: NodeRow): boolean {
  return row.kind === folderKind ? facts.kind === folderKind && facts.ino === row.ino : sameFacts(facts, row);
}

/**
 * Opens `path` and makes sure that it is the very path, not something that a symbolic link on the way leads to: the kernel's own
 * name of the descriptor must be the same text. Throws `not-found` otherwise. The caller closes.
 */
export function openChecked(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NOFOLLOW);
  try {
    if (readlinkSync(`/proc/self/fd/${fd}`) === path) return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  throw new AppError("not-found");
}

/**
 * Runs `work` with a path of the folder that cannot be redirected while it runs: the descriptor's own entry in /proc.
 * `work` must be synchronous.
 */
export function withFolder<T>(path: string, work: (stablePath: string) => T): T {
  const fd = openChecked(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return work(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

let statEntry: StatEntry | undefined;

/** Facts of one entry of the folder that is being listed. */
export type FactsIn = (name: string) => DiskFacts | undefined;

/** Runs `work` with the names in a folder, all looked at through one checked descriptor. `work` must be synchronous. */
export function withEntries<T>(path: string, work: (names: readonly string[], factsIn: FactsIn) => T): T {
  const fd = openChecked(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    statEntry ??= createStatEntry();
    const ask = statEntry;
    return work(readdirSync(`/proc/self/fd/${fd}`), (name) => {
      const entry = ask(fd, name);
      if (entry === undefined || entry.kind === "other") return undefined;
      if (entry.kind === "file") return { ...entry, kind: fileKind };
      return { ...entry, kind: folderKind, sizeBytes: 0 };
    });
  } finally {
    closeSync(fd);
  }
}

export function factsOfFd(fd: number): DiskFacts {
  const facts = factsOf(fstatSync(fd));
  if (facts === undefined) throw new AppError("not-found");
  return facts;
}

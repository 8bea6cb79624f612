import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Random } from "#platform/clock";
import { randomToken } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError, errnoOf } from "#platform/errors";
import type { Logger } from "#platform/log";
import type { VolumeState } from "./types.ts";

/** A folder on one file system. `.hearth` in it holds what is ours; everything else is the household's plain files. */
export interface Volume {
  readonly name: string;
  /** Real path, without symbolic links. */
  readonly path: string;
  readonly stagePath: string;
  readonly trashPath: string;
  readonly uploadsPath: string;
  /** Earlier contents of files: `<node id>/<number>`. Made when the first one is kept. */
  readonly versionsPath: string;
  /**
   * Throws `storage-offline` when the disk is missing, or not the one that was taken into use: one that is not mounted must never
   * look empty, and one that came back is mended first.
   */
  requireOnline(): void;
  /** The same question as an answer; without the sizes of `state`, for which a busy file system can take long. */
  isOnline(): boolean;
  /** Whether the disk could be taken into use. */
  isThere(): boolean;
  /** From now on it is in use, until the disk goes or `leave` is called. */
  use(): void;
  /** Out of use until the next `use`; why, for a person, when it is not just the disk that went. */
  leave(problem?: string): void;
  state(): VolumeState;
}

interface VolumeDeps {
  readonly db: Db;
  readonly random: Random;
  readonly log: Logger;
}

const ownFolder = ".hearth";

/** Opens the volumes of the configuration; a new one gets its sentinel, a known one without it stays offline. */
export function openVolumes(paths: Readonly<Record<string, string>>, deps: VolumeDeps): Map<string, Volume> {
  return new Map(Object.entries(paths).map(([name, path]) => [name, openVolume(name, path, deps)]));
}

function openVolume(name: string, configuredPath: string, deps: VolumeDeps): Volume {
  const known = deps.db.prepare<{ sentinel: string }, [string]>("SELECT sentinel FROM volume WHERE name = ?").get(name);
  const sentinel = known?.sentinel ?? createVolume(name, configuredPath, deps);
  const path = realPathOf(configuredPath);
  const sentinelPath = join(path, ownFolder, "sentinel");
  let inUse: Stats | undefined;
  let problem = notYetInUse(name);
  // Another device is another disk, or the same one mounted anew; another inode is only a reason to look closely.
  const isInUse = () => {
    const found = statsOf(sentinelPath);
    if (found === undefined || found.dev !== inUse?.dev) return false;
    if (found.ino === inUse.ino) return true;
    if (offlineReason(name, sentinelPath, sentinel) !== null) return false;
    inUse = found;
    return true;
  };
  const reason = () => offlineReason(name, sentinelPath, sentinel) ?? (isInUse() ? null : problem);
  return {
    name,
    path,
    stagePath: join(path, ownFolder, "stage"),
    trashPath: join(path, ownFolder, "trash"),
    uploadsPath: join(path, ownFolder, "uploads"),
    versionsPath: join(path, ownFolder, "versions"),
    requireOnline: () => {
      // One stat is the cheap question. Where it should be is said to those who look after the server, by `state`.
      if (isInUse()) return;
      const isThere = offlineReason(name, sentinelPath, sentinel) === null;
      const detail = isThere ? notYetInUse(name) : `The disk of volume "${name}" is not there. Is it mounted?`;
      throw new AppError("storage-offline", detail);
    },
    isOnline: () => reason() === null,
    isThere: () => offlineReason(name, sentinelPath, sentinel) === null,
    use: () => {
      inUse = statsOf(sentinelPath);
    },
    leave: (why = notYetInUse(name)) => {
      inUse = undefined;
      problem = why;
    },
    state: () => stateOf(name, path, reason()),
  };
}

function notYetInUse(name: string): string {
  return `The disk of volume "${name}" is there and is looked through before it is used; this takes a few seconds.`;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A disk that was pulled out, or a server that does not answer: as good as absent.
    return undefined;
  }
}

/** Without symbolic links, also of a folder that is not there yet: a link may lead to a disk that is mounted later. */
function realPathOf(path: string, mostLinks = 40): string {
  if (existsSync(path)) return realpathSync(path);
  if (mostLinks === 0 || dirname(path) === path) return path;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() === true) return realPathOf(resolve(dirname(path), readlinkSync(path)), mostLinks - 1);
  return join(realPathOf(dirname(path), mostLinks - 1), path.slice(dirname(path).length + 1));
}

/** First use of a volume: its folders and the sentinel, whose text ties the disk to this database. */
function createVolume(name: string, path: string, deps: VolumeDeps): string {
  const own = join(path, ownFolder);
  for (const folder of ["stage", "trash", "uploads"]) mkdirSync(join(own, folder), { recursive: true, mode: 0o700 });
  for (const folder of ["home", "spaces"]) mkdirSync(join(path, folder), { recursive: true });
  const sentinelPath = join(own, "sentinel");
  const sentinel = existsSync(sentinelPath) ? readFileSync(sentinelPath, "utf8").trim() : randomToken(deps.random, 128);
  if (!existsSync(sentinelPath)) writeFileSync(sentinelPath, `${sentinel}\n`, { flush: true });
  deps.db.prepare<never, [string, string]>("INSERT INTO volume (name, sentinel) VALUES (?, ?)").run(name, sentinel);
  deps.log.info("volume created", { volume: name, path });
  return sentinel;
}

function offlineReason(name: string, sentinelPath: string, sentinel: string): string | null {
  try {
    const found = readFileSync(sentinelPath, "utf8").trim();
    return found === sentinel ? null : `Another disk is mounted where volume "${name}" should be.`;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR")
      return `The disk of volume "${name}" is not there (no ${sentinelPath}). Is it mounted?`;
    return `The disk of volume "${name}" cannot be read (${sentinelPath}: ${errnoOf(error) ?? "unknown error"}).`;
  }
}

function stateOf(name: string, path: string, reason: string | null): VolumeState {
  if (reason !== null) return { name, path, online: false, reason, sizeBytes: 0, freeBytes: 0 };
  const stats = statfsSync(path);
  return {
    name,
    path,
    online: true,
    reason,
    sizeBytes: stats.blocks * stats.bsize,
    freeBytes: stats.bavail * stats.bsize,
  };
}

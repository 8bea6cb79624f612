import { existsSync, mkdirSync, readFileSync, realpathSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "#platform/clock";
import { randomToken } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
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
  /** Throws `storage-offline` when the sentinel is missing: a disk that is not mounted must never look empty. */
  requireOnline(): void;
  /** The same question as an answer; without the sizes of `state`, for which a busy file system can take long. */
  isOnline(): boolean;
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
  const path = existsSync(configuredPath) ? realpathSync(configuredPath) : configuredPath;
  const sentinelPath = join(path, ownFolder, "sentinel");
  const reason = () => offlineReason(name, sentinelPath, sentinel);
  return {
    name,
    path,
    stagePath: join(path, ownFolder, "stage"),
    trashPath: join(path, ownFolder, "trash"),
    uploadsPath: join(path, ownFolder, "uploads"),
    versionsPath: join(path, ownFolder, "versions"),
    requireOnline: () => {
      // One stat is the cheap question; the sentinel is read only to say why.
      if (!existsSync(sentinelPath)) throw new AppError("storage-offline", reason() ?? undefined);
    },
    isOnline: () => reason() === null,
    state: () => stateOf(name, path, reason()),
  };
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
  if (!existsSync(sentinelPath))
    return `The disk of volume "${name}" is not there (no ${sentinelPath}). Is it mounted?`;
  const found = readFileSync(sentinelPath, "utf8").trim();
  return found === sentinel ? null : `Another disk is mounted where volume "${name}" should be.`;
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

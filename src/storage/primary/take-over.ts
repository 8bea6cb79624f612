import { closeSync, constants, linkSync, lstatSync, openSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { AppError, errnoOf } from "#platform/errors";
import { placeStaged } from "./acts.ts";
import { type Core, requireNode, spaceOf } from "./core.ts";
import { factsAt, factsOfFd, openChecked } from "./disk.ts";
import { fileKind } from "./nodes.ts";
import { discard, setTime, stagePath, syncWithName } from "./stage.ts";
import type { Place, TakeOverOptions, Written } from "./types.ts";
import type { Volume } from "./volumes.ts";

/**
 * Brings a file from elsewhere on this machine to a place, as new, with its time: copied (sharing blocks where the file system
 * can), or as a second name of the same file. Throws `conflict` for what is no plain file or changes meanwhile, and when a link
 * is not possible.
 */
export async function takeOver(
  core: Core,
  sourcePath: string,
  place: Place,
  options: TakeOverOptions,
): Promise<Written> {
  const { volume } = spaceOf(core, requireNode(core, place.parentId));
  volume.requireOnline();
  const path = stagePath(volume);
  try {
    await (options.how === "link" ? stageLink(volume, sourcePath, path) : stageCopy(core, volume, sourcePath, path));
  } catch (error) {
    discard(path);
    throw error;
  }
  const facts = factsAt(path);
  if (facts === undefined) throw new AppError("conflict");
  return placeStaged(core, place, { path, facts, sha1: null, content: null }, options);
}

async function stageLink(volume: Volume, sourcePath: string, path: string): Promise<void> {
  // Of a symbolic link the link itself would get the second name.
  if (!lstatSync(sourcePath).isFile()) throw noPlainFile();
  try {
    linkSync(sourcePath, path);
  } catch (error) {
    if (errnoOf(error) !== "EXDEV") throw error;
    throw new AppError("conflict", "It lies on another disk; only a copy is possible.", { cause: error });
  }
  await syncPath(volume, path);
}

async function stageCopy(core: Core, volume: Volume, sourcePath: string, path: string): Promise<void> {
  const fd = openChecked(sourcePath, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const before = factsOfFd(fd);
    if (before.kind !== fileKind) throw noPlainFile();
    if (before.sizeBytes > volume.state().freeBytes) throw new AppError("disk-full");
    await copyFile(`/proc/self/fd/${fd}`, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    const after = factsOfFd(fd);
    if (after.sizeBytes !== before.sizeBytes || after.mtimeUs !== before.mtimeUs)
      throw new AppError("conflict", "It was changed while it was copied; take it again.");
    await syncPath(volume, path, before.mtimeUs / 1000, core.durability === "strict");
  } finally {
    closeSync(fd);
  }
}

/** With its name, unless that is not asked for; the time is set first. */
async function syncPath(volume: Volume, path: string, modifiedAtMs?: number, isSynced = true): Promise<void> {
  const fd = openSync(path, "r");
  try {
    if (modifiedAtMs !== undefined) setTime(fd, modifiedAtMs);
    if (isSynced) await syncWithName(fd, volume.stagePath);
  } finally {
    closeSync(fd);
  }
}

const noPlainFile = () => new AppError("conflict", "It is no plain file.");

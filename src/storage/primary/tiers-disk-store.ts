import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomToken } from "#platform/clock";
import { AppError, errnoOf } from "#platform/errors";
import { syncWithName } from "./stage.ts";
import type { ContentStore, PutContent, StoreDeps, TierConfig } from "./tiers-stores.ts";

const markName = ".hearth-tier";

/** A folder on another disk: `objects/ab/abcd…`, one file for each content. */
export function createDiskStore(config: Extract<TierConfig, { kind: "disk" }>, deps: StoreDeps): ContentStore {
  const { name, path, role } = config;
  const markPath = join(path, markName);
  const pathOf = (objectId: string) => join(path, "objects", objectId.slice(0, 2), objectId);
  const offlineReason = () => {
    try {
      return markReason(name, path, markPath, deps);
    } catch (cause) {
      deps.log.debug("a store could not be looked at", { tier: name, cause });
      return `The folder of "${name}" cannot be used: ${errnoOf(cause) ?? "it cannot be read"}.`;
    }
  };
  const requireOnline = () => {
    const reason = offlineReason();
    if (reason !== null) throw new AppError("unavailable", reason);
  };
  return {
    name,
    kind: "disk",
    role,
    place: path,
    readBack: true,
    offlineReason,
    freeBytes: () => {
      if (offlineReason() !== null) return null;
      const stats = statfsSync(path);
      return stats.bavail * stats.bsize;
    },
    check: async (objectId, sizeBytes) => {
      requireOnline();
      const stats = statSync(pathOf(objectId), { throwIfNoEntry: false });
      if (stats === undefined || stats.size !== sizeBytes) {
        throw new AppError("gone", `The content is not in "${name}" any more.`);
      }
    },
    put: async (objectId, content) => {
      requireOnline();
      await putFile(pathOf(objectId), content);
    },
    read: (objectId, start, end) => {
      requireOnline();
      return Bun.file(pathOf(objectId)).slice(start, end).stream();
    },
    pathOf,
    remove: async (objectId) => {
      requireOnline();
      await rm(pathOf(objectId), { force: true });
    },
    look: async () => undefined,
  };
}

/** The first use of an empty folder marks it; later one without the mark, or with another, is not the disk. */
function markReason(name: string, path: string, markPath: string, { marks, random }: StoreDeps): string | null {
  const known = marks.get(name);
  if (!existsSync(path)) return `The folder of "${name}" is not there. Is the disk mounted?`;
  if (existsSync(markPath)) {
    const found = readFileSync(markPath, "utf8").trim();
    if (known === undefined) marks.set(name, found);
    return known === undefined || found === known ? null : `Another disk is mounted where "${name}" should be.`;
  }
  if (known !== undefined) return `The disk of "${name}" is not there. Is it mounted?`;
  if (readdirSync(path).some((entry) => entry !== "lost+found")) {
    return `The folder of "${name}" holds other files; give it one of its own.`;
  }
  const mark = randomToken(random, 128);
  mkdirSync(join(path, "objects"), { recursive: true, mode: 0o700 });
  writeFileSync(`${markPath}.new`, `${mark}\n`, { flush: true });
  renameSync(`${markPath}.new`, markPath);
  marks.set(name, mark);
  return null;
}

async function putFile(path: string, { stream, sizeBytes, signal }: PutContent): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const arriving = `${path}.part`;
  const file = await open(arriving, "w", 0o600);
  let at = 0;
  try {
    for await (const chunk of stream()) {
      signal.throwIfAborted();
      for (let done = 0; done < chunk.byteLength;) {
        const { bytesWritten } = await file.write(chunk, done, chunk.byteLength - done, at + done);
        done += bytesWritten;
      }
      at += chunk.byteLength;
    }
    if (at !== sizeBytes) throw new AppError("length-mismatch", `${sizeBytes} bytes were announced and ${at} arrived.`);
    await syncWithName(file.fd, dirname(path));
    await rename(arriving, path);
    await syncFolders(dirname(path));
  } catch (error) {
    await rm(arriving, { force: true });
    if (errnoOf(error) === "ENOSPC") throw new AppError("disk-full", "The other disk is full.", { cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

/** The name of the object, and that of its folder when it is new. */
async function syncFolders(folder: string): Promise<void> {
  for (const path of [folder, dirname(folder)]) {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

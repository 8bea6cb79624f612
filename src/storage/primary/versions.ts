import { closeSync, constants } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, errnoOf } from "#platform/errors";
import type { Core } from "./core.ts";
import { factsOfFd, openChecked } from "./disk.ts";
import { versionPath } from "./keep-version.ts";
import type { Tiers } from "./tiers.ts";
import type { OpenedVersion, Version } from "./types.ts";
import { toVersion, type VersionRow } from "./versions-repository.ts";

/** Reading and removing earlier contents. */
export function createVersions(core: Core, tiers: Tiers) {
  const { versions: rows } = core;
  const pathOf = (row: VersionRow) => {
    const { volume } = core.spaces.get(row.space_id);
    volume.requireOnline();
    return versionPath(volume, row.node_id, row.number);
  };

  const removeRows = async (doomed: readonly VersionRow[]): Promise<void> => {
    if (doomed.length === 0) return;
    const paths = doomed.map(pathOf);
    // Rows first: a file without a row is found by the sweep at start.
    await core.committer.submit((batch) => {
      batch.onUndo(rows.forgetSums);
      for (const row of doomed) rows.remove(row);
    });
    for (const path of paths) await rm(path, { force: true });
  };

  return {
    list: (nodeId: number): Version[] => rows.list(nodeId).map(toVersion),
    get: (nodeId: number, number: number): Version | undefined => {
      const row = rows.get(nodeId, number);
      return row && toVersion(row);
    },
    open: (nodeId: number, number: number, { remote = false }: { readonly remote?: boolean } = {}): OpenedVersion => {
      const row = rows.get(nodeId, number);
      if (row === undefined) throw new AppError("not-found", "That version is not kept any more.");
      const file = openVersion(pathOf(row), toVersion(row), tiers);
      if (file.remote === undefined || remote) return file;
      throw new AppError("unavailable", `The content of that version is in "${file.remote.tier}".`);
    },
    remove: async (nodeId: number, numbers: readonly number[]): Promise<number> => {
      const doomed = numbers.map((number) => rows.get(nodeId, number)).filter((row) => row !== undefined);
      for (const row of doomed) core.restraints.requireErasable(row.space_id);
      await removeRows(doomed);
      return doomed.length;
    },
    pageAfter: (nodeId: number, files: number): Version[] => rows.pageAfter(nodeId, files).map(toVersion),
    removeOldest: async (spaceId: number, excessBytes: number): Promise<number> => {
      core.restraints.requireErasable(spaceId);
      const doomed: VersionRow[] = [];
      let freed = 0;
      for (const row of rows.oldest(spaceId, oldestAtATime)) {
        if (freed >= excessBytes) break;
        doomed.push(row);
        freed += row.size_bytes;
      }
      await removeRows(doomed);
      return doomed.length;
    },
    /** Nodes are gone for good, and so is what they held. */
    forgetNodes: async (nodeIds: readonly number[]): Promise<void> => {
      const doomed = rows.ofNodes(nodeIds).filter((row) => core.spaces.get(row.space_id).volume.isOnline());
      await removeRows(doomed);
      for (const folder of new Set(doomed.map((row) => join(pathOf(row), ".."))))
        await rm(folder, { recursive: true, force: true });
    },
  };
}

const oldestAtATime = 1000;

function openVersion(path: string, version: Version, tiers: Tiers): OpenedVersion {
  let fd: number;
  try {
    fd = openChecked(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    throw new AppError("gone", "The content of that version is not on the disk any more.", { cause: error });
  }
  const remote = tiers.remoteVersion(version, fd);
  let isOpen = true;
  const close = () => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  if (remote !== undefined) {
    close();
    return { version, fd: -1, fdPath: "", sizeBytes: version.sizeBytes, remote, close };
  }
  return { version, fd, fdPath: `/proc/self/fd/${fd}`, sizeBytes: factsOfFd(fd).sizeBytes, close };
}

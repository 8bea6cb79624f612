import { constants } from "node:fs";
import { AppError } from "#platform/errors";
import { factsOfFd, openChecked } from "./disk.ts";
import type { NodeRow } from "./nodes.ts";
import { openSeen } from "./tiers-exchange.ts";
import { keepIn, type MoverDeps } from "./tiers-out.ts";
import type { ContentStore } from "./tiers-stores.ts";
import type { MoveOptions } from "./tiers-types.ts";

/** Second copies of often opened files on a fast disk. The file stays where it is, so losing the disk loses nothing. */
export function createFastCopies(deps: MoverDeps, stores: ReadonlyMap<string, ContentStore>) {
  const { core, rows } = deps;
  let any = rows.anyCopy();

  const drop = async (nodeId: number): Promise<void> => {
    const copy = rows.copyOf(nodeId);
    if (copy === undefined) return;
    const store = stores.get(copy.tier);
    await core.committer.submit(() => {
      rows.dropCopy(nodeId);
      if (store === undefined) rows.dropObject(copy.object_id);
    });
    if (store === undefined || store.offlineReason() !== null) return;
    await store.remove(copy.object_id);
    await core.committer.submit(() => rows.dropObject(copy.object_id));
  };

  return {
    /** Descriptor of the copy of a file, when there is one of exactly this content. */
    open: (row: NodeRow): number | undefined => {
      if (!any) return undefined;
      const copy = rows.copyOf(row.id);
      if (copy === undefined || copy.ino !== row.ino || Math.abs(copy.mtime_us - row.mtime_us) > 1) return undefined;
      const store = stores.get(copy.tier);
      const path = store?.offlineReason() === null ? store.pathOf(copy.object_id) : undefined;
      if (path === undefined || copy.size_bytes !== row.size_bytes) return undefined;
      try {
        const fd = openChecked(path, constants.O_RDONLY);
        if (factsOfFd(fd).sizeBytes === row.size_bytes) return fd;
        core.log.warn("a copy on the fast disk is not whole; the file itself is read", { nodeId: row.id });
      } catch (cause) {
        core.log.debug("a copy on the fast disk cannot be read", { nodeId: row.id, cause });
      }
      return undefined;
    },
    add: async (store: ContentStore, nodeId: number, options: MoveOptions): Promise<void> => {
      const seen = openSeen(core, nodeId);
      try {
        if (core.tiers.placeholderOf(seen.row, seen.fd) !== undefined) {
          throw new AppError("conflict", `"${seen.row.name}" is in another store; fetch it first.`);
        }
        await drop(nodeId);
        const { objectId } = await keepIn(deps, store, seen, options);
        const { ino, mtimeUs, sizeBytes } = seen.facts;
        await core.committer.submit(() => {
          options.guard?.();
          const copy = { node_id: nodeId, tier: store.name, object_id: objectId };
          rows.setCopy({ ...copy, ino, mtime_us: mtimeUs, size_bytes: sizeBytes });
        });
        any = true;
      } finally {
        seen.close();
      }
    },
    drop,
    /** Copies of files that are gone or have changed. */
    sweep: async (signal: AbortSignal): Promise<void> => {
      for (let after = 0; !signal.aborted;) {
        const page = rows.copies(after, 500);
        const last = page.at(-1);
        if (last === undefined) return;
        after = last.node_id;
        for (const copy of page) {
          const row = core.nodes.get(copy.node_id);
          if (row === undefined || row.ino !== copy.ino || Math.abs(row.mtime_us - copy.mtime_us) > 1)
            await drop(copy.node_id);
        }
      }
    },
  };
}

import { readSync } from "node:fs";
import { createRecentMap } from "#platform/lru";
import { type Core, infoOf, requireNode } from "./core.ts";
import { factsAt, sameFacts } from "./disk.ts";
import { folderKind } from "./nodes.ts";
import type { OpenedFile, SmallFile } from "./types.ts";

/** 512 files of up to 8 KiB: at most 4 MiB of memory. */
const maxFiles = 512;
const maxBytes = 8 * 1024;
/** A file that changed within the granularity of its time stamp could change again unseen; it is not kept yet. */
const settledAfterUs = 2_000_000;

/** Small files by one stat instead of open, check, read and close. */
export function createSmallFiles(core: Core, open: (nodeId: number) => OpenedFile) {
  const kept = createRecentMap<number, SmallFile>(maxFiles);

  const readWhole = (nodeId: number): SmallFile | undefined => {
    const file = open(nodeId);
    try {
      if (file.sizeBytes > maxBytes) return undefined;
      const content = new Uint8Array(file.sizeBytes);
      // A file that shrinks meanwhile is left to the general way, which says so.
      if (readSync(file.fd, content, 0, content.length, 0) !== content.length) return undefined;
      return { node: file.node, content };
    } finally {
      file.close();
    }
  };

  return (nodeId: number): SmallFile | undefined => {
    const row = requireNode(core, nodeId);
    if (row.kind === folderKind || row.size_bytes > maxBytes) return undefined;
    const known = kept.get(nodeId);
    if (known !== undefined && known.node === infoOf(core, row)) {
      const facts = factsAt(core.tree.pathOf(row));
      if (facts !== undefined && sameFacts(facts, row)) return known;
    }
    const file = readWhole(nodeId);
    if (file !== undefined && core.clock.now() * 1000 - row.mtime_us > settledAfterUs) kept.set(nodeId, file);
    return file;
  };
}

import { closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Batch } from "./batch.ts";
import type { Core } from "./core.ts";
import { openChecked } from "./disk.ts";
import { versionPath } from "./keep-version.ts";
import type { DiskFacts, NodeRow } from "./nodes.ts";
import { type Placeholder, placeholderIn, smallestTieredBytes, isFull, writePlaceholder } from "./tiers-placeholder.ts";
import type { RefRow, TierRows } from "./tiers-repository.ts";
import type { Volume } from "./volumes.ts";

/** What the rest of the storage tells and asks about files whose content is elsewhere. All synchronous, in the running transaction. */
export interface TierHooks {
  /** The placeholder in the open file of a row; undefined when the file holds its content itself. */
  placeholderOf(row: NodeRow, fd: number): Placeholder | undefined;
  /** A placeholder was put there by ourselves. */
  placed(nodeId: number, placeholder: Placeholder): void;
  /** Other content takes the place of a file; what stood there became this version, or nothing. */
  replaced(nodeId: number, keptNumber: number | undefined): void;
  /** A file that nobody knew stands on the disk. */
  appeared(volume: Volume, nodeId: number, path: string, facts: DiskFacts): void;
  /** A file is not what its row says. `same`: only where its content is has changed. `touched`: its time. */
  changed(batch: Batch, row: NodeRow, path: string, facts: DiskFacts): "same" | "touched" | "edited";
}

/** On a volume that has held placeholders; only there new files are looked into. */
function tiersMarkPath(volume: Volume): string {
  return join(volume.trashPath, "..", "tiers");
}

export function markVolume(volume: Volume): void {
  const path = tiersMarkPath(volume);
  if (existsSync(path)) return;
  writeFileSync(path, "Some files on this volume are placeholders of content that is kept elsewhere.\n", {
    flush: true,
  });
}

/** `core` is asked for when the first file is looked at, since it holds these hooks. */
export function createTierHooks(rows: TierRows, core: () => Core): TierHooks {
  const isUsed = (volume: Volume) => existsSync(tiersMarkPath(volume));
  const unname = (ref: RefRow) => rows.unname(ref, core().clock.now());

  const changed: TierHooks["changed"] = (batch, row, path, facts) => {
    const ref = rows.ref(row.id);
    const { volume } = core().spaces.get(row.space_id);
    if (ref === undefined && !isUsed(volume)) return "edited";
    const found = look(path, facts);
    const isKnown = found !== undefined && ref?.object_id === found.placeholder.objectId;
    // A file that took no space when it was looked at last was written into; one that did was copied so.
    const isWritten = isKnown && found?.isFull === true && ref?.is_full === 0 && facts.mtimeUs !== row.mtime_us;
    const placeholder = found !== undefined && !isWritten ? found.placeholder : undefined;
    const isSameTime = facts.sizeBytes === row.size_bytes && Math.abs(facts.mtimeUs - row.mtime_us) <= 1;
    if (isSameTime && (isKnown || (ref === undefined) !== (placeholder === undefined))) {
      // Killed between the exchange of a file and its placeholder and the note of it.
      if (placeholder !== undefined) rows.name(row.id, 0, placeholder, found?.isFull);
      else if (ref !== undefined) unname(ref);
      return "same";
    }
    if (isKnown && placeholder !== undefined) return "touched";
    if (ref !== undefined) keepAsVersion(core(), batch, row, ref, path);
    if (placeholder !== undefined) rows.name(row.id, 0, placeholder, found?.isFull);
    // Its header is still there, but it is content now: somebody wrote into it.
    else if (found !== undefined) rows.setRef(row.id, 0, "");
    return "edited";
  };

  const keepAsVersion = (hearth: Core, batch: Batch, row: NodeRow, ref: RefRow, path: string): void => {
    const object = rows.object(ref.object_id);
    const { volume } = hearth.spaces.get(row.space_id);
    const number = Math.max((hearth.versions.newest(row.id)?.number ?? 0) + 1, Math.floor(hearth.clock.now() / 1000));
    const kept = versionPath(volume, row.id, number);
    if (object !== undefined) {
      const { tier, size_bytes: sizeBytes, sha256 } = object;
      const placeholder = { tier, objectId: object.id, sizeBytes, sha256, mtimeUs: row.mtime_us };
      const facts = writeKept(kept, placeholder, path);
      batch.onUndo(() => {
        rmSync(kept, { force: true });
        hearth.versions.forgetSums();
      });
      hearth.versions.insert({
        node_id: row.id,
        number,
        space_id: row.space_id,
        size_bytes: sizeBytes,
        mtime_us: facts.mtimeUs,
        btime_us: facts.btimeUs,
        ino: facts.ino,
        sha1: row.sha1,
        author_id: null,
        replaced_by: null,
        replaced_at_ms: hearth.clock.now(),
      });
      rows.setRef(row.id, number, object.id);
      hearth.log.warn("a file in another store was written to on the disk; what it held is kept as a version", {
        nodeId: row.id,
      });
    }
    unname(ref);
  };

  return {
    placeholderOf: (row, fd) => {
      const placeholder = placeholderIn(fd, row.size_bytes);
      if (placeholder === undefined) return undefined;
      const known = rows.namedAt(row.id);
      if (known === "" && isFull(fd)) return undefined;
      if (known !== placeholder.objectId) rows.name(row.id, 0, placeholder, isFull(fd));
      return placeholder;
    },
    placed: (nodeId, placeholder) => rows.name(nodeId, 0, placeholder),
    replaced: (nodeId, keptNumber) => {
      const known = rows.namedAt(nodeId);
      if (known === undefined) return;
      const ref = rows.ref(nodeId);
      if (ref === undefined) return rows.dropRef(nodeId, 0);
      if (keptNumber !== undefined) rows.setRef(nodeId, keptNumber, ref.object_id);
      unname(ref);
    },
    appeared: (volume, nodeId, path, facts) => {
      if (facts.sizeBytes < smallestTieredBytes || !isUsed(volume)) return;
      const found = look(path, facts);
      if (found !== undefined) rows.name(nodeId, 0, found.placeholder, found.isFull);
    },
    changed,
  };
}

function look(path: string, facts: DiskFacts): { placeholder: Placeholder; isFull: boolean } | undefined {
  if (facts.sizeBytes < smallestTieredBytes) return undefined;
  let fd: number;
  try {
    fd = openChecked(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // It went away meanwhile, or cannot be read: its own notice brings it up again.
    return undefined;
  }
  try {
    const placeholder = placeholderIn(fd, facts.sizeBytes);
    return placeholder && { placeholder, isFull: isFull(fd) };
  } finally {
    closeSync(fd);
  }
}

function writeKept(kept: string, placeholder: Placeholder, like: string): DiskFacts {
  mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
  rmSync(kept, { force: true });
  const likeFd = openSync(like, "r");
  try {
    const facts = writePlaceholder(kept, placeholder, { fd: likeFd, mtimeUs: placeholder.mtimeUs });
    const fd = openSync(kept, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return facts;
  } finally {
    closeSync(likeFd);
  }
}

import type { Actor } from "#platform/usecase";
import type { ChangeDetail, Changes } from "./changes.ts";
import { factsAt } from "./disk.ts";
import type { Pace } from "./pace.ts";
import type { Nodes } from "./repository.ts";
import { deviceOf, type Restraints } from "./restraints.ts";
import type { Space, Spaces } from "./spaces.ts";
import type { Tree } from "./tree.ts";
import type { Logger } from "#platform/log";

interface Delta {
  sizeBytes: number;
  count: number;
  /** Its own entries changed, so its time on disk did too. */
  direct: boolean;
}

/** What the acts of one transaction have in common: numbers, changed folders, and the raise to the root at its end. */
export interface Batch {
  /** A new sequence number of the space. */
  seq(space: Space): number;
  /** Notes that an entry of the folder changed, and by how much its tree grew. */
  raise(folderId: number, sizeBytes: number, count: number): void;
  /**
   * Appends to the change log; returns the number it was given. Without an actor it happened behind our back. Throws when the
   * device or the space is held.
   */
  log(space: Space, nodeId: number, act: string, by: Actor | undefined, detail?: ChangeDetail): number;
  /**
   * Runs one act. When it throws, what it raised is forgotten and what it did on the disk is undone; its rows are the business
   * of the savepoint around it.
   */
  attempt<T>(act: () => T): T;
  /** How to undo what was just done on the disk, should the act or its whole group fail. */
  onUndo(step: () => void): void;
  /** Takes back everything done on the disk: the transaction failed. */
  undoAll(): void;
  /** Growth of a space that the index rows do not show yet. */
  pendingBytes(space: Space): number;
  /** Raises etags, sizes and counts up to the roots; each folder is written once. */
  flush(): void;
  /** Direct parents of what changed, by space; for live updates. */
  changedFolders(): Map<number, Set<number>>;
}

interface BatchDeps {
  readonly changes: Changes;
  readonly nodes: Nodes;
  readonly spaces: Spaces;
  readonly tree: Tree;
  readonly log: Logger;
  readonly restraints: Pick<Restraints, "requireFree">;
  readonly pace: Pick<Pace, "note">;
  readonly nowMs: number;
}

/** Ends a walk over a damaged index. */
const maxDepth = 4096;

export function createBatch(deps: BatchDeps): Batch {
  const { nodes, spaces, tree } = deps;
  let deltas = new Map<number, Delta>();
  let growth = new Map<number, number>();
  const undoSteps: (() => void)[] = [];
  const touched = new Set<Space>();
  const changed = new Map<number, Set<number>>();

  const seq = (space: Space) => {
    touched.add(space);
    return ++space.seq;
  };
  const add = (folderId: number, sizeBytes: number, count: number, direct: boolean) => {
    const delta = deltas.get(folderId);
    if (delta === undefined) deltas.set(folderId, { sizeBytes, count, direct });
    else {
      delta.sizeBytes += sizeBytes;
      delta.count += count;
      delta.direct ||= direct;
    }
  };
  const spaceIds = new Map<number, number>();
  const spaceIdOf = (folderId: number): number | undefined => {
    let spaceId = spaceIds.get(folderId);
    if (spaceId !== undefined) return spaceId;
    spaceId = nodes.get(folderId)?.space_id;
    if (spaceId === undefined) return undefined;
    spaceIds.set(folderId, spaceId);
    const folders = changed.get(spaceId);
    if (folders === undefined) changed.set(spaceId, new Set([folderId]));
    else folders.add(folderId);
    return spaceId;
  };

  /** What is detached is summed up too, to the folder that was detached: it may be recognised elsewhere. */
  const chainOf = (folderId: number): readonly number[] => {
    const visible = tree.folderChain(folderId);
    if (visible.length > 0) return visible;
    const chain: number[] = [];
    for (
      let row = nodes.get(folderId);
      row !== undefined && chain.length < maxDepth;
      row = nodes.get(row.parent_id ?? 0)
    ) {
      chain.push(row.id);
      if (row.parent_id === null || row.parent_id < 0) break;
    }
    return chain;
  };

  /** Every folder with a delta hands it to its parent, so that each ancestor is written once however many acts there were. */
  const flush = () => {
    const total = new Map<number, Delta>();
    for (const [folderId, delta] of deltas) {
      for (const id of chainOf(folderId)) {
        const sum = total.get(id);
        const direct = id === folderId && delta.direct;
        if (sum === undefined) total.set(id, { ...delta, direct });
        else {
          sum.sizeBytes += delta.sizeBytes;
          sum.count += delta.count;
          sum.direct ||= direct;
        }
      }
    }
    for (const [id, delta] of total) {
      const row = nodes.get(id);
      if (row === undefined) continue;
      nodes.raise(id, seq(spaces.get(row.space_id)), delta.sizeBytes, delta.count);
      if (!delta.direct || !tree.isVisible(row)) continue;
      const facts = factsAt(tree.path(id));
      if (facts !== undefined && facts.ino === row.ino) nodes.setTime(id, facts.mtimeUs);
    }
    for (const space of touched) spaces.saveSeq(space);
    nodes.saveNextId();
    deltas.clear();
    growth.clear();
  };

  const undoFrom = (start: number) => {
    for (const step of undoSteps.splice(start).toReversed()) {
      try {
        step();
      } catch (cause) {
        deps.log.error("a failed act could not be undone on the disk", { cause });
      }
    }
    tree.forgetPaths();
    nodes.forgetRows();
  };
  const attempt = <T>(act: () => T): T => {
    const before = { deltas: new Map([...deltas].map(([id, delta]) => [id, { ...delta }])), growth: new Map(growth) };
    const start = undoSteps.length;
    try {
      return act();
    } catch (error) {
      ({ deltas, growth } = before);
      undoFrom(start);
      throw error;
    }
  };

  return {
    seq,
    attempt,
    onUndo: (step) => void undoSteps.push(step),
    undoAll: () => undoFrom(0),
    raise: (folderId, sizeBytes, count) => {
      add(folderId, sizeBytes, count, true);
      const spaceId = spaceIdOf(folderId);
      if (spaceId !== undefined) growth.set(spaceId, (growth.get(spaceId) ?? 0) + sizeBytes);
    },
    log: (space, nodeId, act, by, detail) => {
      const device = by === undefined ? null : deviceOf(by);
      if (device !== null) {
        deps.restraints.requireFree(space.id, device);
        deps.pace.note(device, act);
      }
      const number = seq(space);
      deps.changes.append(space.id, number, nodeId, act, by?.userId ?? 0, deps.nowMs, device, detail);
      return number;
    },
    pendingBytes: (space) => growth.get(space.id) ?? 0,
    flush,
    changedFolders: () => changed,
  };
}

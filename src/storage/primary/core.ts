import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Events } from "#platform/events";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";
import type { Batch } from "./batch.ts";
import type { Changes } from "./changes.ts";
import type { Committer, Durability } from "./committer.ts";
import { type NodeRow, toNodeInfo } from "./nodes.ts";
import type { Pace } from "./pace.ts";
import type { Nodes } from "./repository.ts";
import type { Redo } from "./redo.ts";
import { deviceOf, type Restraints } from "./restraints.ts";
import type { Space, Spaces } from "./spaces.ts";
import type { Tree } from "./tree.ts";
import type { NodeInfo, StorageEvents } from "./types.ts";
import type { VersionRows } from "./versions-repository.ts";
import type { TierHooks } from "./tiers-hooks.ts";
import type { Volume } from "./volumes.ts";

/** What the parts of the storage share. */
export interface Core {
  readonly db: Db;
  readonly nodes: Nodes;
  readonly spaces: Spaces;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly tree: Tree;
  readonly changes: Changes;
  readonly committer: Committer;
  readonly redo: Redo;
  readonly durability: Durability;
  readonly events: Events<StorageEvents>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly exec: Exec;
  readonly versions: VersionRows;
  readonly tiers: TierHooks;
  /** What one device saves over its own content so soon after the last version was kept is no version of its own. */
  readonly mergeVersionsMs: number;
  readonly restraints: Restraints;
  readonly pace: Pace;
  /** Has the background index list a folder whose entries may not be known. */
  readonly listSoon: (folderId: number) => void;
}

export function spaceOf(core: Core, row: NodeRow): Space {
  return core.spaces.get(row.space_id);
}

/** A part of the next transaction, once the device may go on (`pace.ts`). */
export function submitInTurn<T>(core: Core, actor: Actor, work: (batch: Batch) => T): Promise<T> {
  const turn = core.pace.wait(deviceOf(actor));
  return turn === undefined ? core.committer.submit(work) : turn.then(() => core.committer.submit(work));
}

/** Rows are kept until they change, so their outside form is made once. */
const infos = new WeakMap<NodeRow, NodeInfo>();

export function infoOf(core: Core, row: NodeRow): NodeInfo {
  let info = infos.get(row);
  if (info === undefined) {
    info = toNodeInfo(row, spaceOf(core, row).epoch);
    infos.set(row, info);
  }
  return info;
}

/** The row, if it can be seen; throws `not-found` otherwise. */
export function requireNode(core: Core, id: number): NodeRow {
  const row = core.nodes.get(id);
  if (row === undefined || !core.tree.isVisible(row)) throw new AppError("not-found");
  return row;
}

/** Like `requireNode`, for a row that was just written in this transaction. */
export function requireRow(core: Core, id: number): NodeRow {
  const row = core.nodes.get(id);
  if (row === undefined) throw new Error(`node ${id} is missing from the index`);
  return row;
}

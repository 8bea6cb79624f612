import { AppError } from "#platform/errors";
import type { Batch } from "./batch.ts";
import { type Core, requireNode, spaceOf } from "./core.ts";
import { agrees, factsAt } from "./disk.ts";
import { acceptName } from "./names.ts";
import { folderKind, type NodeRow } from "./nodes.ts";
import { reindexEntry } from "./reindex.ts";
import type { Space } from "./spaces.ts";
import type { Place } from "./types.ts";

/** A checked target of an act: its folder, and what the disk and the index agree to stand there. */
export interface Target {
  readonly parent: NodeRow;
  readonly space: Space;
  readonly name: string;
  readonly folderPath: string;
  readonly existing: NodeRow | undefined;
}

/**
 * Looks at the place an act wants to write to. What changed there behind our back is indexed first, so that preconditions see the
 * truth and nothing unseen is overwritten. Throws `not-found`, `invalid-name`, `conflict`.
 */
export function lookAt(core: Core, batch: Batch, place: Place): Target {
  const parent = requireNode(core, place.parentId);
  if (parent.kind !== folderKind) throw new AppError("conflict", "The target is a file, not a folder.");
  const space = spaceOf(core, parent);
  const folderPath = core.tree.path(parent.id);
  const existing = settledEntry(core, batch, parent, folderPath, place.name);
  return { parent, space, name: existing?.name ?? acceptName(place.name), folderPath, existing };
}

function settledEntry(
  core: Core,
  batch: Batch,
  parent: NodeRow,
  folderPath: string,
  name: string,
): NodeRow | undefined {
  const row = core.nodes.child(parent.id, name);
  if (row === undefined) acceptName(name);
  const diskName = row?.name ?? name;
  const facts = factsAt(`${folderPath}/${diskName}`);
  if (row === undefined && facts === undefined) return undefined;
  if (row !== undefined && facts !== undefined && agrees(facts, row)) return row;
  reindexEntry(core, batch, parent, folderPath, diskName);
  return core.nodes.child(parent.id, name);
}

/** Refuses a name that a Mac or Windows machine could not tell from one that is there. */
export function refuseClash(core: Core, target: Target, exceptId?: number): void {
  const clash = core.nodes.clash(target.parent.id, target.name, exceptId);
  if (clash === undefined) return;
  throw new AppError("exists", `"${clash.name}" is there already; some devices cannot tell the two names apart.`);
}

/** Refuses growth past the space's quota; live files and trash count. */
export function requireRoom(core: Core, batch: Batch, space: Space, growthBytes: number): void {
  if (space.quotaBytes === null || growthBytes <= 0) return;
  const root = core.nodes.get(space.rootId);
  const used = (root?.size_bytes ?? 0) + batch.pendingBytes(space) + core.spaces.trashBytes(space.id);
  if (used + growthBytes > space.quotaBytes) throw new AppError("quota-exceeded");
}

import { AppError } from "#platform/errors";
import { type Actor, systemActor } from "#platform/usecase";
import { contentStream, type NodeInfo, type Place, type Storage } from "#storage/primary";
import { isRemoved, type Plan, type PlanItem } from "./plan.ts";
import type { NewStep, Step, StepUndo } from "./roll-back-repository.ts";

/** The acts of a roll-back in an order in which none is in the way of another. */
export function stepsOfPlan(plan: Plan, except: ReadonlySet<number>): NewStep[] {
  const items = plan.items.filter(({ nodeId }) => !except.has(nodeId));
  const step =
    (act: NewStep["act"]) =>
    (item: PlanItem): NewStep => ({
      nodeId: item.nodeId,
      spaceId: item.spaceId,
      act,
      what: {
        path: item.targetPath ?? item.path,
        ...(item.place && { place: item.place }),
        ...(item.version && { version: item.version.number }),
        ...(item.trashId !== null && { trashId: item.trashId }),
      },
    });
  const isFolder = ({ kind }: PlanItem) => kind === "folder";
  const isFile = ({ kind }: PlanItem) => kind === "file";
  const withOutcome = (outcome: PlanItem["outcomes"][number], kind: (item: PlanItem) => boolean) =>
    items.filter((item) => item.outcomes.includes(outcome) && kind(item)).toSorted(byDepth);
  const removed = items.filter(isRemoved);
  const contents = items.filter(({ version }) => version !== null);
  const isGone = ({ isInTrash, outcomes, place }: PlanItem) =>
    !isInTrash && place !== null && !outcomes.includes("rename-back") && !outcomes.includes("untrash");
  return [
    ...removed.filter(isFile).map(step("remove-new")),
    ...withOutcome("rename-back", isFolder).map(step("rename-back")),
    ...withOutcome("untrash", isFolder).map(step("untrash")),
    ...withOutcome("rename-back", isFile).map(step("rename-back")),
    ...withOutcome("untrash", isFile).map(step("untrash")),
    ...contents.filter((item) => !isGone(item)).map(step("version")),
    ...contents.filter(isGone).map(step("recreate")),
    ...removed.filter(isFolder).toSorted(byDepth).toReversed().map(step("remove-folder")),
  ];
}

const depth = ({ targetPath, path }: PlanItem): number => (targetPath ?? path).split("/").length;
const byDepth = (a: PlanItem, b: PlanItem): number => depth(a) - depth(b);

export interface Done {
  readonly state: "done" | "skipped";
  readonly reason: string | null;
  readonly undo: StepUndo | null;
}

const done = (undo: StepUndo | null): Done => ({ state: "done", reason: null, undo });
const skipped = (reason: string): Done => ({ state: "skipped", reason, undo: null });

/** The program acts, in the name of whoever asked for it: what holds a space back does not hold this back. */
export function actorOfRollBack(byId: number, name: string): Actor {
  return { ...systemActor, userId: byId, name };
}

/** Does one step. One that a crash has cut off is done again: each looks at what is there first. Throws AppError. */
export async function doStep(storage: Storage, actor: Actor, step: Step): Promise<Done> {
  const { what, nodeId } = step;
  const node = storage.node(nodeId);
  switch (step.act) {
    case "remove-new":
      return node === undefined ? trashed(storage, nodeId) : done(await storage.remove(nodeId, { actor }));
    case "remove-folder":
      if (node === undefined) return trashed(storage, nodeId);
      if (storage.children(nodeId).length > 0) return skipped("There is something in it.");
      return done(await storage.remove(nodeId, { actor }));
    case "rename-back":
      return renameBack(storage, actor, node, what.place);
    case "untrash":
      return untrash(storage, actor, step, node);
    case "version":
      return restoreContent(storage, actor, node, step);
    case "recreate":
      return recreate(storage, actor, step);
  }
}

function trashed(storage: Storage, nodeId: number): Done {
  const item = storage.trash.ofNode(nodeId);
  return item === undefined ? skipped("It is gone already.") : done({ trashId: item.id });
}

async function renameBack(
  storage: Storage,
  actor: Actor,
  node: NodeInfo | undefined,
  place: Place | undefined,
): Promise<Done> {
  if (node === undefined || node.parentId === null || place === undefined) throw new AppError("gone", "It is gone.");
  const before = { parentId: node.parentId, name: node.name };
  if (before.parentId === place.parentId && before.name === place.name) return done({ place: before });
  await moveTo(storage, actor, node, place);
  return done({ place: before });
}

/** Where the name is taken by now a free one beside it. */
async function moveTo(storage: Storage, actor: Actor, node: NodeInfo, place: Place): Promise<void> {
  if (storage.node(place.parentId) === undefined) throw new AppError("gone", "The folder it lay in is gone.");
  const taken = storage.child(place.parentId, place.name);
  const name = taken === undefined || taken.id === node.id ? place.name : storage.freeName(place);
  await storage.move(node.id, { parentId: place.parentId, name }, { actor });
}

async function untrash(
  storage: Storage,
  actor: Actor,
  { nodeId, what }: Step,
  node: NodeInfo | undefined,
): Promise<Done> {
  if (node !== undefined) return done({});
  const item = storage.trash.ofNode(nodeId);
  if (item === undefined) throw new AppError("gone", "It was deleted for good.");
  const restored = await storage.trash.restore(item.id, { actor });
  const { place } = what;
  const isElsewhere = place !== undefined && (restored.parentId !== place.parentId || restored.name !== place.name);
  if (
    isElsewhere &&
    storage.node(place.parentId) !== undefined &&
    storage.child(place.parentId, place.name) === undefined
  ) {
    await storage.move(nodeId, place, { actor });
  }
  return done({});
}

/** Writes an earlier content anew; what is current becomes a version, which taking this back needs. */
async function restoreContent(storage: Storage, actor: Actor, node: NodeInfo | undefined, step: Step): Promise<Done> {
  const number = step.what.version;
  if (node === undefined || node.parentId === null || number === undefined) throw new AppError("gone", "It is gone.");
  const wanted = storage.versions.get(node.id, number);
  if (wanted === undefined) throw new AppError("gone", "That version is not kept any more.");
  if (step.state === "doing" && wanted.sha1 !== null && node.sha1 === wanted.sha1) {
    // Cut off after the write: the newest version is what it replaced.
    const [newest] = storage.versions.list(node.id);
    return done({ version: newest === undefined || newest.number === number ? undefined : newest.number });
  }
  const written = await putVersion(storage, actor, { parentId: node.parentId, name: node.name }, node.id, number);
  return done({ version: written.keptVersion });
}

async function recreate(storage: Storage, actor: Actor, { nodeId, what }: Step): Promise<Done> {
  const { place, version } = what;
  if (place === undefined || version === undefined) throw new AppError("gone", "It is gone.");
  if (storage.node(place.parentId) === undefined) throw new AppError("gone", "The folder it lay in is gone.");
  const there = storage.child(place.parentId, place.name);
  const kept = storage.versions.get(nodeId, version);
  if (there !== undefined && there.sha1 !== null && there.sha1 === kept?.sha1) return done({ madeId: there.id });
  const name = there === undefined ? place.name : storage.freeName(place);
  const written = await putVersion(storage, actor, { parentId: place.parentId, name }, nodeId, version);
  return done({ madeId: written.node.id });
}

async function putVersion(storage: Storage, actor: Actor, place: Place, nodeId: number, number: number) {
  const file = storage.versions.open(nodeId, number, { remote: true });
  try {
    const { version, sizeBytes } = file;
    await file.remote?.ready();
    return await storage.put(place, contentStream(file), {
      actor,
      keepAlways: true,
      sizeBytes,
      modifiedAtMs: version.modifiedAtMs,
      ...(version.sha1 !== null && { sha1: version.sha1 }),
    });
  } finally {
    file.close();
  }
}

/** Takes one step back. What was changed since by somebody else stays as it is. Throws AppError. */
export async function undoStep(storage: Storage, actor: Actor, step: Step): Promise<void> {
  const { nodeId, undo, act } = step;
  const node = storage.node(nodeId);
  if (undo === null) return;
  if (act === "remove-new" || act === "remove-folder") {
    const item = node === undefined && undo.trashId !== undefined ? storage.trash.get(undo.trashId) : undefined;
    if (item !== undefined) await storage.trash.restore(item.id, { actor });
  } else if (act === "rename-back") {
    if (node !== undefined && undo.place !== undefined) await moveTo(storage, actor, node, undo.place);
  } else if (act === "untrash") {
    if (node !== undefined) await storage.remove(nodeId, { actor });
  } else if (act === "version") {
    if (node?.parentId == null || undo.version === undefined) return;
    await putVersion(storage, actor, { parentId: node.parentId, name: node.name }, nodeId, undo.version);
  } else if (undo.madeId !== undefined && storage.node(undo.madeId) !== undefined) {
    await storage.remove(undo.madeId, { actor });
  }
}

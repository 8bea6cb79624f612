import type { Change, NodeInfo, Storage } from "#storage/primary";
import { deviceOfChange } from "./devices.ts";
import { foreignEnding, hungOn, splitName } from "./endings.ts";
import type { Fact } from "./facts.ts";
import { inspect } from "./inspect.ts";

export interface GatherDeps {
  readonly storage: Storage;
  readonly nowMs: () => number;
  readonly isCanary: (nodeId: number) => boolean;
  /** Whether a device made this folder itself, lately. */
  readonly isNewFolder: (device: string, folderId: number, atMs: number) => boolean;
}

/** What was written so lately is in memory. */
const freshMs = 5_000;

/** One entry of the log with what is known of it before any content is read. */
export interface Step {
  readonly change: Change;
  readonly device: string;
  readonly node: NodeInfo;
  readonly name: string;
  readonly folderId: number;
  readonly kind: Fact["act"] | "other";
}

/**
 * Names and folders of a portion of the log as they were with each entry: nodes that were moved later in it are followed back.
 * What the index has forgotten by now is left out.
 */
export function stepsOf(storage: Storage, changes: readonly Change[]): Step[] {
  const places = new Map<number, { name: string; folderId: number }>();
  const steps: Step[] = [];
  for (const change of changes.toReversed()) {
    const device = deviceOfChange(change);
    const node = storage.knownNode(change.nodeId);
    if (node === undefined) continue;
    const place = places.get(node.id) ?? { name: node.name, folderId: node.parentId ?? 0 };
    const { fromParentId, fromName } = change;
    const before = fromName === null ? undefined : { name: fromName, folderId: fromParentId ?? 0 };
    if (before !== undefined) places.set(node.id, before);
    if (device === undefined) continue;
    const kind = kindOfAct(change, place.name);
    const shown = kind === "delete" && before !== undefined ? before : place;
    steps.push({ change, device, node, ...shown, kind });
  }
  return steps.reverse();
}

function kindOfAct({ act, fromName }: Change, name: string): Step["kind"] {
  if (act === "write" || act === "edit") return "overwrite";
  if (act === "create" || act === "appear") return "create";
  if (act === "trash" || act === "gone") return "delete";
  return act === "move" && fromName !== null && fromName !== name ? "rename" : "other";
}

/** Turns a step into a fact; contents are read where they can tell something. */
export async function factOf(
  deps: GatherDeps,
  step: Step,
  look: { readonly read: boolean; readonly deep: boolean },
): Promise<Fact | undefined> {
  const { change, device, node, name, folderId, kind } = step;
  if (kind === "other") return undefined;
  const isFolder = node.kind === "folder";
  const fromName = change.fromName ?? undefined;
  const isRead = look.read && !isFolder && isWorthReading(step);
  const content = isRead
    ? await inspect(deps.storage, {
        nodeId: node.id,
        name,
        keptVersion: change.keptVersion,
        isOverwrite: kind === "overwrite",
        isFresh: deps.nowMs() - change.atMs < freshMs,
        isDeep: look.deep,
      })
    : undefined;
  const hung = kind === "create" ? hungOn(name) : undefined;
  return {
    atMs: change.atMs,
    act: kind,
    nodeId: node.id,
    spaceId: change.spaceId,
    folderId,
    name,
    ...(kind === "rename" && fromName !== undefined && { fromName }),
    sizeBytes: node.sizeBytes,
    ...(isFolder && { isFolder }),
    ...(content && { content }),
    ...(deps.isCanary(node.id) && { isCanary: true }),
    ...(kind === "create" && { isFolderOld: !deps.isNewFolder(device, folderId, change.atMs) }),
    ...(hung && deps.storage.child(folderId, hung.original) !== undefined && { besideOriginal: true }),
  };
}

/** A new name tells something only with a new ending; what is deleted cannot be read any more. */
function isWorthReading({ kind, name, change }: Step): boolean {
  if (kind === "delete") return false;
  if (kind !== "rename") return true;
  const before = change.fromName ?? "";
  return foreignEnding(before, name) !== undefined || splitName(before).ending !== splitName(name).ending;
}

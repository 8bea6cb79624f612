import { AppError } from "#platform/errors";
import type { Change, NodeInfo, Storage, Version } from "#storage/primary";
import type { Outcome } from "./contract.ts";
import { deviceOfChange } from "./devices.ts";

/** What a roll-back would do with one node. */
export interface PlanItem {
  readonly nodeId: number;
  readonly spaceId: number;
  readonly kind: NodeInfo["kind"];
  readonly isInTrash: boolean;
  /** As it is now, in its space. */
  readonly path: string;
  /** As it will be; null when it goes or cannot return. */
  readonly targetPath: string | null;
  readonly outcomes: readonly Outcome[];
  /** Where it goes back to, when its place changes. */
  readonly place: { readonly parentId: number; readonly name: string } | null;
  readonly version: Pick<Version, "number" | "modifiedAtMs"> | null;
  readonly trashId: string | null;
  readonly sizeBytes: number;
  readonly reason: string | null;
}

export interface Plan {
  readonly momentMs: number;
  readonly items: readonly PlanItem[];
  readonly isCut: boolean;
}

export interface PlanDeps {
  readonly storage: Storage;
  /** False for what the caller has lost the right to change since. */
  readonly mayChange: (node: {
    readonly spaceId: number;
    readonly nodeId: number;
    readonly isInTrash: boolean;
  }) => boolean;
}

/** Entries of a space's log taken into account. */
const maxChanges = 200_000;
/** A save so soon after the last kept version keeps none of its own. */
const followUpMs = 30_000;

/** What the changes of one device since a moment were, and how each node gets back to before it. Changes nothing. */
export function planRollBack(deps: PlanDeps, device: string, spaceIds: readonly number[], momentMs: number): Plan {
  let isCut = false;
  const items = spaceIds.flatMap((spaceId) => {
    const changes = deps.storage.changes.since(spaceId, momentMs, maxChanges);
    isCut ||= changes.length === maxChanges;
    const byNode = Map.groupBy(changes, ({ nodeId }) => nodeId);
    return byNode
      .values()
      .map((list) => itemOf(deps, device, spaceId, list))
      .filter((item) => item !== undefined)
      .toArray();
  });
  return { momentMs, items, isCut };
}

interface Known {
  readonly node: NodeInfo;
  readonly isVisible: boolean;
  readonly trashId: string | null;
  readonly path: string;
}

function itemOf(deps: PlanDeps, device: string, spaceId: number, changes: readonly Change[]): PlanItem | undefined {
  const { storage } = deps;
  const mine = changes.filter((change) => deviceOfChange(change) === device);
  const [first] = mine;
  if (first === undefined) return undefined;
  const known = knownOf(storage, first.nodeId);
  if (known === undefined) return undefined;
  const isNew = changes[0] === first && (first.act === "create" || first.act === "appear" || first.act === "copy");
  const base = {
    nodeId: first.nodeId,
    spaceId,
    kind: known.node.kind,
    isInTrash: known.trashId !== null,
    path: known.path,
    targetPath: null,
    place: null,
    version: null,
    trashId: known.trashId,
    sizeBytes: known.node.sizeBytes,
    reason: null,
  };
  if (isNew && !known.isVisible) return undefined;
  const other = changes.find(
    (change) =>
      change.seq > first.seq && change.device !== "system" && deviceOfChange(change) !== device && isChange(change),
  );
  if (other !== undefined)
    return { ...base, outcomes: ["changed-since"], reason: "Somebody else has changed it since." };
  if (!deps.mayChange({ spaceId, nodeId: first.nodeId, isInTrash: known.trashId !== null })) {
    return { ...base, outcomes: ["lost"], reason: "You may not change it any more." };
  }
  return isNew ? { ...base, outcomes: ["remove-new"] } : returning(storage, base, known, mine);
}

const isChange = ({ act }: Change): boolean => act !== "touch" && act !== "restore";

type Base = Omit<PlanItem, "outcomes">;

function returning(storage: Storage, base: Base, known: Known, mine: readonly Change[]): PlanItem | undefined {
  const outcomes: Outcome[] = [];
  const { node } = known;
  const moved = mine.find(({ fromName }) => fromName !== null);
  const place = moved === undefined ? null : { parentId: moved.fromParentId ?? 0, name: moved.fromName ?? node.name };
  const isGone = !known.isVisible && known.trashId === null;
  const targetPath = place === null ? known.path : pathOfPlace(storage, place, known.path);
  const content = contentBefore(storage, node, mine, isGone);
  if (known.trashId !== null) outcomes.push("untrash");
  else if (!isGone && place !== null && (place.parentId !== node.parentId || place.name !== node.name)) {
    outcomes.push("rename-back");
  }
  if (content !== undefined) outcomes.push(content.outcome);
  if (isGone && content?.version === undefined) {
    return {
      ...base,
      outcomes: ["lost"],
      reason: content?.reason ?? "It was deleted past Hearth, and no earlier version is kept.",
    };
  }
  if (outcomes.length === 0) return undefined;
  const version = content?.version ?? null;
  return {
    ...base,
    targetPath,
    outcomes,
    place,
    version,
    sizeBytes: version?.sizeBytes ?? base.sizeBytes,
    reason: content?.reason ?? null,
  };
}

interface Before {
  readonly outcome: "version" | "older-version" | "lost";
  readonly version: Version | undefined;
  readonly reason: string | null;
}

/** The content from before the first write of the device; undefined when it wrote none. */
function contentBefore(storage: Storage, node: NodeInfo, mine: readonly Change[], isGone: boolean): Before | undefined {
  const writes = mine.filter(({ act }) => act === "write" || act === "edit");
  const first = writes[0] ?? (isGone ? mine.find(({ act }) => act === "gone") : undefined);
  if (first === undefined || node.kind === "folder") return undefined;
  const versions = storage.versions.list(node.id);
  const numbered = (number: number | null) => versions.find((version) => version.number === number);
  const exact =
    numbered(first.keptVersion) ?? (first.act === "write" ? unchangedThen(first, writes, versions) : undefined);
  if (exact !== undefined) return { outcome: "version", version: exact, reason: null };
  const older = versions.find(({ replacedAtMs }) => replacedAtMs <= first.atMs);
  const isPast = first.act !== "write";
  if (older !== undefined) {
    const reason = isPast
      ? "It was changed past Hearth, so what it held right before is lost; the last version that is kept comes back."
      : "It had been saved twice within half a minute; the version from before that comes back.";
    return { outcome: "older-version", version: older, reason };
  }
  const reason = isPast
    ? "It was changed past Hearth, and no earlier version is kept."
    : "It was empty before, or its earlier version is not kept any more.";
  return { outcome: "lost", version: undefined, reason };
}

/** A write of the same content keeps no version: then the next one kept what was there before both. */
function unchangedThen(first: Change, writes: readonly Change[], versions: readonly Version[]): Version | undefined {
  const isFollowUp = versions.some(
    ({ replacedAtMs }) => replacedAtMs <= first.atMs && first.atMs - replacedAtMs < followUpMs,
  );
  if (isFollowUp) return undefined;
  const next = writes.find(({ seq, keptVersion }) => seq > first.seq && keptVersion !== null);
  return versions.find(({ number }) => number === next?.keptVersion);
}

function knownOf(storage: Storage, nodeId: number): Known | undefined {
  const node = storage.knownNode(nodeId);
  if (node === undefined) return undefined;
  const lineage = storage.lineage(nodeId);
  if (lineage.length > 0) return { node, isVisible: true, trashId: null, path: pathOf(lineage) };
  const item = storage.trash.ofNode(nodeId);
  // Inside a folder that lies in the trash it comes back with that.
  const path = item?.originalPath ?? node.name;
  return { node, isVisible: false, trashId: item?.id ?? null, path };
}

const pathOf = (lineage: readonly NodeInfo[]): string =>
  lineage
    .slice(1)
    .map(({ name }) => name)
    .join("/");

function pathOfPlace(
  storage: Storage,
  { parentId, name }: { parentId: number; name: string },
  otherwise: string,
): string {
  const lineage = storage.lineage(parentId);
  if (lineage.length === 0) return otherwise;
  const above = pathOf(lineage);
  return above === "" ? name : `${above}/${name}`;
}

export const isReturning = ({ outcomes }: PlanItem): boolean =>
  outcomes.some((one) => one === "version" || one === "older-version" || one === "untrash" || one === "rename-back");
export const isRemoved = ({ outcomes }: PlanItem): boolean => outcomes.includes("remove-new");

/** Throws `bad-request` for a moment that lies in the future. */
export function requirePast(momentMs: number, nowMs: number): void {
  if (momentMs > nowMs) throw new AppError("bad-request", "That moment has not come yet.");
}

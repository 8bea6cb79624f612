import type { Actor } from "#platform/usecase";
import type { Access, Entry } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";

export interface SharedDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/** A file or folder of others that somebody was let into. */
export interface SharedItem {
  readonly node: NodeInfo;
  /** What its owner calls it; a space as a whole has its own name. */
  readonly ownName: string;
  /** The oldest entry that lets the person in here. */
  readonly entry: Entry;
  /** When the person was last let in. */
  readonly lastSharedAtMs: number;
  /** When the last of the entries that let the person in here ends; null is never. */
  readonly expiresAtMs: number | null;
}

/**
 * What the actor was let into and cannot come to from a space of theirs: nodes with an entry for them whose folder they cannot
 * read. In the order in which they were shared; also what they have declined.
 */
export function sharedWith({ storage, access }: SharedDeps, actor: Actor): SharedItem[] {
  const members = new Set(access.spacesOf(actor.userId).map(({ spaceId }) => spaceId));
  const items: SharedItem[] = [];
  const seen = new Set<number>();
  const entries = access.entriesFor(actor.userId).filter(({ effect }) => effect === "allow");
  const byResource = Map.groupBy(entries, ({ resource }) => resource.id);
  for (const entry of entries) {
    if (entry.resource.kind !== "node" || seen.has(entry.resource.id)) continue;
    const node = storage.node(entry.resource.id);
    if (node === undefined || !canRead(node.spaceId, node.id) || isReachable(node)) continue;
    seen.add(node.id);
    const all = byResource.get(node.id) ?? [];
    const ownName = node.parentId === null ? storage.space(node.spaceId).name : node.name;
    const lastSharedAtMs = Math.max(...all.map(({ createdAtMs }) => createdAtMs));
    items.push({ node, ownName, entry, lastSharedAtMs, expiresAtMs: endOf(all) });
  }
  return items;

  function canRead(spaceId: number, nodeId: number): boolean {
    return access.can(actor, "read", { spaceId, nodeId });
  }
  function isReachable(node: NodeInfo): boolean {
    if (node.parentId === null) return members.has(node.spaceId);
    return canRead(node.spaceId, node.parentId);
  }
}

function endOf(entries: readonly Entry[]): number | null {
  const ends = entries.map(({ expiresAtMs }) => expiresAtMs ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return last === Number.POSITIVE_INFINITY ? null : last;
}

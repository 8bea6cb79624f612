import type { Actor } from "#platform/usecase";
import type { Access, Entry } from "#security/access";
import { type NodeInfo, numberedName, type Storage } from "#storage/primary";
import { at } from "./rights.ts";

interface SharedDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/** A file or folder of others that stands at the top for whoever was let in. */
export interface SharedItem {
  readonly node: NodeInfo;
  /** Its name, numbered when an earlier one is called the same; a space as a whole has its own. */
  readonly name: string;
  /** The oldest entry that lets the person in here. */
  readonly entry: Entry;
  /** When the last of the entries that let the person in here ends; null is never. */
  readonly expiresAtMs: number | null;
}

/**
 * What the actor was let into and cannot come to from a space of theirs: nodes with an entry for them whose folder they cannot
 * read. In the order in which they were shared, so that names already given stay.
 */
export function sharedWith({ storage, access }: SharedDeps, actor: Actor): SharedItem[] {
  const members = new Set(access.spacesOf(actor.userId).map(({ spaceId }) => spaceId));
  const items: SharedItem[] = [];
  const taken = new Set<string>();
  const seen = new Set<number>();
  const entries = access.entriesFor(actor.userId).filter(({ effect }) => effect === "allow");
  const byResource = Map.groupBy(entries, ({ resource }) => resource.id);
  for (const entry of entries) {
    if (entry.resource.kind !== "node" || seen.has(entry.resource.id)) continue;
    const node = storage.node(entry.resource.id);
    if (node === undefined || !access.can(actor, "read", at(node)) || isReachable(node)) continue;
    seen.add(node.id);
    const name = freeName(node.parentId === null ? storage.space(node.spaceId).name : node.name, taken);
    taken.add(name.toLowerCase());
    items.push({ node, name, entry, expiresAtMs: endOf(byResource.get(node.id) ?? []) });
  }
  return items;

  function isReachable(node: NodeInfo): boolean {
    if (node.parentId === null) return members.has(node.spaceId);
    return access.can(actor, "read", { spaceId: node.spaceId, nodeId: node.parentId });
  }
}

function endOf(entries: readonly Entry[]): number | null {
  const ends = entries.map(({ expiresAtMs }) => expiresAtMs ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return last === Number.POSITIVE_INFINITY ? null : last;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let count = 2; taken.has(candidate.toLowerCase()); count += 1) candidate = numberedName(name, count);
  return candidate;
}

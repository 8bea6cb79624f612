import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access, NodeResource } from "#security/access";
import type { Storage, TrashItem } from "#storage/primary";

interface RightsDeps {
  readonly storage: Storage;
  readonly access: Access;
}

/** How many items are looked through at a time. */
const pageSize = 1000;

/** The rules of the folder that something was removed from still hold for it. */
export function inTrash({ spaceId, nodeId }: TrashItem): NodeResource {
  return { spaceId, nodeId, inTrash: true };
}

/** All items of a space that the actor may read, newest first. */
export function* visibleItems({ storage, access }: RightsDeps, actor: Actor, spaceId: number): Generator<TrashItem> {
  for (let offset = 0; ; offset += pageSize) {
    const { items } = storage.trash.list(spaceId, { offset, limit: pageSize });
    for (const item of items) if (access.can(actor, "read", inTrash(item))) yield item;
    if (items.length < pageSize) return;
  }
}

/** The item, which the actor must be able to read. Throws the same `not-found` whether it is missing or hidden. */
export function visibleItem({ storage, access }: RightsDeps, actor: Actor, trashId: string): TrashItem {
  const item = storage.trash.get(trashId);
  if (item === undefined || !access.can(actor, "read", inTrash(item))) {
    throw new AppError("not-found", "That is no longer in the trash.", { isRefusal: item !== undefined });
  }
  return item;
}

/** Throws unless the item may be put back: the item and the folder where it will lie must be writable. */
export function requireRestorable({ storage, access }: RightsDeps, actor: Actor, item: TrashItem): void {
  access.require(actor, "write", inTrash(item));
  let folder = storage.node(storage.rootIdOf(item.spaceId));
  for (const name of item.originalPath.split("/").slice(0, -1)) {
    const next = folder && storage.child(folder.id, name);
    if (next?.kind !== "folder") break;
    folder = next;
  }
  if (folder !== undefined && access.can(actor, "write", { spaceId: folder.spaceId, nodeId: folder.id })) return;
  throw new AppError("forbidden", `You may not change the folder that ${item.name} lay in.`);
}

/** Throws unless the item, and everything in it, may be deleted for good. */
export function requirePurgeable({ access }: RightsDeps, actor: Actor, item: TrashItem): void {
  access.require(actor, "write", inTrash(item));
  if (access.obstacleBelow(actor, "write", inTrash(item)) === undefined) return;
  throw new AppError("forbidden", `${item.name} holds something that you may not change.`);
}

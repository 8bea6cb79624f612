import type { Clock } from "#platform/clock";
import type { NodeInfo, Storage } from "#storage/primary";
import { isForeignFolder, kindOfFile } from "./kinds.ts";
import type { ItemRows, LibraryRow, Sighting, StoredItem } from "./repository.ts";

interface TakingDeps {
  readonly storage: Pick<Storage, "lineage" | "node">;
  readonly items: ItemRows;
  readonly clock: Clock;
  /** Whether one of these folders is not to be looked into. */
  readonly isHidden: (folderIds: readonly number[]) => boolean;
  /** How many of those who have one space have another one too. */
  readonly sharedBy: (fromSpaceId: number, toSpaceId: number) => "all" | "some" | "none";
}

type Place = Pick<Sighting, "spaceId" | "modifiedAtMs">;

/** Items that were touched, by library. */
export type Touched = Map<number, Set<number>>;

export function touch(touched: Touched, libraryId: number, itemId: number): void {
  const ids = touched.get(libraryId) ?? new Set<number>();
  touched.set(libraryId, ids.add(itemId));
}

/** A copy so young can be what its original was moved to. */
const youngMs = 86_400_000;
/** Between the copy and the deletion that are a move of another program, as a sync client makes it. */
const moveMs = 120_000;
/** The same of a move to another disk, where a large file or folder takes its time. */
const diskMoveMs = 3_600_000;
/** File systems keep times as coarsely as that. */
const coarseMs = 2_000;

/** How files become items, change, go and come back. Everything here is a part of the caller's transaction. */
export function createTaking({ storage, items, clock, isHidden, sharedBy }: TakingDeps) {
  /** Undefined for what is none of the library's files. */
  const sightingOf = (library: LibraryRow, node: NodeInfo): Sighting | undefined => {
    const kind = node.kind === "file" ? kindOfFile(library.kind, node.name) : undefined;
    if (kind === undefined || node.parentId === null) return undefined;
    const lineage = storage.lineage(node.id);
    const below = lineage.slice(lineage.findIndex(({ id }) => id === library.folderId) + 1);
    if (below.slice(0, -1).some(({ name }) => isForeignFolder(name))) return undefined;
    if (isHidden([library.folderId, ...below.slice(0, -1).map(({ id }) => id)])) return undefined;
    const { id: nodeId, spaceId, parentId: folderId, sizeBytes, modifiedAtMs, sha1, etag } = node;
    const path = below.map(({ name }) => name).join("/");
    return {
      ...{ libraryId: library.id, nodeId, spaceId, folderId, kind, path },
      ...{ sizeBytes, modifiedAtMs: Math.trunc(modifiedAtMs), sha1, etag },
    };
  };

  /** Whether an item that is gone has a file of this size: then the content is looked at before a new item is made. */
  const mayBeBack = ({ sizeBytes, nodeId }: Sighting): boolean =>
    items.ofNode(nodeId) === undefined && items.goneOfSize(sizeBytes).length > 0;

  const renew = (item: StoredItem, of: Sighting, isSameContent: boolean, touched: Touched): void => {
    const state = item.state === "gone" ? (items.stateBefore(item.id) ?? "found") : item.state;
    items.update(item.id, of, {
      contentKey: isSameContent ? item.contentKey : null,
      state: isSameContent ? state : "found",
      reason: isSameContent ? item.reason : null,
    });
    touch(touched, of.libraryId, item.id);
    if (item.libraryId !== of.libraryId) touch(touched, item.libraryId, item.id);
  };

  /** Notes what a file is now. `contentKey` is known when it was read to find out whether it is one that was here before. */
  const take = (of: Sighting, isWritten: boolean, touched: Touched, contentKey: string | null = null): void => {
    const known = items.ofNode(of.nodeId);
    if (known !== undefined) {
      const isSameContent = !isWritten && isSame(known, of);
      if (!isSameContent || hasChanged(known, of)) renew(known, of, isSameContent, touched);
      return;
    }
    const old = contentKey === null ? undefined : lost(contentKey, of);
    if (old !== undefined) return renew(old, of, true, touched);
    touch(touched, of.libraryId, items.insert(of, contentKey, clock.now()));
  };
  const lost = (contentKey: string, of: Sighting): StoredItem | undefined =>
    items.withKey(contentKey).find((item) => item.state === "gone" && mayBecome(item, of, clock.now()));

  /**
   * Whether an item that is gone may go on as this file, with everything that people did with it. Where all who had it have the file,
   * nobody loses anything. Elsewhere it must have been moved: a copy that somebody made for themselves takes nothing along when the
   * others delete theirs. What is in the trash can come back itself; what another program moved to another disk never was in it, and
   * has kept its time.
   */
  const mayBecome = (old: StoredItem, file: Place, sinceMs: number): boolean => {
    const shared = old.spaceId === file.spaceId ? "all" : sharedBy(old.spaceId, file.spaceId);
    if (shared !== "some") return shared === "all";
    const isSameTime = Math.abs(old.modifiedAtMs - file.modifiedAtMs) <= coarseMs;
    const canComeBack = storage.node(old.nodeId) !== undefined || items.isInTrash(old.nodeId);
    return Math.abs((old.goneAtMs ?? 0) - sinceMs) <= (isSameTime && !canComeBack ? diskMoveMs : moveMs);
  };

  const leave = (item: StoredItem, touched: Touched): void => {
    if (!items.setGone(item.id, clock.now())) return;
    touch(touched, item.libraryId, item.id);
    if (item.contentKey !== null) reunite(item.contentKey, touched);
  };

  /**
   * What was copied and then deleted was moved: the item that is gone goes on as the file of its young copy, and the copy's own item
   * is gone in its stead.
   */
  const reunite = (contentKey: string, touched: Touched): void => {
    const all = items.withKey(contentKey);
    const copy = all.findLast((item) => item.state !== "gone" && clock.now() - item.addedAtMs < youngMs);
    const old = copy && all.find((item) => isPredecessor(item, copy) && mayBecome(item, copy, copy.addedAtMs));
    if (copy === undefined || old === undefined) return;
    items.parkNode(old.id);
    items.setNode(copy.id, old.nodeId);
    items.setGone(copy.id, clock.now());
    items.update(old.id, copy, { contentKey, state: copy.state, reason: copy.reason });
    touch(touched, copy.libraryId, copy.id);
    touch(touched, copy.libraryId, old.id);
    touch(touched, old.libraryId, old.id);
  };
  /** Both were there together, or nearly so: an older one that left long ago has another story. */
  const isPredecessor = (item: StoredItem, copy: StoredItem) =>
    item.state === "gone" && item.id < copy.id && (item.goneAtMs ?? 0) > copy.addedAtMs - youngMs;

  return { sightingOf, mayBeBack, take, leave, reunite };
}

export type Taking = ReturnType<typeof createTaking>;

/** The bytes are surely those that were seen last. */
function isSame(item: StoredItem, of: Sighting): boolean {
  if (item.sizeBytes !== of.sizeBytes) return false;
  if (item.sha1 !== null && of.sha1 !== null) return item.sha1 === of.sha1;
  return item.modifiedAtMs === of.modifiedAtMs;
}

function hasChanged(item: StoredItem, of: Sighting): boolean {
  return (
    item.state === "gone" ||
    item.etag !== of.etag ||
    item.path !== of.path ||
    item.folderId !== of.folderId ||
    item.libraryId !== of.libraryId ||
    item.spaceId !== of.spaceId ||
    item.kind !== of.kind ||
    item.modifiedAtMs !== of.modifiedAtMs
  );
}

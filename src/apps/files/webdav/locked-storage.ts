import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { ActOptions, NodeInfo, Place, Storage } from "#storage/primary";
import { isOpenTo } from "./checks.ts";
import type { LockHolder } from "./app-lock-xml.ts";
import type { Locks } from "./locks.ts";
import type { Lock } from "./repository.ts";

interface LockedStorageDeps {
  readonly storage: Storage;
  readonly locks: Locks;
  readonly person: (userId: number) => LockHolder | undefined;
}

const noTokens: ReadonlySet<string> = new Set();

/**
 * The storage for whoever knows no lock tokens, as the page and its uploads: what others have locked, or a program with its token,
 * refuses every write with `locked`. The rights are asked first, so that nobody learns of a lock on what they may not change.
 */
export function createLockedStorage({ storage, locks, person }: LockedStorageDeps): Storage {
  const requireOpen = (actor: Actor, standing: readonly Lock[]) => {
    const closed = standing.find((lock) => !isOpenTo(lock, actor, noTokens));
    if (closed === undefined || actor.kind === "system") return;
    const name = storage.node(closed.nodeId)?.name ?? "It";
    const holder = closed.userId === actor.userId ? "one of your programs" : person(closed.userId)?.displayName;
    throw new AppError("locked", `${name} is locked by ${holder ?? "somebody"}.`);
  };
  const guarded = <O extends ActOptions>(options: O, find: (existing: NodeInfo | undefined) => readonly Lock[]): O => ({
    ...options,
    guard: (existing) => {
      options.guard?.(existing);
      if (locks.any()) requireOpen(options.actor, find(existing));
    },
  });
  const removal = (nodeId: number): readonly Lock[] => {
    const parentId = storage.node(nodeId)?.parentId ?? null;
    return [...locks.covering(nodeId), ...locks.below(nodeId), ...(parentId === null ? [] : locks.covering(parentId))];
  };
  const content = (place: Place) => (existing: NodeInfo | undefined) =>
    locks.covering(existing === undefined ? place.parentId : existing.id);
  const target = (place: Place) => (existing: NodeInfo | undefined) =>
    existing === undefined ? locks.covering(place.parentId) : removal(existing.id);
  return {
    ...storage,
    put: (place, body, options) => storage.put(place, body, guarded(options, content(place))),
    touch: (nodeId, modifiedAtMs, options) =>
      storage.touch(
        nodeId,
        modifiedAtMs,
        guarded(options, () => locks.covering(nodeId)),
      ),
    makeFolder: (place, options) =>
      storage.makeFolder(
        place,
        guarded(options, () => locks.covering(place.parentId)),
      ),
    move: (nodeId, to, options) =>
      storage.move(
        nodeId,
        to,
        guarded(options, (existing) => [...removal(nodeId), ...(existing?.id === nodeId ? [] : target(to)(existing))]),
      ),
    copy: (nodeId, to, options) => storage.copy(nodeId, to, guarded(options, target(to))),
    remove: (nodeId, options) =>
      storage.remove(
        nodeId,
        guarded(options, () => removal(nodeId)),
      ),
    uploads: {
      ...storage.uploads,
      finish: (uploadId, place, options) => storage.uploads.finish(uploadId, place, guarded(options, content(place))),
    },
  };
}

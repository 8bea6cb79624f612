import { at } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo } from "#storage/primary";
import type { LockHolder } from "./app-lock-xml.ts";
import type { Locks } from "./locks.ts";
import type { Lock, LockKind } from "./repository.ts";

export interface AppLocksDeps {
  readonly access: Access;
  readonly locks: Locks;
  readonly sync: () => Promise<void>;
  readonly person: (userId: number) => LockHolder | undefined;
}

const nobody: LockHolder = { id: "", displayName: "" };

/** Locks that persons take on files, for their apps and on the page; in the one table with those of WebDAV. */
export function createAppLocks({ access, locks, sync, person }: AppLocksDeps) {
  const requireWritable = (actor: Actor, node: NodeInfo) => access.require(actor, "write", at(node));
  const mayEnd = (actor: Actor, node: NodeInfo, lock: Lock) =>
    access.can(actor, "write", at(node)) && (lock.userId === actor.userId || access.can(actor, "manage", at(node)));
  return {
    /** The lock that stands then: the one asked for, or the one in its way. A lock of one's own of the same kind goes on. */
    lock: async (
      actor: Actor,
      node: NodeInfo,
      { kind, seconds }: { readonly kind: LockKind; readonly seconds: number },
    ): Promise<{ readonly lock: Lock; readonly isGranted: boolean }> => {
      requireWritable(actor, node);
      const isOwn = (lock: Lock) => lock.nodeId === node.id && lock.userId === actor.userId && lock.kind === kind;
      const [conflict] = locks.conflicts(node.id, { isDeep: false, isExclusive: true }).filter((lock) => !isOwn(lock));
      if (conflict !== undefined) return { lock: conflict, isGranted: false };
      const own = locks.on(node.id).find(isOwn);
      const wanted = { nodeId: node.id, isDeep: false, isExclusive: true, ownerXml: "", userId: actor.userId, kind };
      const lock =
        own === undefined ? locks.grant({ ...wanted, timeoutSeconds: seconds }) : locks.refresh(own, seconds);
      await sync();
      return { lock, isGranted: true };
    },
    /** Whoever holds it may, and whoever manages the place where the file lies. */
    mayEnd,
    /** Ends all locks on a node itself, when there are any. Throws `locked`. */
    end: async (actor: Actor, node: NodeInfo): Promise<void> => {
      requireWritable(actor, node);
      const standing = locks.on(node.id);
      if (standing.length === 0) return;
      if (!standing.every((lock) => mayEnd(actor, node, lock))) {
        throw new AppError("locked", "Only whoever holds the lock or manages this place can end it.");
      }
      locks.remove(standing);
      await sync();
    },
    shown: (actor: Actor, lock: Lock) => ({
      lock,
      holder: person(lock.userId) ?? nobody,
      isOwn: lock.userId === actor.userId,
    }),
  };
}

export type AppLocks = ReturnType<typeof createAppLocks>;

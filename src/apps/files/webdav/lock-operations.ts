import { at, visibleNode } from "#apps/files/browse";
import { locksContract } from "#contract/apps/files/webdav";
import { AppError } from "#platform/errors";
import { implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import type { Dav } from "./dav.ts";
import { type Lock, lockKinds } from "./repository.ts";

const secondsPerMinute = 60;

/** Locks on the page: who has locked what until when, one's own, and ending them. */
export function lockOperations(dav: Dav): Implementation[] {
  const { storage, access, locks, appLocks } = dav;
  const nodeOf = ({ actor, checked }: UseCaseContext, nodeId: number): NodeInfo => {
    const node = visibleNode(dav, actor, nodeId);
    checked(`node ${nodeId}`);
    return node;
  };
  const present = ({ actor }: UseCaseContext, lock: Lock) => {
    const node = storage.node(lock.nodeId);
    return {
      nodeId: lock.nodeId,
      by: lock.kind === lockKinds.person ? ("person" as const) : ("program" as const),
      holder: appLocks.shown(actor, lock).holder.displayName,
      isOwn: lock.userId === actor.userId,
      isDeep: lock.isDeep,
      sinceMs: lock.createdAtMs,
      untilMs: lock.expiresAtMs,
      canEnd: node !== undefined && appLocks.mayEnd(actor, node, lock),
    };
  };
  return implement(locksContract, {
    "locks.list": (context, { nodeId }) => {
      const node = nodeOf(context, nodeId);
      const isShown = (lock: Lock) => {
        const place = storage.node(lock.nodeId);
        return place !== undefined && access.can(context.actor, "read", at(place));
      };
      const inside = locks.all().filter((lock) => storage.node(lock.nodeId)?.parentId === node.id);
      const standing = [...locks.covering(node.id), ...inside].filter(isShown);
      return { locks: standing.map((lock) => present(context, lock)) };
    },
    "locks.set": async (context, { nodeId, minutes }) => {
      const node = nodeOf(context, nodeId);
      if (node.kind !== "file") throw new AppError("bad-request", "Only a file can be locked.");
      const wanted = { kind: lockKinds.person, seconds: minutes * secondsPerMinute };
      const { lock, isGranted } = await appLocks.lock(context.actor, node, wanted);
      if (isGranted) return { untilMs: lock.expiresAtMs };
      throw new AppError(
        "locked",
        `${node.name} is locked by ${appLocks.shown(context.actor, lock).holder.displayName}.`,
      );
    },
    "locks.remove": async (context, { nodeId }) => {
      await appLocks.end(context.actor, nodeOf(context, nodeId));
      return {};
    },
  });
}

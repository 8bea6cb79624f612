import type { Clock, Random } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { NodeInfo, Storage } from "#storage/primary";
import type { Lock, Repository } from "./repository.ts";

const maxLocksPerUser = 1000;

export type LockRequest = Pick<
  Lock,
  "nodeId" | "isDeep" | "isExclusive" | "ownerXml" | "userId" | "timeoutSeconds" | "kind"
>;

/** All locks that stand. Expired ones are dropped whenever somebody looks. */
export interface Locks {
  any(): boolean;
  all(): readonly Lock[];
  /** Locks on a node and deep locks above it. */
  covering(nodeId: number): readonly Lock[];
  /** Locks on the node itself only. */
  on(nodeId: number): readonly Lock[];
  /** Locks on nodes below it. */
  below(nodeId: number): readonly Lock[];
  find(token: string): Lock | undefined;
  /** The locks that forbid a new one; empty when it may be granted. */
  conflicts(nodeId: number, wanted: Pick<Lock, "isDeep" | "isExclusive">): readonly Lock[];
  /** Grants without looking for conflicts; the caller syncs the database. Throws `too-many-requests`. */
  grant(request: LockRequest): Lock;
  refresh(lock: Lock, timeoutSeconds: number): Lock;
  remove(locks: readonly Lock[]): void;
  forget(nodeIds: readonly number[]): void;
}

interface LocksDeps {
  readonly repository: Repository;
  readonly storage: Pick<Storage, "lineage" | "isWithin" | "node" | "events">;
  readonly clock: Clock;
  readonly random: Random;
}

const none: readonly Lock[] = [];

export function createLocks({ repository, storage, clock, random }: LocksDeps): Locks {
  const byToken = new Map<string, Lock>(repository.locks().map((lock) => [lock.token, lock]));
  let byNode = groupByNode(byToken.values());
  let nextExpiryMs = soonest(byToken.values());

  const changed = () => {
    byNode = groupByNode(byToken.values());
    nextExpiryMs = soonest(byToken.values());
  };
  const remove = (locks: readonly Lock[]) => {
    if (locks.length === 0) return;
    for (const { token } of locks) byToken.delete(token);
    repository.removeLocks(locks.map(({ token }) => token));
    changed();
  };
  const purge = () => {
    const now = clock.now();
    if (now >= nextExpiryMs) remove([...byToken.values()].filter(({ expiresAtMs }) => expiresAtMs <= now));
  };
  const on = (nodeId: number) => {
    purge();
    return byNode.get(nodeId) ?? none;
  };
  const covering = (nodeId: number) => {
    purge();
    if (byToken.size === 0) return none;
    return storage
      .lineage(nodeId)
      .flatMap((node: NodeInfo) => (byNode.get(node.id) ?? none).filter(({ isDeep }) => isDeep || node.id === nodeId));
  };
  const below = (nodeId: number) => {
    purge();
    if (byToken.size === 0) return none;
    return [...byToken.values()].filter((lock) => lock.nodeId !== nodeId && storage.isWithin(lock.nodeId, nodeId));
  };
  /** Whoever looks at the folder looks again: a lock shows, and etags as persons see them change with it. */
  const tell = (nodeIds: readonly number[]) => {
    for (const nodeId of nodeIds) {
      const node = storage.node(nodeId);
      if (node === undefined) continue;
      storage.events.publish("changed", { spaceId: node.spaceId, folderIds: [node.parentId ?? node.id] });
    }
  };
  const save = (lock: Lock): Lock => {
    byToken.set(lock.token, lock);
    repository.saveLock(lock);
    changed();
    return lock;
  };

  return {
    any: () => {
      purge();
      return byToken.size > 0;
    },
    all: () => {
      purge();
      return byToken.size === 0 ? none : [...byToken.values()];
    },
    on,
    covering,
    below,
    find: (token) => {
      purge();
      return byToken.get(token);
    },
    conflicts: (nodeId, { isDeep, isExclusive }) =>
      [...covering(nodeId), ...(isDeep ? below(nodeId) : none)].filter((lock) => isExclusive || lock.isExclusive),
    grant: (request) => {
      purge();
      const held = [...byToken.values()].filter(({ userId }) => userId === request.userId).length;
      if (held >= maxLocksPerUser) throw new AppError("too-many-requests", "Too many locks are held.");
      const createdAtMs = clock.now();
      const expiresAtMs = createdAtMs + request.timeoutSeconds * 1000;
      tell([request.nodeId]);
      return save({ ...request, token: newToken(random), createdAtMs, expiresAtMs });
    },
    refresh: (lock, timeoutSeconds) =>
      save({ ...lock, timeoutSeconds, expiresAtMs: clock.now() + timeoutSeconds * 1000 }),
    remove: (ended) => {
      remove(ended);
      tell(ended.map(({ nodeId }) => nodeId));
    },
    forget: (nodeIds) => {
      if (byToken.size > 0) remove(nodeIds.flatMap((nodeId) => byNode.get(nodeId) ?? none));
    },
  };
}

function groupByNode(locks: Iterable<Lock>): Map<number, Lock[]> {
  return Map.groupBy(locks, ({ nodeId }) => nodeId);
}

function soonest(locks: Iterable<Lock>): number {
  let soonestMs = Number.POSITIVE_INFINITY;
  for (const { expiresAtMs } of locks) soonestMs = Math.min(soonestMs, expiresAtMs);
  return soonestMs;
}

/** RFC 4918 appendix C: `opaquelocktoken:` and a random UUID. */
function newToken(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  return `opaquelocktoken:${uuid}`;
}

import type { Mounts } from "#apps/files/mounts";
import { AppError } from "#platform/errors";
import { evaluateConditions } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { Access, NodeResource } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import type { Call } from "./call.ts";
import { DavError } from "./errors.ts";
import { ifHeaderHolds, type ResourceState } from "./if-header.ts";
import type { Locks } from "./locks.ts";
import { parseReference } from "./path.ts";
import { type Lock, lockKinds } from "./repository.ts";
import type { FindSpace } from "./space-lookup.ts";
import { hrefOfNode, locate } from "./target.ts";

export interface ChecksDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly findSpace: FindSpace;
  readonly mounts: Pick<Mounts, "shared" | "spaces">;
  readonly locks: Locks;
}

/** What decides whether a request may go on. All of it is synchronous, so that it can run in the guard of a storage act. */
export interface Checks {
  /** Throws `precondition-failed` when there is an If header and none of its lists holds. */
  requireIf(call: Call): void;
  /**
   * Everything before a write, in this order: right, conditional headers against `current` (what stands at the request's URL), If
   * header, and the tokens of `locks`. Throws `forbidden`, `not-found`, `precondition-failed`, `locked`.
   */
  requireWrite(call: Call, write: Write): void;
  /** The locks that guard the content of a node. */
  contentLocks(node: NodeInfo): readonly Lock[];
  /** The locks that guard which names a folder holds. */
  memberLocks(folderId: number): readonly Lock[];
  /** The locks that must be open for a node to go away: on it, above, below and on the folder that holds it. */
  removalLocks(node: NodeInfo): readonly Lock[];
}

export interface Write {
  /** What must be writable: what is changed, or the folder where something is made. */
  readonly on: NodeResource;
  readonly current: NodeInfo | undefined;
  readonly locks: readonly Lock[];
}

export function createChecks(deps: ChecksDeps): Checks {
  const { access, locks } = deps;
  const stateOf = (call: Call, resource: string | undefined): ResourceState => {
    const path = resource === undefined ? call.path : parseReference(resource, call.request, call.surface.addresses);
    if (path === "foreign") return { etag: undefined, tokens: new Set() };
    const target = locate(deps, call.actor, path.names);
    if (target.kind === "node") return { etag: target.node.etag, tokens: tokensOf(locks.covering(target.node.id)) };
    // A name that is still free stands under the locks of the folder it would be made in.
    const parent = target.kind === "free" ? target.parent : undefined;
    return { etag: undefined, tokens: tokensOf(parent === undefined ? [] : locks.covering(parent.id)) };
  };
  const requireIf = (call: Call) => {
    if (call.ifLists.length === 0) return;
    if (!ifHeaderHolds(call.ifLists, (resource) => stateOf(call, resource))) {
      throw new AppError("precondition-failed", "The If header does not hold.");
    }
  };
  return {
    requireIf,
    requireWrite: (call, { on, current, locks: needed }) => {
      access.require(call.actor, "write", on);
      if (evaluateConditions(call.request, current) === "failed") throw new AppError("precondition-failed");
      requireIf(call);
      requireSubmitted(deps, call, needed);
    },
    contentLocks: (node) => locks.covering(node.id),
    memberLocks: (folderId) => locks.covering(folderId),
    removalLocks: (node) => [
      ...locks.covering(node.id),
      ...locks.below(node.id),
      ...(node.parentId === null ? [] : locks.covering(node.parentId)),
    ],
  };
}

function tokensOf(locks: readonly Lock[]): ReadonlySet<string> {
  return new Set(locks.map(({ token }) => token));
}

/** Whether whoever holds the lock may write; nobody else may, whatever token they show. */
export function isOpenTo({ kind, token, userId }: Lock, actor: Actor, submitted: ReadonlySet<string>): boolean {
  return userId === actor.userId && (kind === lockKinds.person || submitted.has(token));
}

/** Of shared locks on one node, the holder of any may write (RFC 4918 §6.2). A token only counts for whoever made the lock. */
function requireSubmitted(deps: ChecksDeps, call: Call, locks: readonly Lock[]): void {
  if (locks.length === 0) return;
  const closed = Map.groupBy(locks, ({ nodeId }) => nodeId)
    .entries()
    .filter(([, group]) => !group.some((lock) => isOpenTo(lock, call.actor, call.submitted)))
    .map(([nodeId]) => `<d:href>${hrefOfNode(deps, call, nodeId)}</d:href>`)
    .toArray();
  if (closed.length === 0) return;
  throw new DavError("locked", "The file or folder is locked.", {
    conditionXml: `<d:lock-token-submitted>${closed.join("")}</d:lock-token-submitted>`,
  });
}

import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Capability } from "#wire";
import { bits, maskOf } from "./actions.ts";
import { spaceRoleAllows } from "./capabilities.ts";
import type { AccessResource, AccessSubject } from "./contract.ts";
import { type Entry, subjectKey } from "./entries.ts";
import type { AccessOperationsDeps, PanelNode } from "./ports.ts";
import type { OtherResource, Resource } from "./resource.ts";

/** Who sets entries on resources without a tree. */
const keepers: Record<OtherResource["kind"], Capability> = {
  "vpn-zone": "security.manage",
  library: "server.manage",
  repository: "server.manage",
  plan: "server.manage",
  place: "server.manage",
};

/** A resource as the operations found it. */
export interface Found {
  readonly ref: AccessResource;
  readonly resource: Resource;
  /** Undefined for resources without a tree. */
  readonly node: PanelNode | undefined;
}

/** Who may look at entries and change them. */
export function createPanelRights(deps: AccessOperationsDeps) {
  const { access, storage } = deps;

  const canManage = (actor: Actor, { resource }: Found): boolean =>
    "kind" in resource
      ? actor.capabilities.has(keepers[resource.kind]) && !actor.readOnly
      : access.can(actor, "manage", resource);
  /** What is no file is handed on by its keeper alone, whatever else somebody may do with it. */
  const canShare = (actor: Actor, found: Found): boolean =>
    canManage(actor, found) || (found.node !== undefined && access.can(actor, "share", found.resource));

  /** When the actor's own right to share ends; null for never. */
  const shareEndsAtMs = (actor: Actor, node: PanelNode): number | null => {
    const isMember = access
      .spacesOf(actor.userId)
      .some(({ spaceId, role }) => spaceId === node.spaceId && spaceRoleAllows(role, "share"));
    if (isMember) return null;
    const way = new Set<unknown>([node.id, ...storage.above(node.id)]);
    const ends = access.entriesFor(actor.userId).flatMap(({ resource, effect, actions, expiresAtMs }) => {
      const lets = effect === "allow" && (actions & bits.share) !== 0;
      return lets && resource.kind === "node" && way.has(resource.id) ? [expiresAtMs ?? Infinity] : [];
    });
    const latest = Math.max(...ends);
    return Number.isFinite(latest) ? latest : null;
  };

  return {
    canManage,
    canShare,
    /** Throws `not-found` when the resource is missing or the actor may not read it. */
    find: (actor: Actor, ref: AccessResource): Found => {
      if (ref.kind !== "node") {
        const found: Found = { ref, resource: ref, node: undefined };
        if (canManage(actor, found) || access.can(actor, "read", ref)) return found;
        throw new AppError("not-found");
      }
      const node = storage.node(ref.id);
      const resource = node && { spaceId: node.spaceId, nodeId: node.id };
      if (resource === undefined || !access.can(actor, "read", resource)) {
        throw new AppError("not-found", "It was moved or deleted.");
      }
      return { ref, resource, node };
    },
    /** An entry can be taken away by whoever manages the resource, who set it to share, and whom alone it lets in. */
    canRemove: (actor: Actor, found: Found, entry: Entry): boolean => {
      if (canManage(actor, found)) return true;
      if (entry.effect === "deny") return false;
      return (
        subjectKey(entry.subject) === `user:${actor.userId}` ||
        (entry.createdBy === actor.userId && canShare(actor, found))
      );
    },
    /** Throws `forbidden` unless the actor may put this entry in place of `existing`. */
    requireSettable: (
      actor: Actor,
      found: Found,
      entry: Pick<Entry, "subject" | "effect" | "actions" | "expiresAtMs">,
      existing: Entry | undefined,
    ): void => {
      if (canManage(actor, found)) return;
      if (!canShare(actor, found)) throw new AppError("forbidden", "You may not share this.");
      if (entry.effect === "deny") throw new AppError("forbidden", "Only whoever manages this may keep somebody out.");
      if (existing !== undefined && (existing.effect === "deny" || existing.createdBy !== actor.userId)) {
        throw new AppError("forbidden", "Only whoever manages this may change what somebody else has set.");
      }
      if ((entry.actions & ~maskOf(access.actionsAt(actor, found.resource))) !== 0) {
        throw new AppError("forbidden", "You cannot give more than you have yourself.");
      }
      // An entry stands by itself: it would still be there when what its maker has is gone.
      if (subjectKey(entry.subject) === `user:${actor.userId}`) {
        throw new AppError("forbidden", "You cannot give yourself a right.");
      }
      const endsAtMs = found.node === undefined ? null : shareEndsAtMs(actor, found.node);
      if (endsAtMs !== null && (entry.expiresAtMs ?? Infinity) > endsAtMs) {
        const day = new Date(endsAtMs).toISOString().slice(0, 16).replace("T", " ");
        throw new AppError("forbidden", `You have this yourself until ${day} UTC: let the entry end by then.`);
      }
    },
    /** Throws `bad-request` for nobody that an entry could be about. */
    requireSubject: (subject: AccessSubject, found: Found): void => {
      if (subject.kind === "user" && deps.names.person(subject.id) === undefined) {
        throw new AppError("bad-request", "There is no such person.");
      }
      if (subject.kind === "group" && deps.names.group(subject.id) === undefined) {
        throw new AppError("bad-request", "There is no such group.");
      }
      if (subject.kind !== "link") return;
      const link = deps.findLink(subject.id);
      const isBelow =
        link !== undefined &&
        found.node !== undefined &&
        (link.nodeId === found.node.id || storage.above(found.node.id).includes(link.nodeId));
      if (!isBelow) throw new AppError("bad-request", "No such link leads here.");
    },
    /** Throws `conflict` when a change, which is in force, would leave a home to others. */
    requireOwnerStays: ({ resource }: Found): void => {
      if ("kind" in resource || storage.space(resource.spaceId).kind !== "home") return;
      for (const { userId } of access.membersOf(resource.spaceId)) {
        const owner = deps.actorOf(userId);
        if (owner === undefined || access.can(owner, "manage", resource)) continue;
        throw new AppError("conflict", `Nobody can be shut out of their own home: ${deps.names.person(userId) ?? ""}`);
      }
    },
    /**
     * Changing rights is for people at a page: whoever finds an app password must not be able to open more than it does. Its owner can
     * let one share files with people (ADR 12); even then it hands on no management and touches no denial.
     */
    requireCredential: (actor: Actor, { resource, subject, effect, actions }: CredentialAsks): void => {
      if (actor.via !== "app-password") return;
      if (!actor.capabilities.has("people.read")) {
        throw new AppError(
          "forbidden",
          "This app password may not share with people. Its owner can allow that on the page.",
        );
      }
      const isShare = effect === "allow" && (actions & bits.manage) === 0 && subject.kind !== "everyone";
      if (resource.kind !== "node" || !isShare) {
        throw new AppError(
          "forbidden",
          "An app password may share files with people and groups, and change no other right.",
        );
      }
    },
  };
}

type CredentialAsks = Pick<Entry, "resource" | "subject" | "effect" | "actions">;

export type PanelRights = ReturnType<typeof createPanelRights>;

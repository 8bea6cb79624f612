import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { ResourceAction } from "#wire";
import { actionsOf, allActions, bits, maskOfSpaceRole, withoutOrphans } from "./actions.ts";
import { credentialMask, type Decision } from "./credential.ts";
import { subjectKey } from "./entries.ts";
import { createExplainer } from "./explain.ts";
import { type FilterOf, type NodeFilter, nothing, rowFilter, treeFilter, withoutNodes } from "./filter.ts";
import type { Parties } from "./parties.ts";
import { denyShift, effectiveMask, type Policy, type Position, readableSteps, type Rules } from "./policy.ts";
import type { Names, NodeResource, OtherResource, Resource, Tree } from "./resource.ts";
import type { LinkParty, PersonSight, Sight } from "./sight.ts";

/** Deciding. */
export interface Reader {
  can(actor: Actor, action: ResourceAction, resource: Resource): boolean;
  /** Throws `not-found` when the actor may not even read the resource, so that ids tell nothing; else `forbidden`. */
  require(actor: Actor, action: ResourceAction, resource: Resource): void;
  /** The decision of `can` and the rule it came from; places are named as `reader` may know them, without it all are. */
  explain(actor: Actor, action: ResourceAction, resource: Resource, reader?: Actor): Decision;
  /** All that the actor may do there. */
  actionsAt(actor: Actor, resource: Resource): readonly ResourceAction[];
  /** Whether a path may be walked: the node and every folder above it can be read. */
  reaches(actor: Actor, resource: NodeResource): boolean;
  /**
   * How much of the way to a node is shown, counted from the node: 1 is itself, 2 with its folder. The whole way for most; less
   * for whoever was let in further down.
   */
  shownSteps(actor: Actor, resource: NodeResource): number;
  /** Something below a folder that the actor may not do this to, though they may to the folder. */
  obstacleBelow(actor: Actor, action: ResourceAction, folder: NodeResource): number | undefined;
  /** What the actor may read, for listings. */
  sightOf(actor: Actor): PersonSight;
  /** What a visitor of a link may read: no more than whoever made it may share. */
  sightOfLink(link: LinkParty): Sight;
  /** Changes whenever a decision of anybody may have changed; part of the key of what is cached for an actor. */
  version(): number;
  /** Whether no entry concerns this actor: then membership alone decides, and everybody with the same role sees the same. */
  isPlain(actor: Actor): boolean;
}

export interface ReaderDeps {
  readonly clock: Clock;
  readonly tree: Tree;
  readonly names: Names;
  readonly parties: Parties;
  readonly policy: Policy;
}

const noRules: Rules = new Map();

export function createReader(deps: ReaderDeps): Reader {
  const masks = createMasks(deps);
  const can: Reader["can"] = (actor, action, resource) => (masks.at(actor, resource) & bits[action]) !== 0;
  const explain = createExplainer({ ...deps, can });
  return {
    can,
    explain,
    require: (actor, action, resource) => {
      if (can(actor, action, resource)) return;
      if (actor.kind === "visitor") throw new AppError("unauthenticated");
      const { reason } = explain(actor, action, resource, actor);
      if (action !== "read" && can(actor, "read", resource)) throw new AppError("forbidden", reason);
      throw new AppError("not-found", undefined, { cause: reason, isRefusal: true });
    },
    actionsAt: (actor, resource) => actionsOf(masks.at(actor, resource)),
    reaches: (actor, resource) => {
      if (masks.rulesOf(actor).size === 0) return can(actor, "read", resource);
      return masks.shownSteps(actor, resource) === masks.positionOf(actor, resource).above.length + 1;
    },
    shownSteps: masks.shownSteps,
    obstacleBelow: (actor, action, folder) => {
      const asked = bits[action] | bits.read;
      const { nodeId: folderId } = masks.positionOf(actor, folder);
      return deniedNodes(masks.rulesOf(actor), asked).find(
        (nodeId) =>
          deps.tree.above(nodeId).includes(folderId) && !can(actor, action, { spaceId: folder.spaceId, nodeId }),
      );
    },
    ...createSights(deps, masks, can),
    version: deps.policy.version,
    isPlain: (actor) => masks.rulesOf(actor).size === 0,
  };
}

type Masks = ReturnType<typeof createMasks>;

/** Rights as bits. */
function createMasks({ tree, parties, policy }: ReaderDeps) {
  const baseOf = (actor: Actor, spaceId: number): number => {
    const role = parties.rolesOf(actor.userId).get(spaceId);
    return role === undefined ? 0 : maskOfSpaceRole[role];
  };
  const positionOf = (actor: Actor, { spaceId, nodeId }: NodeResource): Position => {
    const rootId = tree.rootIdOf(spaceId);
    const id = nodeId ?? rootId;
    return { nodeId: id, above: id === rootId ? [] : tree.above(id), rootId, base: baseOf(actor, spaceId) };
  };
  const rulesOf = (actor: Actor): Rules => (actor.kind === "person" ? parties.rulesOf(actor.userId) : noRules);
  const atOther = (actor: Actor, resource: OtherResource): number => {
    const subjects = parties.subjectsOf(actor.userId);
    let allow = 0;
    let deny = 0;
    for (const { subject, effect, actions } of policy.on(resource)) {
      if (!subjects.has(subjectKey(subject))) continue;
      if (effect === "allow") allow |= actions;
      else deny |= actions;
    }
    return withoutOrphans(allow & ~deny & (actor.readOnly ? bits.read : allActions));
  };
  return {
    positionOf,
    rulesOf,
    at: (actor: Actor, resource: Resource): number => {
      if (actor.kind === "system") return allActions;
      if (actor.kind !== "person") return 0;
      if ("kind" in resource) return atOther(actor, resource);
      const credential = credentialMask(actor);
      if (credential === 0) return 0;
      const rules = rulesOf(actor);
      // No entry concerns this person: membership alone decides, and the way up need not be looked at.
      const isPlain = rules.size === 0 && resource.inTrash !== true;
      const mask = isPlain ? baseOf(actor, resource.spaceId) : effectiveMask(rules, positionOf(actor, resource));
      return withoutOrphans(mask & credential);
    },
    shownSteps: (actor: Actor, resource: NodeResource): number => {
      const position = positionOf(actor, resource);
      if (actor.kind === "system") return position.above.length + 1;
      if (actor.kind !== "person" || credentialMask(actor) === 0) return 0;
      return readableSteps(rulesOf(actor), position);
    },
  };
}

function createSights(
  { clock, parties, policy }: ReaderDeps,
  masks: Masks,
  can: Reader["can"],
): Pick<Reader, "sightOf" | "sightOfLink"> {
  const filterOf = (actor: Actor, make: (of: FilterOf) => NodeFilter): NodeFilter | undefined => {
    if (actor.kind === "person" && credentialMask(actor) === 0) return nothing;
    if (masks.rulesOf(actor).size === 0) return undefined;
    const subjects = parties.subjectsOf(actor.userId);
    // Every role in a space reads.
    return make({ subjects, nowMs: clock.now(), spaceIds: [...parties.rolesOf(actor.userId).keys()] });
  };
  return {
    sightOf: (actor) => {
      const rules = masks.rulesOf(actor);
      const denied = deniedNodes(rules, bits.read);
      return {
        can: (resource) => can(actor, "read", resource),
        entries: denied.length === 0 ? undefined : withoutNodes(denied),
        rows: filterOf(actor, rowFilter),
        tree: filterOf(actor, treeFilter),
        concerned: nodesAbout(rules, bits.read),
      };
    },
    sightOfLink: ({ linkId, creator }) => {
      const key = subjectKey({ kind: "link", id: linkId });
      const rules = policy.rulesOf(key, () => new Set([key]));
      const isOpen = (resource: NodeResource) =>
        (effectiveMask(rules, { ...masks.positionOf(creator, resource), base: allActions }) & bits.read) !== 0;
      const shareOrRead = bits.share | bits.read;
      const creatorRules = masks.rulesOf(creator);
      const denied = [...deniedNodes(creatorRules, shareOrRead), ...deniedNodes(rules, bits.read)];
      return {
        can: (resource) => can(creator, "share", resource) && isOpen(resource),
        entries: denied.length === 0 ? undefined : withoutNodes(denied),
        concerned: [...new Set([...nodesAbout(creatorRules, shareOrRead), ...nodesAbout(rules, bits.read)])],
      };
    },
  };
}

function nodesAbout(rules: Rules, mask: number): number[] {
  const about: number[] = [];
  for (const [nodeId, rule] of rules) if (((rule | (rule >> denyShift)) & mask) !== 0) about.push(nodeId);
  return about;
}

function deniedNodes(rules: Rules, mask: number): number[] {
  const denied: number[] = [];
  for (const [nodeId, rule] of rules) if (((rule >> denyShift) & mask) !== 0) denied.push(nodeId);
  return denied;
}

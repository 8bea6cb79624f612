import type { Clock } from "#platform/clock";
import type { Actor } from "#platform/usecase";
import type { ResourceAction } from "#wire";
import { bits, maskOfSpaceRole } from "./actions.ts";
import { type Decision, decisionOfCredential } from "./credential.ts";
import { type Entry, subjectKey } from "./entries.ts";
import type { Parties } from "./parties.ts";
import type { Policy } from "./policy.ts";
import type { Names, NodeResource, OtherResource, Resource, Tree } from "./resource.ts";

interface ExplainDeps {
  readonly clock: Clock;
  readonly tree: Tree;
  readonly names: Names;
  readonly parties: Parties;
  readonly policy: Policy;
  readonly can: (actor: Actor, action: ResourceAction, resource: Resource) => boolean;
}

type Explain = (actor: Actor, action: ResourceAction, resource: Resource, reader?: Actor) => Decision;

const doing: Record<ResourceAction, string> = {
  read: "reading",
  write: "changing",
  share: "sharing",
  manage: "managing rights",
};
const toDo: Record<ResourceAction, string> = { read: "read", write: "change", share: "share", manage: "manage rights" };

/**
 * Names the rule behind a decision. It looks for the rule by itself, so that the tests can hold it against `can`; what it finds is
 * the answer.
 */
export function createExplainer(deps: ExplainDeps): Explain {
  const { tree, names, parties, policy } = deps;

  /** The entry of a node that decides: a deny before an allow. */
  const decidingEntry = (subjects: ReadonlySet<string>, resource: Entry["resource"], action: ResourceAction) => {
    const about = policy
      .on(resource)
      .filter((entry) => (entry.actions & bits[action]) !== 0 && subjects.has(subjectKey(entry.subject)));
    return about.find(({ effect }) => effect === "deny") ?? about[0];
  };

  const placeOf = (nodeId: number, spaceId: number, reader: Actor | undefined): string => {
    if (reader !== undefined && !deps.can(reader, "read", { spaceId, nodeId })) return "a place that you may not see";
    const steps = names.path(nodeId);
    const shown = steps.filter(({ id }) => reader === undefined || deps.can(reader, "read", { spaceId, nodeId: id }));
    const below = shown.filter(({ id }) => id !== tree.rootIdOf(spaceId)).map(({ name }) => name);
    return below.length > 0 ? below.join("/") : `the top of ${names.space(spaceId) ?? "the space"}`;
  };

  const sentence = (actor: Actor, entry: Entry, action: ResourceAction, place: string): Decision => {
    const allowed = entry.effect === "allow";
    const who = names.person(actor.userId) ?? actor.name;
    const verb = allowed ? `may ${toDo[action]}` : `is denied ${doing[action]}`;
    const { subject } = entry;
    if (subject.kind === "everyone") return { allowed, reason: `Everyone ${verb} at ${place}.` };
    if (subject.kind !== "group") return { allowed, reason: `${who} ${verb} at ${place}.` };
    return {
      allowed,
      reason: `${who} is in the group ${names.group(subject.id) ?? subject.id}, which ${verb} at ${place}.`,
    };
  };

  const byMembership = (actor: Actor, action: ResourceAction, spaceId: number): Decision => {
    const role = parties.rolesOf(actor.userId).get(spaceId);
    const who = names.person(actor.userId) ?? actor.name;
    const space = names.space(spaceId) ?? "this space";
    if (role === undefined) {
      return { allowed: false, reason: `${who} is not a member of ${space}, and no entry lets ${who} in.` };
    }
    const allowed = (maskOfSpaceRole[role] & bits[action]) !== 0;
    const may = allowed ? "may" : "may not";
    return { allowed, reason: `${who} is ${role} of ${space}, and ${role}s ${may} ${toDo[action]} there.` };
  };

  const atNode = (actor: Actor, action: ResourceAction, resource: NodeResource, reader?: Actor): Decision => {
    const { spaceId } = resource;
    const subjects = parties.subjectsOf(actor.userId);
    const rootId = tree.rootIdOf(spaceId);
    const nodeId = resource.nodeId ?? rootId;
    const way = nodeId === rootId ? [nodeId] : [nodeId, ...tree.above(nodeId)];
    for (const id of way) {
      const entry = decidingEntry(subjects, { kind: "node", id }, action);
      // At the root membership allows beside the entries there.
      if (entry?.effect === "allow" && id === rootId) {
        const member = byMembership(actor, action, spaceId);
        if (member.allowed) return member;
      }
      if (entry !== undefined) return sentence(actor, entry, action, placeOf(id, spaceId, reader));
    }
    if (way.at(-1) !== rootId && !byMembership(actor, "manage", spaceId).allowed) {
      return { allowed: false, reason: "The folder that it lay in is gone; only a manager of the space sees it." };
    }
    return byMembership(actor, action, spaceId);
  };

  const atOther = (actor: Actor, action: ResourceAction, resource: OtherResource): Decision => {
    const entry = decidingEntry(parties.subjectsOf(actor.userId), resource, action);
    if (entry !== undefined) return sentence(actor, entry, action, `${resource.kind} ${resource.id}`);
    return {
      allowed: false,
      reason: `No entry of ${resource.kind} ${resource.id} lets ${actor.name} ${toDo[action]}.`,
    };
  };

  return (actor, action, resource, reader) => {
    const rule = (asked: ResourceAction) =>
      "kind" in resource ? atOther(actor, asked, resource) : atNode(actor, asked, resource, reader);
    const byCredential = decisionOfCredential(actor, action, "kind" in resource);
    if (byCredential !== undefined) return byCredential;
    const read = rule("read");
    return action === "read" || !read.allowed ? read : rule(action);
  };
}

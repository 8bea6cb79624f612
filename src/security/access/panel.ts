import type { z } from "zod";
import type { Actor } from "#platform/usecase";
import type { ResourceAction } from "#wire";
import { actionsOf, roleOfMask } from "./actions.ts";
import type { AccessEntry, accessContract, AccessSubject } from "./contract.ts";
import type { Entry } from "./entries.ts";
import type { Found, PanelRights } from "./panel-rights.ts";
import type { AccessOperationsDeps } from "./ports.ts";

type PanelAnswer = z.input<(typeof accessContract)["access.panel"]["output"]>;
type Right = { readonly actions: ResourceAction[]; readonly reason: string };

/** Answers about who may do what, in words. */
export function createPanel(deps: AccessOperationsDeps, rights: PanelRights) {
  const { access, names, storage } = deps;

  const nameOfSubject = (subject: AccessSubject): string => {
    if (subject.kind === "user") return names.person(subject.id) ?? "";
    if (subject.kind === "group") return names.group(subject.id) ?? "";
    return subject.kind === "link" ? `Link ${subject.id}` : "Everyone";
  };
  const nameOf = ({ ref, node }: Found): string => {
    if (node === undefined) return String(ref.id);
    return node.parentId === null ? storage.space(node.spaceId).name : node.name;
  };
  const presentEntry = (actor: Actor, found: Found, entry: Entry): AccessEntry => ({
    id: entry.id,
    resource: entry.resource,
    resourceName: nameOf(found),
    subject: entry.subject,
    subjectName: nameOfSubject(entry.subject),
    effect: entry.effect,
    actions: actionsOf(entry.actions),
    role: entry.effect === "allow" ? roleOfMask(entry.actions) : null,
    expiresAtMs: entry.expiresAtMs,
    createdAtMs: entry.createdAtMs,
    createdByName: names.person(entry.createdBy) ?? null,
    canRemove: rights.canRemove(actor, found, entry),
  });

  /** Entries of the folders above, the nearest first; a folder that the actor may not read has no name. */
  const inheritedBy = (actor: Actor, { node }: Found): AccessEntry[] => {
    if (node === undefined) return [];
    return storage.above(node.id).flatMap((id) => {
      const entries = access.entriesOn({ kind: "node", id });
      const above = entries.length === 0 ? undefined : storage.node(id);
      if (above === undefined) return [];
      const resource = { spaceId: above.spaceId, nodeId: id };
      const found: Found = { ref: { kind: "node", id }, resource, node: above };
      const isShown = access.can(actor, "read", resource);
      return entries.map((entry) => {
        const presented = presentEntry(actor, found, entry);
        return isShown ? presented : { ...presented, resourceName: "", canRemove: false };
      });
    });
  };

  /** Everybody with an account who can do anything with the resource. */
  const peopleOf = (actor: Actor, { resource }: Found) =>
    deps.people().flatMap(({ id, displayName }) => {
      const person = deps.actorOf(id);
      const actions = person === undefined ? [] : access.actionsAt(person, resource);
      if (person === undefined || actions.length === 0) return [];
      const { reason } = access.explain(person, "read", resource, actor);
      return [{ userId: id, name: displayName, actions: [...actions], reason }];
    });

  const linksOf = ({ node }: Found) => {
    if (node === undefined) return [];
    const links = deps.linksOn([node.id, ...storage.above(node.id)]);
    return links.flatMap(({ id, creatorId, mode }) => {
      const creator = deps.actorOf(creatorId);
      const isOpen =
        creator !== undefined &&
        access.sightOfLink({ linkId: id, creator }).can({ spaceId: node.spaceId, nodeId: node.id });
      if (!isOpen) return [];
      const actions: ResourceAction[] = mode === "upload" ? ["write"] : ["read"];
      const maker = names.person(creatorId) ?? "";
      return [
        {
          linkId: id,
          name: `Link ${id}`,
          actions,
          reason: `${maker} made a link that leads here, for everybody who has it.`,
        },
      ];
    });
  };

  return {
    presentEntry,
    panel: (actor: Actor, found: Found): PanelAnswer => ({
      resource: found.ref,
      name: nameOf(found),
      entries: access.entriesOn(found.ref).map((entry) => presentEntry(actor, found, entry)),
      inherited: inheritedBy(actor, found),
      people: peopleOf(actor, found),
      links: linksOf(found),
      own: [...access.actionsAt(actor, found.resource)],
      canManage: rights.canManage(actor, found),
      canShare: rights.canShare(actor, found),
    }),
    rightOf: (person: Actor, found: Pick<Found, "resource">, reader: Actor): Right => ({
      actions: [...access.actionsAt(person, found.resource)],
      reason: access.explain(person, "read", found.resource, reader).reason,
    }),
  };
}

export type Panel = ReturnType<typeof createPanel>;

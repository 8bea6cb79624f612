import { at } from "#apps/files/browse";
import type { SharedItem } from "#apps/files/mounts";
import { hrefOfNode, locate } from "#apps/files/webdav";
import type { Link } from "#contract/apps/files/links";
import type { AccessEntry } from "#contract/security/access";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Entry } from "#security/access";
import type { Groups, Identity } from "#security/identity";
import type { NodeInfo } from "#storage/primary";
import { davRoot } from "./addresses.ts";
import type { OcsCall } from "./ocs-routes.ts";
import { originOf } from "./origin.ts";
import { shareBits } from "./permissions.ts";
import { numberOfEntry, numberOfLink, permissionsOfActions, type Share, shareKinds } from "./share-model.ts";
import { createSurface, type SurfaceDeps } from "./surface.ts";

export interface PresenterDeps extends SurfaceDeps {
  readonly identity: Pick<Identity, "find" | "findByName" | "list">;
  readonly groups: Pick<Groups, "list">;
}

export type Asked = OcsCall & { readonly actor: Actor };

const nobody = { id: "", displayName: "" };

/** Entries and links as shares. */
export function createPresenter(deps: PresenterDeps) {
  const { dav, identity, groups } = deps;
  const person = (id: number) => {
    const found = identity.find(id);
    return found === undefined ? nobody : { id: found.name, displayName: found.displayName };
  };
  const ownerOf = (node: NodeInfo, actor: Actor) => {
    const { kind, name } = dav.findSpace.byId(node.spaceId);
    const account = identity.findByName(kind === "home" ? name : actor.name);
    return account === undefined ? nobody : person(account.id);
  };
  const pathOf = (actor: Actor, node: NodeInfo): string => {
    const root = `${davRoot}/files/${actor.name}`;
    const href = hrefOfNode(dav, { actor, surface: createSurface(deps, actor, root) }, node.id);
    return decodeURIComponent(href.slice(root.length)) || "/";
  };
  const entry = (
    { actor }: Asked,
    node: NodeInfo,
    given: Pick<AccessEntry, "id" | "subject" | "effect" | "actions" | "expiresAtMs" | "createdAtMs">,
  ): Share[] => {
    const { subject } = given;
    if (given.effect !== "allow" || (subject.kind !== "user" && subject.kind !== "group")) return [];
    const group = groups.list().find(({ id }) => subject.kind === "group" && id === subject.id);
    const isUser = subject.kind === "user";
    const share: Share = {
      id: numberOfEntry(given.id),
      kind: isUser ? shareKinds.user : shareKinds.group,
      node,
      path: pathOf(actor, node),
      target: `/${node.name}`,
      isDeclined: false,
      permissions: permissionsOfActions(node, given.actions),
      createdAtMs: given.createdAtMs,
      expiresAtMs: given.expiresAtMs,
      by: person(dav.access.entry(given.id)?.createdBy ?? 0),
      owner: ownerOf(node, actor),
      with: isUser ? person(subject.id) : { id: group?.name ?? "", displayName: group?.name ?? "" },
      link: null,
    };
    return [share];
  };
  const receivedAs = (
    asked: Asked,
    { node, entry: given, expiresAtMs }: Pick<SharedItem, "node" | "entry" | "expiresAtMs">,
  ) => {
    const actions = [...dav.access.actionsAt(asked.actor, at(node))];
    return entry(asked, node, { ...given, actions, expiresAtMs });
  };
  return {
    entry,
    link: ({ actor, request }: Asked, node: NodeInfo, link: Link): Share => ({
      id: numberOfLink(link.id),
      kind: shareKinds.link,
      node,
      path: pathOf(actor, node),
      target: `/${node.name}`,
      isDeclined: false,
      permissions: link.mode === "upload" ? shareBits.create : shareBits.read,
      createdAtMs: link.createdAtMs,
      expiresAtMs: link.expiresAtMs,
      by: person(actor.userId),
      owner: ownerOf(node, actor),
      with: null,
      link: {
        token: link.url.replace("/s/", ""),
        url: `${originOf(request)}${link.url}`,
        hasPassword: link.hasPassword,
      },
    }),
    /** What others let the caller into, at the path where it stands for them. */
    received: (asked: Asked): Share[] =>
      dav.mounts
        .shared(asked.actor)
        .flatMap((mount) => receivedAs(asked, mount).map((share) => ({ ...share, target: share.path }))),
    /** What of it the caller has declined. */
    declined: (asked: Asked): Share[] =>
      dav.mounts.declined(asked.actor).flatMap((item) =>
        receivedAs(asked, item).map((share) => {
          const path = `/${item.name}`;
          return { ...share, path, target: path, isDeclined: true };
        }),
      ),
  };
}

/** The node at a path of the caller's tree. Throws `not-found`. */
export function nodeAt(deps: SurfaceDeps, actor: Actor, path: string): NodeInfo {
  const root = `${davRoot}/files/${actor.name}`;
  const { addresses } = createSurface(deps, actor, root);
  const encoded = path.split("/").map((name) => encodeURIComponent(name.toWellFormed()));
  const target = locate(deps.dav, actor, addresses.parse(`${root}/${encoded.join("/")}`).names);
  if (target.kind !== "node") throw new AppError("not-found", "Wrong path, file or folder does not exist.");
  return target.node;
}

/** Whom a share is for, by login name or by the name of the group. Throws `not-found`, `bad-request`. */
export function subjectOf({ identity, groups }: PresenterDeps, kind: number, name: string): Entry["subject"] {
  if (kind !== shareKinds.user && kind !== shareKinds.group) {
    throw new AppError("bad-request", "That can be shared with people, with groups and as a link.");
  }
  const found = kind === shareKinds.user ? identity.findByName(name) : groups.list().find((one) => one.name === name);
  if (found === undefined) throw new AppError("not-found", "Please specify a valid account or group to share with.");
  return { kind: kind === shareKinds.user ? "user" : "group", id: found.id };
}

export function isShared({ dav, linkedNodeIds }: SurfaceDeps, node: NodeInfo): boolean {
  return dav.access.entriesOn({ kind: "node", id: node.id }).length > 0 || linkedNodeIds([node.id]).has(node.id);
}

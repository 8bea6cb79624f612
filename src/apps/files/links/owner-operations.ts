import { at, visibleNode } from "#apps/files/browse";
import type { linksContract } from "#contract/apps/files/links";
import { AppError } from "#platform/errors";
import type { Actor, Handlers } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { newParts, newToken } from "./parts.ts";
import type { LinkRow, LinksRepository } from "./repository.ts";
import type { LinksDeps } from "./service.ts";

type Operations = "links.list" | "links.create" | "links.update" | "links.remove";

/** Making and minding links, for those who share. */
export function ownerHandlers(
  deps: LinksDeps,
  repository: LinksRepository,
): Pick<Handlers<typeof linksContract>, Operations> {
  const { storage, access, clock, random, passwords, db } = deps;

  /** A link that the actor made, or that lies in a space they manage; to everybody else there is none. */
  const ownLink = (actor: Actor, id: string): LinkRow => {
    const link = repository.byId(id);
    const node = link === undefined ? undefined : storage.node(link.nodeId);
    const mine = link !== undefined && actor.kind === "person" && link.creatorId === actor.userId;
    const manages = node !== undefined && access.can(actor, "manage", at(node));
    if (link === undefined || !(mine || manages)) throw new AppError("not-found", "There is no such link.");
    return link;
  };
  const requireMode = (actor: Actor, node: NodeInfo, mode: LinkRow["mode"]) => {
    access.require(actor, "share", at(node));
    if (mode !== "upload") return;
    access.require(actor, "write", at(node));
    if (node.kind !== "folder") throw new AppError("bad-request", "Only a folder can take files.");
  };
  const requireFuture = (expiresAtMs: number | null | undefined) => {
    if (typeof expiresAtMs !== "number" || expiresAtMs > clock.now()) return;
    throw new AppError("bad-request", "The link would have expired already.");
  };
  const hashOf = (password: string | null) => (password === null ? null : passwords.hash(password));

  return {
    "links.list": ({ actor }, { nodeId }) => {
      if (nodeId === undefined) return { links: presentAll(actor, repository.ofCreator(actor.userId)) };
      access.require(actor, "share", at(visibleNode(deps, actor, nodeId)));
      return { links: presentAll(actor, repository.ofNode(nodeId)) };
    },
    "links.create": async (context, { nodeId, mode, password, expiresAtMs, downloadLimit }) => {
      const node = visibleNode(deps, context.actor, nodeId);
      requireMode(context.actor, node, mode);
      context.checked(`node ${nodeId}`);
      requireFuture(expiresAtMs);
      const row: LinkRow = {
        ...newParts(random),
        token: newToken(random),
        nodeId,
        creatorId: context.actor.userId,
        mode,
        passwordHash: await hashOf(password),
        expiresAtMs,
        downloadLimit,
        downloads: 0,
        createdAtMs: clock.now(),
        lastUsedAtMs: null,
      };
      repository.insert(row);
      await db.sync();
      return { link: present(row, node) };
    },
    "links.update": async (context, { id, mode, password, expiresAtMs, downloadLimit }) => {
      const link = ownLink(context.actor, id);
      const node = visibleNode(deps, context.actor, link.nodeId);
      requireMode(context.actor, node, mode ?? link.mode);
      context.checked(`node ${link.nodeId}`);
      requireFuture(expiresAtMs);
      // A new password locks out those who knew the old one.
      const lock =
        password === undefined ? {} : { passwordHash: await hashOf(password), cookieKey: newParts(random).cookieKey };
      repository.update(id, { mode, expiresAtMs, downloadLimit, ...lock });
      await db.sync();
      return { link: present(ownLink(context.actor, id), node) };
    },
    "links.remove": async (context, { id }) => {
      const { nodeId } = ownLink(context.actor, id);
      context.checked(`node ${nodeId}`);
      repository.remove(id);
      access.forgetSubject({ kind: "link", id });
      await db.sync();
      return {};
    },
  };

  /**
   * Links to what lies in the trash are left out: they are dead, and come back with it. One to what its maker may not see any
   * more is dead too, but can be taken away; it has no name then.
   */
  function presentAll(actor: Actor, rows: readonly LinkRow[]) {
    return rows.flatMap((row) => {
      const node = storage.node(row.nodeId);
      if (node === undefined) return [];
      return [present(row, access.can(actor, "read", at(node)) ? node : { ...node, name: "" })];
    });
  }
}

function present(row: LinkRow, node: NodeInfo) {
  const { id, nodeId, token, mode, passwordHash, expiresAtMs, downloadLimit, downloads, createdAtMs, lastUsedAtMs } =
    row;
  return {
    id,
    nodeId,
    name: node.name,
    url: `/s/${token}`,
    mode,
    hasPassword: passwordHash !== null,
    expiresAtMs,
    downloadLimit,
    downloads,
    createdAtMs,
    lastUsedAtMs,
  };
}

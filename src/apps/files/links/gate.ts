import { at } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Sight } from "#security/access";
import type { NodeInfo } from "#storage/primary";
import { limitReached } from "./downloads.ts";
import { isToken } from "./parts.ts";
import type { LinkRow, LinksRepository } from "./repository.ts";
import type { LinksDeps } from "./service.ts";
import { isUnlocked } from "./unlock.ts";

/** A link that leads somewhere now. */
export interface LiveLink {
  readonly link: LinkRow;
  readonly node: NodeInfo;
  /** What whoever made the link may share now, without what the link itself is denied. */
  readonly sight: Sight;
  /** Whether whoever made the link may change this node now. */
  mayPut(nodeId: number): boolean;
}

export interface Gate {
  /** Throws `not-found` for a token of no link, `gone` for one that has expired or whose maker or node is no longer there. */
  live(token: string): LiveLink;
  /** The same, and the visitor has given the password if there is one. Throws `unauthenticated`. */
  unlocked(token: string, cookieHeader: string | null | undefined): LiveLink;
  /** The same, for a link that shows what it leads to and has downloads left. Throws `forbidden`, `gone`. */
  viewable(token: string, cookieHeader: string | null | undefined): LiveLink;
  /** The node, which must be the link's own or lie below it, and not be hidden from it. Throws `not-found`. */
  within(live: LiveLink, nodeId: number): NodeInfo;
}

const ended = () => new AppError("gone", "This link has ended.");

/** Every visitor passes here: a link can do no more than whoever made it can do now, on every request. */
export function createGate(deps: LinksDeps, repository: LinksRepository): Gate {
  const { storage, access, clock, actorOf } = deps;

  const live = (token: string): LiveLink => {
    const link = isToken(token) ? repository.byToken(token) : undefined;
    if (link === undefined) throw new AppError("not-found", "There is no such link.");
    if (link.expiresAtMs !== null && link.expiresAtMs <= clock.now()) throw ended();
    const node = storage.node(link.nodeId);
    const creator: Actor | undefined = actorOf(link.creatorId);
    if (node === undefined || creator === undefined) throw ended();
    const sight = access.sightOfLink({ linkId: link.id, creator });
    const mayPut = (nodeId: number) => access.can(creator, "write", { spaceId: node.spaceId, nodeId });
    if (!sight.can(at(node)) || (link.mode === "upload" && !mayPut(node.id))) throw ended();
    return { link, node, sight, mayPut };
  };
  const unlocked: Gate["unlocked"] = (token, cookieHeader) => {
    const found = live(token);
    if (found.link.passwordHash !== null && !isUnlocked(found.link, cookieHeader, clock.now())) {
      throw new AppError("unauthenticated", "This link needs its password.");
    }
    return found;
  };

  return {
    live,
    unlocked,
    viewable: (token, cookieHeader) => {
      const found = unlocked(token, cookieHeader);
      if (found.link.mode !== "view") throw new AppError("forbidden", "This link takes files and shows none.");
      return found;
    },
    within: (found, nodeId) => {
      const asked = storage.isWithin(nodeId, found.node.id) ? storage.node(nodeId) : undefined;
      if (asked === undefined || !found.sight.can(at(asked))) throw new AppError("not-found");
      return asked;
    },
  };
}

/** Throws `gone` when every allowed download has been made. */
export function requireDownloadsLeft({ downloadLimit, downloads }: LinkRow): void {
  if (downloadLimit !== null && downloads >= downloadLimit) throw limitReached();
}

import { requireNode } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { limitReached } from "./downloads.ts";
import type { LinkRow, LinksRepository } from "./repository.ts";
import type { LinksDeps } from "./service.ts";
import { isUnlocked } from "./unlock.ts";

/** A link that leads somewhere now. */
export interface LiveLink {
  readonly link: LinkRow;
  readonly node: NodeInfo;
}

export interface Gate {
  /** Throws `not-found` for a token of no link, `gone` for one that has expired or whose maker or node is no longer there. */
  live(token: string): LiveLink;
  /** The same, and the visitor has given the password if there is one. Throws `unauthenticated`. */
  unlocked(token: string, cookieHeader: string | null | undefined): LiveLink;
  /** The same, for a link that shows what it leads to and has downloads left. Throws `forbidden`, `gone`. */
  viewable(token: string, cookieHeader: string | null | undefined): LiveLink;
  /** The node, which must be the link's own or lie below it. Throws `not-found`. */
  within(live: LiveLink, nodeId: number): NodeInfo;
}

const tokenForm = /^[A-Za-z0-9_-]{22}$/;
const ended = () => new AppError("gone", "This link has ended.");

/** Every visitor passes here, on every request. */
export function createGate(deps: LinksDeps, repository: LinksRepository): Gate {
  const { storage, access, clock, actorOf } = deps;

  const live = (token: string): LiveLink => {
    const link = tokenForm.test(token) ? repository.byToken(token) : undefined;
    if (link === undefined) throw new AppError("not-found", "There is no such link.");
    if (link.expiresAtMs !== null && link.expiresAtMs <= clock.now()) throw ended();
    const node = storage.node(link.nodeId);
    if (node === undefined || !maySpeakFor(link, node.spaceId)) throw ended();
    return { link, node };
  };
  /** A link can do no more than whoever made it can do now. */
  const maySpeakFor = (link: LinkRow, spaceId: number): boolean => {
    const creator: Actor | undefined = actorOf(link.creatorId);
    if (creator === undefined || !access.can(creator, "share", { spaceId })) return false;
    return link.mode === "view" || access.can(creator, "write", { spaceId });
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
    within: ({ node }, nodeId) => {
      if (!storage.isWithin(nodeId, node.id)) throw new AppError("not-found");
      return requireNode(storage, nodeId);
    },
  };
}

/** Throws `gone` when every allowed download has been made. */
export function requireDownloadsLeft({ downloadLimit, downloads }: LinkRow): void {
  if (downloadLimit !== null && downloads >= downloadLimit) throw limitReached();
}

import type { Permit, RequestContext } from "#platform/http";
import { AppError } from "#platform/errors";
import { createLruMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import { createDownloads, type Downloads, isKnownTo } from "./downloads.ts";
import { type Gate, type LiveLink, requireDownloadsLeft } from "./gate.ts";
import type { LinkRow, LinksRepository } from "./repository.ts";
import type { LinksDeps } from "./service.ts";

/** Visits by programs, which keep no cookie and show the password with every request. */
export interface LinkVisits {
  /**
   * A link that leads somewhere, for whoever knows its password. Throws `not-found`, `gone`, and `unauthenticated`, slowed down like a
   * login that is guessed at.
   */
  enter(token: string, password: string, context: Pick<RequestContext, "address">): Promise<LiveLink>;
  /** Throws `gone` when every allowed download has been made. */
  requireDownloadsLeft(live: LiveLink): void;
  /** The node, which must be the link's own or lie below it, and not be hidden from it. Throws `not-found`. */
  within(live: LiveLink, nodeId: number): NodeInfo;
  /** Counts a download that starts; what the visitor has already is none. Throws `gone` when the limit is reached. */
  count(live: LiveLink, node: NodeInfo, request: Request, context: Pick<RequestContext, "address">): Promise<void>;
  /** For sending what is in a node: as long as the link shows it to whoever knew the password of then. */
  permit(live: LiveLink, node: NodeInfo): Permit;
  /** In whose name files arrive: nobody's, by the link. */
  visitor(live: LiveLink): Actor;
}

const maxUnlocked = 1_000;

export function createVisits(deps: LinksDeps, repository: LinksRepository, gate: Gate): LinkVisits {
  const { passwords, delays, db, clock } = deps;
  const downloads: Downloads = createDownloads(repository, clock);
  /** Passwords found right, as marks made with the link's own key: a new password has a new key. */
  const unlocked = createLruMap<string, true>(maxUnlocked);

  const unlock = async (link: LinkRow, password: string, address: string): Promise<void> => {
    const mark = `${link.id} ${new Bun.CryptoHasher("sha256", link.cookieKey).update(password).digest("base64url")}`;
    if (unlocked.get(mark) === true) return;
    if (password === "") throw new AppError("unauthenticated", "This link needs its password.");
    const attempt = delays.begin(`link ${link.id}`, address);
    const matches = await passwords.verify(password, link.passwordHash ?? undefined).catch((thrown: unknown) => {
      attempt.withdraw();
      throw thrown;
    });
    if (!matches) throw new AppError("unauthenticated", "That is not the password of this link.");
    attempt.succeed();
    unlocked.set(mark, true);
  };
  return {
    enter: async (token, password, { address }) => {
      const before = gate.live(token);
      if (before.link.passwordHash === null) return before;
      await unlock(before.link, password, address);
      // It may have ended, or got another password, while this one was weighed.
      const live = gate.live(token);
      if (live.link.passwordHash !== before.link.passwordHash) throw new AppError("unauthenticated");
      return live;
    },
    requireDownloadsLeft: ({ link }) => requireDownloadsLeft(link),
    within: gate.within,
    count: async ({ link }, node, request, { address }) => {
      if (isKnownTo(request, node)) return;
      if (request.method !== "GET") return requireDownloadsLeft(link);
      downloads.start(link, `content ${node.id}`, request, address);
      if (link.downloadLimit !== null) await db.sync();
    },
    permit: ({ link }, { id }) => ({
      actor: visitorOf(link),
      holds: () => {
        const now = gate.live(link.token);
        if (now.link.mode !== link.mode || now.link.passwordHash !== link.passwordHash) return false;
        return gate.within(now, id).id === id;
      },
    }),
    visitor: ({ link }) => visitorOf(link),
  };
}

/** Whoever comes over a link: nobody with an account, and no right but the link's. */
export function visitorOf(link: LinkRow): Actor {
  return {
    kind: "visitor",
    userId: 0,
    name: "",
    roles: [],
    capabilities: new Set(),
    via: "link",
    credentialId: link.id,
    readOnly: false,
    factors: [],
    factorAtMs: 0,
  };
}

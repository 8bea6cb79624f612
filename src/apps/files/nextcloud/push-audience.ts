import type { Dav } from "#apps/files/webdav";
import type { Actor } from "#platform/usecase";
import { joinNews, type News } from "./push-pace.ts";
import type { SeenEtags } from "./seen-etags.ts";

/** Folders whose entries have changed, by space; `much` for more than anybody would look at one by one. */
export type Changes = ReadonlyMap<number, News>;

export interface AudienceDeps {
  readonly dav: Pick<Dav, "storage" | "access" | "mounts" | "findSpace">;
  readonly seenEtags: SeenEtags;
  readonly fingerprintOf: (userId: number) => string;
}

/** Who may hear of what: nobody learns of a change in what they cannot see, not even that there was one. */
export function createAudience({ dav, seenEtags, fingerprintOf }: AudienceDeps) {
  const { access, storage, mounts, findSpace } = dav;
  return {
    /** Changes exactly when something does that the person can see: it is the etag that their clients would ask for. */
    topOf: (actor: Actor): string => {
      const home = findSpace("home", actor.name);
      const root = home && storage.node(home.rootId);
      if (root === undefined) return "";
      return `${seenEtags(actor, mounts.tree(actor))(root)} ${fingerprintOf(actor.userId)}`;
    },
    /**
     * What to say to somebody whose top has changed: the folders with those above them, since a client may not know the innermost yet.
     * Whom entries concern is told none: one may be named for what they do not see.
     */
    newsFor: (actor: Actor, changes: Changes): News => {
      if (!access.isPlain(actor)) return "much";
      let news: News | undefined;
      for (const [spaceId, ofSpace] of changes) {
        if (!access.can(actor, "read", { spaceId })) continue;
        news = joinNews(news, ofSpace);
        if (ofSpace === "much") return ofSpace;
        const mount = mounts.tree(actor).find(({ node }) => node.spaceId === spaceId);
        for (const folderId of ofSpace) {
          news = joinNews(news, new Set([...storage.above(folderId), ...(mount?.above ?? [])]));
        }
      }
      return news ?? "much";
    },
    /** Whether anything of the person lies on a volume. */
    concernsVolume: (actor: Actor, volume: string): boolean => {
      const spaceIds = new Set(storage.spaces().flatMap((space) => (space.volume === volume ? [space.id] : [])));
      const seesSpace = [...spaceIds].some((spaceId) => access.can(actor, "read", { spaceId }));
      return seesSpace || mounts.tree(actor).some(({ node }) => spaceIds.has(node.spaceId));
    },
  };
}

import type { Mounts } from "#apps/files/mounts";
import { browseContract } from "#contract/apps/files/browse";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Route } from "#platform/http";
import { type Actor, implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { changeHandlers } from "./changes.ts";
import { contentResponse, idAfter } from "./content.ts";
import { type Broadcast, createEventStreams } from "./event-streams.ts";
import { readHandlers } from "./reads.ts";
import { readPermit, visibleNode } from "./rights.ts";
import { spaceHandlers } from "./spaces.ts";

export interface BrowseDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly mounts: Pick<Mounts, "shared" | "events">;
  /** The database that `access` writes to. */
  readonly db: Db;
  /** Display name of a person; undefined when there is no such account. */
  readonly personName: (userId: number) => string | undefined;
  /** Which of these nodes have a share link. */
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
  readonly clock: Clock;
  /** Whether the session behind this actor still is one; asked now and then while an event stream is open. */
  readonly sessionHolds: (actor: Actor) => boolean;
}

export interface Browse {
  readonly implementations: readonly Implementation[];
  /** `/api/files/content/` and `/api/events`. */
  readonly routes: readonly Route[];
  /** For events of other modules; who hears of them is theirs to say. */
  readonly broadcast: Broadcast;
  /** Ends the event streams. */
  stop(): void;
}

const contentPrefix = "/api/files/content/";

/** Looking at files and folders and moving them about: what the page calls, a file's bytes, and the live events. */
export function createBrowse(deps: BrowseDeps): Browse {
  const { storage } = deps;
  const streams = createEventStreams(deps);

  const content: Route = {
    prefix: contentPrefix,
    handle: async (request, context) => {
      const actor = await context.actor();
      if (actor.kind !== "person") throw new AppError("unauthenticated");
      const node = visibleNode(deps, actor, idAfter(context.path, contentPrefix));
      return contentResponse(request, storage, node, readPermit(deps, actor, node));
    },
  };

  return {
    implementations: implement(browseContract, {
      ...readHandlers(deps),
      ...changeHandlers(deps),
      ...spaceHandlers(deps),
    }),
    routes: [content, { prefix: "/api/events", handle: streams.handle }],
    broadcast: streams.broadcast,
    stop: streams.stop,
  };
}

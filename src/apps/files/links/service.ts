import type { Archive } from "#apps/files/archive";
import type { Previews } from "#apps/files/previews";
import { linksContract } from "#contract/apps/files/links";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { HttpHandler, Route, Transfers } from "#platform/http";
import { type Actor, implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { LoginDelays, PasswordHasher } from "#security/identity";
import type { Storage } from "#storage/primary";
import { createGate } from "./gate.ts";
import { ownerHandlers } from "./owner-operations.ts";
import { isToken, newParts } from "./parts.ts";
import { createRepository, type LinkRow } from "./repository.ts";
import { linkRoute } from "./routes.ts";
import { visitorHandlers } from "./visitor-operations.ts";
import { createVisits, type LinkVisits } from "./visits.ts";

export interface LinksDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly access: Access;
  readonly archive: Archive;
  readonly previews: Previews;
  readonly passwords: PasswordHasher;
  readonly delays: LoginDelays;
  /** A person as they are now, for the rights behind their links; undefined when the account is gone or disabled. */
  readonly actorOf: (userId: number) => Actor | undefined;
  readonly personName: (userId: number) => string | undefined;
  /** Serves the page of a link, `GET /s/TOKEN`. */
  readonly page: HttpHandler;
  readonly clock: Clock;
  readonly random: Random;
  /** Told when a link leads elsewhere than before, or nowhere. */
  readonly transfers?: Pick<Transfers, "look">;
}

export interface Links {
  readonly implementations: readonly Implementation[];
  /** `/s/`. */
  readonly routes: readonly Route[];
  /** Which of these nodes have a link that has not expired; the port of `createBrowse`. */
  linkedNodeIds(nodeIds: readonly number[]): ReadonlySet<number>;
  /** Raised whenever `linkedNodeIds` may answer otherwise than before. */
  version(): number;
  /** Links that have not expired, on any of these nodes; the port of the access panel. */
  linksOn(nodeIds: readonly number[]): readonly LinkFacts[];
  find(linkId: string): LinkFacts | undefined;
  /**
   * A link that another program gave out, under its token; false when there is one of that token, or the token is too short to be
   * safe. The caller syncs the database.
   */
  takeOver(link: ForeignLink): boolean;
  readonly visits: LinkVisits;
}

/** `passwordHash` is a PHC string or bcrypt. */
export type ForeignLink = Pick<LinkRow, "token" | "nodeId" | "creatorId" | "mode" | "passwordHash" | "expiresAtMs">;

/** Of a link, what rights concern. */
export type LinkFacts = Pick<LinkRow, "id" | "nodeId" | "creatorId" | "mode">;

/** Share links: a token that opens a file or folder to whoever has it, within its rules. */
export function createLinks(deps: LinksDeps): Links {
  const repository = createRepository(deps.db, deps.transfers?.look);
  const gate = createGate(deps, repository);
  // A link in the trash sleeps; one whose node is gone for good goes with it.
  deps.storage.events.subscribe("forgotten", ({ nodeIds }) => {
    for (const id of repository.removeOfNodes(nodeIds)) deps.access.forgetSubject({ kind: "link", id });
  });
  return {
    implementations: implement(linksContract, {
      ...ownerHandlers(deps, repository),
      ...visitorHandlers(deps, repository, gate),
    }),
    routes: [linkRoute(deps, repository, gate)],
    linkedNodeIds: (nodeIds) => repository.linkedNodeIds(nodeIds, deps.clock.now()),
    version: () => repository.version(deps.clock.now()),
    linksOn: (nodeIds) => repository.liveOn(nodeIds, deps.clock.now()),
    find: repository.byId,
    takeOver: (link) => takeOver(deps, repository, link),
    visits: createVisits(deps, repository, gate),
  };
}

function takeOver(
  { clock, random }: LinksDeps,
  repository: ReturnType<typeof createRepository>,
  link: ForeignLink,
): boolean {
  if (!isToken(link.token) || repository.byToken(link.token) !== undefined) return false;
  repository.insert({
    ...link,
    ...newParts(random),
    downloadLimit: null,
    downloads: 0,
    createdAtMs: clock.now(),
    lastUsedAtMs: null,
  });
  return true;
}

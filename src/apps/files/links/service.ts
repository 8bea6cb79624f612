import type { Archive } from "#apps/files/archive";
import type { Previews } from "#apps/files/previews";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { HttpHandler, Route } from "#platform/http";
import type { Actor, Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";

export interface LinksDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly access: Access;
  readonly archive: Archive;
  readonly previews: Previews;
  /** A person as they are now, for the rights behind their links; undefined when the account is gone or disabled. */
  readonly actorOf: (userId: number) => Actor | undefined;
  readonly personName: (userId: number) => string | undefined;
  /** Serves the page of a link, `GET /s/TOKEN`. */
  readonly page: HttpHandler;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Links {
  readonly implementations: readonly Implementation[];
  /** `/s/`. */
  readonly routes: readonly Route[];
  /** Which of these nodes have a link; the port of `createBrowse`. */
  linkedNodeIds(nodeIds: readonly number[]): ReadonlySet<number>;
}

export declare function createLinks(deps: LinksDeps): Links;

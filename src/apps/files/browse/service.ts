import type { Clock } from "#platform/clock";
import type { Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Db } from "#platform/db";
import type { Storage } from "#storage/primary";

export interface BrowseDeps {
  readonly storage: Storage;
  readonly access: Access;
  /** The database that `access` writes to. */
  readonly db: Db;
  /** Display name of a person; undefined when there is no such account. */
  readonly personName: (userId: number) => string | undefined;
  /** Which of these nodes have a share link. */
  readonly linkedNodeIds: (nodeIds: readonly number[]) => ReadonlySet<number>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Browse {
  readonly implementations: readonly Implementation[];
  /** `/api/files/content/` and `/api/events`. */
  readonly routes: readonly Route[];
  /** Ends the event streams. */
  stop(): void;
}

export declare function createBrowse(deps: BrowseDeps): Browse;

import type { Mounts } from "#apps/files/mounts";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import type { AppLocks } from "./app-locks.ts";
import type { Checks } from "./checks.ts";
import type { DeadProperties } from "./dead-properties.ts";
import type { Locks } from "./locks.ts";
import type { Lock } from "./repository.ts";
import type { FindSpace } from "./space-lookup.ts";

/** What the methods share. */
export interface Dav {
  readonly storage: Storage;
  readonly access: Access;
  readonly findSpace: FindSpace;
  readonly mounts: Mounts;
  readonly hasPlaces?: ((actor: Actor) => boolean) | undefined;
  readonly db: Db;
  readonly clock: Clock;
  readonly locks: Locks;
  readonly appLocks: AppLocks;
  readonly checks: Checks;
  readonly properties: DeadProperties;
  /** Ends locks, and resolves when that is on disk. */
  endLocks(ended: readonly Lock[]): Promise<void>;
}

import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Logger } from "#platform/log";
import type { Implementation } from "#platform/usecase";
import type { Person } from "./contract.ts";
import { createLoginDelays, type LoginDelays } from "./delays.ts";
import { createGroups, type Groups } from "./groups.ts";
import type { PasswordHasher } from "./passwords.ts";
import type { PasswordCheck } from "./quality.ts";
import { type AccountChange, createIdentity, type Identity } from "./service.ts";
import { createSetup, type Setup } from "./setup.ts";
import { implementIdentity, type SessionPort } from "./usecases.ts";

export type { Group, Person } from "./contract.ts";
export { type Attempt, createLoginDelays, type LoginDelays, networkOf } from "./delays.ts";
export type { Groups } from "./groups.ts";
export { identityMigrations } from "./migrations/index.ts";
export { createPasswordHasher, type PasswordHasher } from "./passwords.ts";
export { createPasswordCheck, type PasswordCheck } from "./quality.ts";
export type { NewPerson, PersonChange } from "./repository.ts";
export { createRateLimit } from "./rate-limit.ts";
export type { RecordEvent, SecurityEvent } from "./security-event.ts";
export type { AccountChange, Identity } from "./service.ts";
export type { FirstRun, NewOwner, Setup, UnattendedOwner } from "./setup.ts";
export { requireOwnLogin, type SessionPort } from "./usecases.ts";

export interface IdentityModuleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly passwords: PasswordHasher;
  /** Asked before a person gets a password that somebody chose. */
  readonly checkPassword: PasswordCheck;
  /** Makes the home of a new person; idempotent. When it throws, the account is taken back and the error is answered. */
  readonly onPersonCreated: (person: Person) => Promise<void> | void;
  /** To be passed on to the sessions module. Synchronous, inside the transaction of the change. */
  readonly onAccountChanged: (personId: number, change: AccountChange) => void;
  /** Told of every wrong name or password that was tried, from which address. */
  readonly onLoginFailed?: (name: string, address: string) => void;
  readonly sessions: SessionPort;
  /** Called after the groups, or who is in them, have changed; with the id of a group that was removed. */
  readonly onGroupsChanged?: (removedId: number | undefined) => void;
}

export interface IdentityModule {
  readonly service: Identity;
  readonly groups: Groups;
  readonly setup: Setup;
  /** Shared with everything that checks a secret a person chose, as links with a password. */
  readonly delays: LoginDelays;
  readonly implementations: readonly Implementation[];
}

export function createIdentityModule(deps: IdentityModuleDeps): IdentityModule {
  const delays = createLoginDelays(deps.clock);
  const service = createIdentity({ ...deps, delays });
  const groups = createGroups({ db: deps.db, identity: service, onChanged: deps.onGroupsChanged });
  const setup = createSetup({
    identity: service,
    delays,
    random: deps.random,
    log: deps.log,
    checkPassword: deps.checkPassword,
  });
  const implementations = implementIdentity({ ...deps, identity: service, groups, setup });
  return { service, groups, setup, delays, implementations };
}

import { type Clock, systemRandom } from "#platform/clock";
import { openDatabase } from "#platform/db";
import { createLogger } from "#platform/log";
import { type Actor, systemActor, type UseCaseContext } from "#platform/usecase";
import { capabilitiesOf } from "#security/access";
import type { Role } from "#wire";
import {
  createIdentityModule,
  createPasswordHasher,
  identityMigrations,
  type PasswordCheck,
  type PasswordHasher,
  type Person,
} from "./index.ts";

/** A clock that stands still until it is told otherwise. */
export function createHandClock(startMs = 1_700_000_000_000): Clock & { advance(ms: number): void } {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

/** Real argon2id at its lowest cost, counting the verifications. */
function createCountingHasher(): PasswordHasher & { verified: number } {
  const hasher = createPasswordHasher({ memoryKib: 64, passes: 1 });
  const counting = {
    ...hasher,
    verified: 0,
    verify: (password: string, hash: string | undefined) => {
      counting.verified++;
      return hasher.verify(password, hash);
    },
  };
  return counting;
}

const noChecks: PasswordCheck = async () => ({ score: 4, good: true, warning: null, suggestions: [] });

interface Ports {
  readonly checkPassword?: PasswordCheck;
  readonly onPersonCreated?: (person: Person) => void;
}

/** The identity module on a real database in memory, with what it told its surroundings. */
export function createTestIdentity(ports: Ports = {}) {
  const clock = createHandClock();
  const log = createLogger({ clock, level: "error", write: () => undefined });
  const db = openDatabase({ path: ":memory:", migrations: identityMigrations, clock, log });
  const passwords = createCountingHasher();
  const changes: string[] = [];
  const started: string[] = [];
  const identity = createIdentityModule({
    db,
    clock,
    random: systemRandom,
    log,
    passwords,
    checkPassword: ports.checkPassword ?? noChecks,
    onPersonCreated: ports.onPersonCreated ?? (() => undefined),
    onAccountChanged: (personId, change) => changes.push(`${change} ${personId}`),
    sessions: {
      start: (person) => started.push(person.name),
      notifyPasswordChanged: () => undefined,
      endAppPasswords: () => undefined,
    },
  });
  const add = (name: string, roles: readonly Role[]): Promise<Person> =>
    identity.service.create(systemActor, { name, displayName: name, roles, quotaBytes: null }, `${name}-password`);
  return { ...identity, db, clock, passwords, changes, started, add };
}

/** Somebody who has logged in with their account password. */
export function actorFor(person: Person, rest: Partial<Actor> = {}): Actor {
  return {
    kind: "person",
    userId: person.id,
    name: person.name,
    roles: person.roles,
    capabilities: capabilitiesOf(person.roles),
    via: "password",
    credentialId: null,
    readOnly: false,
    factors: ["password"],
    factorAtMs: 0,
    ...rest,
  };
}

type Caller = Omit<UseCaseContext, "checked" | "claims">;

export function callerFor(actor: Actor, rest: Partial<Caller> = {}): Caller {
  return {
    actor,
    requestId: "test",
    address: "192.0.2.1",
    userAgent: "test",
    secure: true,
    replyHeaders: new Headers(),
    ...rest,
  };
}

import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Authenticate } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Implementation } from "#platform/usecase";
import type { AccountChange, Identity, SessionPort } from "#security/identity";
import { createAppPasswords, type AppPasswords } from "./app-passwords.ts";
import { createAuthenticator } from "./authenticate.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { implementSessions, startSession } from "./usecases.ts";

export type { AppPasswords } from "./app-passwords.ts";
export { sessionsMigrations } from "./migrations/index.ts";
export type { Sessions } from "./sessions.ts";

export interface SessionsModuleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: Identity;
}

export interface SessionsModule {
  readonly service: Sessions;
  readonly appPasswords: AppPasswords;
  readonly authenticate: Authenticate;
  /** What the identity module needs of this one. */
  readonly sessionPort: SessionPort;
  /** To be called by the identity module: ends and forgets what the change makes void. */
  accountChanged(personId: number, change: AccountChange): void;
  /** Forgets all that is in memory about a person; the next request reads the account again. */
  invalidate(personId: number): void;
  readonly implementations: readonly Implementation[];
}

export function createSessionsModule(deps: SessionsModuleDeps): SessionsModule {
  const sessions = createSessions(deps);
  const appPasswords = createAppPasswords(deps);
  const authenticator = createAuthenticator({ ...deps, sessions, appPasswords });
  const invalidate = (personId: number): void => {
    sessions.forget(personId);
    authenticator.forget(personId);
  };
  return {
    service: sessions,
    appPasswords,
    authenticate: authenticator.authenticate,
    sessionPort: { start: (person, context) => startSession(sessions, person, context) },
    accountChanged: (personId, change) => {
      if (change === "password" || change === "disabled") sessions.endAll(personId);
      invalidate(personId);
    },
    invalidate,
    implementations: implementSessions({ ...deps, sessions, appPasswords, invalidate }),
  };
}

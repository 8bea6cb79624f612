import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Authenticate } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Actor, Implementation } from "#platform/usecase";
import type { Factors, FactorSessions } from "#security/factors";
import {
  type AccountChange,
  createLoginDelays,
  type Identity,
  type Person,
  type RecordEvent,
  type SessionPort,
} from "#security/identity";
import { createAppPasswords, type AppPasswords } from "./app-passwords.ts";
import { createAuthenticator } from "./authenticate.ts";
import { showAtSession, startSession } from "./browser-sessions.ts";
import type { Notice } from "./contract.ts";
import { certificateDevice, type DevicePort } from "./devices.ts";
import { createFollowing } from "./follow.ts";
import { createFreezes, type Freezes } from "./freezes.ts";
import { createLogins, type Logins } from "./login.ts";
import { createNotices, type Notices } from "./notices.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createStepUps } from "./step-up.ts";
import { implementSessions } from "./usecases.ts";

export type { AppPasswords } from "./app-passwords.ts";
export { deviceNameOf } from "./device-name.ts";
export { type DevicePort, noDevices } from "./devices.ts";
export { sessionsMigrations } from "./migrations/index.ts";
export type { Sessions } from "./sessions.ts";

export interface SessionsModuleDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: Identity;
  readonly factors: Factors;
  readonly devices: DevicePort;
  readonly record: RecordEvent;
}

export interface SessionsModule {
  readonly service: Sessions;
  readonly appPasswords: AppPasswords;
  readonly authenticate: Authenticate;
  readonly freezes: Freezes;
  /** Leaves a notice about something that no request of the person has caused. */
  notify(personId: number, kind: Notice["kind"], subject: string): void;
  /** What the identity module needs of this one. */
  readonly sessionPort: SessionPort;
  /** What the factors module needs of this one. */
  readonly factorSessions: FactorSessions;
  /** For whoever an identity provider vouches for: a session, or the step to a second factor. */
  readonly loginByProvider: Logins["withProvider"];
  /** To be called by the identity module: ends and forgets what the change makes void. */
  accountChanged(personId: number, change: AccountChange): void;
  /** Forgets all that is in memory about a person; the next request reads the account again. */
  invalidate(personId: number): void;
  /** For whatever outlives a request: answers who that is whenever it is asked, and null once what was shown is worth nothing. */
  follow(actor: Actor): () => Actor | null;
  /**
   * Called with whom `invalidate` is about, also when sessions are ended or a credential is frozen, within the change; answers how to
   * stop that. For connections that outlive a request.
   */
  onInvalidated(listener: (personId: number) => void): () => void;
  readonly implementations: readonly Implementation[];
}

/** Whoever gets to a second factor knows the password, so strangers cannot slow a person down here: the account may wait long. */
const secondFactorRule = { freeFailures: 10, capMs: 15 * 60_000 };

export function createSessionsModule(deps: SessionsModuleDeps): SessionsModule {
  const { clock, devices, factors } = deps;
  const listeners = new Set<(personId: number) => void>();
  const tell = (personId: number): void => {
    for (const listener of listeners) listener(personId);
  };
  const sessions = createSessions({ ...deps, mustSetUp: factors.mustSetUp, onEnded: tell });
  const appPasswords = createAppPasswords(deps);
  const needsMore = (person: Person) => factors.hasSecond(person.id) || factors.mustSetUp(person, ["password"]);
  const authenticator = createAuthenticator({ ...deps, sessions, appPasswords, needsMore });
  const notices = createNotices(deps);
  const freezes = createFreezes(deps);
  const shared = { ...deps, delays: createLoginDelays(clock, secondFactorRule), notices };
  const logins = createLogins({
    ...shared,
    start: (person, context, shown) => startSession(sessions, person, context, shown),
  });
  const stepUps = createStepUps({ ...shared, show: (context, shown) => showAtSession(sessions, context, shown) });
  const unfrozen: Pick<AppPasswords, "actorOf"> = {
    actorOf: (personId, id) => (freezes.isFrozen(`app-password:${id}`) ? null : appPasswords.actorOf(personId, id)),
  };
  const following = createFollowing({ ...deps, sessions, appPasswords: unfrozen, freezes, needsMore });
  const invalidate = (personId: number): void => {
    sessions.forget(personId);
    authenticator.forget(personId);
    tell(personId);
  };
  const endAll = (personId: number): void => {
    sessions.endAll(personId);
    logins.forget(personId);
    invalidate(personId);
  };
  return {
    service: sessions,
    appPasswords: { ...appPasswords, ...unfrozen },
    authenticate: freezes.guard(authenticator.authenticate),
    freezes: {
      ...freezes,
      freeze: (key, personId, message) => {
        freezes.freeze(key, personId, message);
        invalidate(personId);
      },
    },
    notify: (personId, kind, subject) => notices.add(personId, kind, { address: "", userAgent: "" }, subject),
    sessionPort: {
      ...sessionPortOf(sessions, notices, clock, devices),
      endAppPasswords: (personId) => {
        appPasswords.revokeAll(personId);
        invalidate(personId);
      },
    },
    factorSessions: factorSessionsOf(sessions, notices, invalidate, endAll),
    loginByProvider: logins.withProvider,
    accountChanged: (personId, change) => {
      if (change === "password") following.passwordChanged(personId);
      if (change === "password" || change === "disabled") endAll(personId);
      else invalidate(personId);
    },
    invalidate,
    follow: following.follow,
    onInvalidated: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    implementations: implementSessions({
      ...deps,
      freezes,
      sessions,
      appPasswords,
      logins,
      stepUps,
      notices,
      invalidate,
    }),
  };
}

function sessionPortOf(
  sessions: Sessions,
  notices: Notices,
  clock: Clock,
  devices: DevicePort,
): Omit<SessionPort, "endAppPasswords"> {
  return {
    start: (person, context) => {
      const { actor } = context;
      const goesOn = actor.via === "session" && actor.userId === person.id;
      const { factors, factorAtMs } = goesOn ? actor : { factors: ["password"] as const, factorAtMs: clock.now() };
      const deviceId = certificateDevice(devices, context, person.id);
      const id = startSession(sessions, person, context, { factors, factorAtMs, deviceId });
      notices.noteDevice(person, context, deviceId, id);
    },
    notifyPasswordChanged: (personId, context) => notices.add(personId, "password-changed", context),
  };
}

function factorSessionsOf(
  sessions: Sessions,
  notices: Notices,
  invalidate: (personId: number) => void,
  endAll: (personId: number) => void,
): FactorSessions {
  return {
    shown: (context, factor, endOthers) => {
      const { userId, credentialId } = context.actor;
      if (endOthers) {
        const others = sessions.list(userId).filter(({ id }) => id !== credentialId);
        sessions.end(
          userId,
          others.map(({ id }) => id),
        );
      }
      showAtSession(sessions, context, [factor]);
    },
    endAll,
    invalidate,
    notify: (personId, kind, context, subject) => notices.add(personId, kind, context, subject),
  };
}

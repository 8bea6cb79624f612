import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { UseCaseContext } from "#platform/usecase";
import { createTickets, type Factors, ticketLifeMs, type Tickets } from "#security/factors";
import {
  createRateLimit,
  type Identity,
  type LoginDelays,
  type Person,
  type RecordEvent,
  type SecurityEvent,
} from "#security/identity";
import type { Factor } from "#wire";
import type { LoginStep, PendingLogin, SecondFactor } from "./contract.ts";
import { readPendingCookie, renderPendingCookie } from "./cookie.ts";
import { certificateDevice, type DevicePort } from "./devices.ts";
import type { Notices } from "./notices.ts";
import type { Shown } from "./sessions.ts";

export interface LoginDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Pick<Identity, "find" | "findByName" | "verifyPassword">;
  readonly factors: Factors;
  readonly devices: DevicePort;
  /** For second factors alone, shared with whatever else asks for one. */
  readonly delays: LoginDelays;
  readonly notices: Notices;
  readonly record: RecordEvent;
  /** Starts a session and sets its cookie, within the caller's transaction; gives its id. */
  readonly start: (person: Person, context: UseCaseContext, shown: Shown) => string;
}

/** Somebody has shown one factor and has to show another. */
interface Attempt {
  readonly personId: number;
  readonly shown: readonly Factor[];
  /** What a passkey has to answer, once one was offered. */
  challenge: string | undefined;
  tries: number;
}

const maxTries = 5;
/** Anybody may ask for one, and a new one makes the oldest void when there are too many. */
const challengesPerMinute = 120;
/** Mistyping once or twice is no news. */
const noticeAtTry = 3;
/** Logging in, step by step. A login that resolves with `done` is on disk. */
export interface Logins {
  /** Throws `unauthenticated`, `too-many-requests`. */
  withPassword(name: string, password: string, context: UseCaseContext): Promise<LoginStep>;
  /**
   * For whoever an identity provider vouches for. When a second factor is asked for, a cookie holds the ticket, since the
   * browser is on its way: `pending` finds it. A provider may have gone by a session of its own, so what counts as shown now is
   * what it says of the time; unknown is long ago. Throws `unauthenticated` when the account is gone or disabled.
   */
  withProvider(personId: number, context: UseCaseContext, authenticatedAtMs: number | undefined): Promise<LoginStep>;
  /** The login that this browser's cookie holds. */
  pending(context: UseCaseContext): PendingLogin | null;
  /** Throws `gone` when the ticket no longer holds, `unauthenticated` for what is not right, `too-many-requests`. */
  secondFactor(given: SecondFactor, context: UseCaseContext): Promise<LoginStep>;
  /** Throws `too-many-requests` by address. */
  passkeyOptions(context: UseCaseContext): { ticket: string; options: ReturnType<Factors["challenge"]>["options"] };
  withPasskey(
    given: Omit<Extract<SecondFactor, { method: "passkey" }>, "method">,
    context: UseCaseContext,
  ): Promise<LoginStep>;
  /** Ends what a person has under way. */
  forget(personId: number): void;
}

export function createLogins(deps: LoginDeps): Logins {
  const attempts = createTickets<Attempt>(deps);
  const challenges = createTickets<string>(deps);
  const limitChallenges = createRateLimit(deps.clock, challengesPerMinute);
  const { delays } = deps;
  const finish = createFinish(deps);

  /** One factor was right: in, or on to the second one. */
  const proceed = (
    person: Person,
    factor: "password" | "provider",
    context: UseCaseContext,
    shownAtMs = deps.clock.now(),
  ): Promise<LoginStep> => {
    const { factors, devices } = deps;
    context.claims(person);
    const device = certificateDevice(devices, context, person.id);
    const isEnough = factor === "provider" && factors.policy().providerCountsAsTwo;
    if (!factors.hasSecond(person.id) || device !== null || isEnough) {
      return finish(person, [factor], context, Math.min(shownAtMs, deps.clock.now()));
    }
    const attempt: Attempt = { personId: person.id, shown: [factor], challenge: undefined, tries: 0 };
    return Promise.resolve(offer(deps, attempts.issue(attempt), attempt, context));
  };
  return {
    withPassword: async (name, password, context) => {
      const tried = deps.identity.findByName(name);
      if (tried !== undefined) context.claims(tried);
      const person = await deps.identity.verifyPassword(name, password, context.address);
      if (person === null) {
        deps.record(loginEvent(context, "login", null, name, ["password"], "name or password is not right"));
        throw new AppError("unauthenticated", "Name or password is not right.");
      }
      return proceed(person, "password", context);
    },
    withProvider: async (personId, context, authenticatedAtMs = 0) => {
      const step = await proceed(activeOrThrow(deps, personId), "provider", context, authenticatedAtMs);
      if (step.step === "second-factor") setPending(context, step.ticket);
      return step;
    },
    pending: (context) => {
      const ticket = readPendingCookie(context.cookieHeader ?? "", context.secure);
      const attempt = ticket === undefined ? undefined : attempts.find(ticket);
      return ticket === undefined || attempt === undefined ? null : offer(deps, ticket, attempt, context);
    },
    secondFactor: createSecondFactor(deps, attempts, finish),
    passkeyOptions: (context) => {
      limitChallenges(context.address);
      const { challenge, options } = deps.factors.challenge(null, context);
      return { ticket: challenges.issue(challenge), options };
    },
    withPasskey: async ({ ticket, response }, context) => {
      // Cannot be a login name, and is counted per address: nobody else is slowed down.
      const attempt = delays.begin(`(passkey) ${context.address}`, context.address);
      const challenge = challenges.take(ticket);
      if (challenge === undefined) throw new AppError("gone", "That took too long. Try again.");
      const verdict = await deps.factors.usePasskey(response, challenge, context);
      const owner = verdict.personId === null ? undefined : deps.identity.find(verdict.personId);
      if (owner !== undefined) context.claims(owner);
      if ("refused" in verdict) {
        const { id = null, name = "" } = owner ?? {};
        deps.record(loginEvent(context, "login", id, name, ["passkey"], verdict.refused));
        throw new AppError("unauthenticated", "This server does not know that passkey.");
      }
      attempt.succeed();
      return finish(activeOrThrow(deps, verdict.personId), ["passkey"], context);
    },
    forget: (personId) => attempts.dropWhere((attempt) => attempt.personId === personId),
  };
}

/** What somebody may show next. Asked again, a passkey gets the same challenge: the browser may be at work on it. */
function offer(
  { factors, devices }: LoginDeps,
  ticket: string,
  attempt: Attempt,
  context: UseCaseContext,
): PendingLogin {
  const { personId } = attempt;
  const own = factors.offersOf(personId, context);
  const request = own.includes("passkey") ? factors.challenge(personId, context, attempt.challenge) : null;
  attempt.challenge ??= request?.challenge;
  const offers = devices.ownsDevices(personId) ? [...own, "certificate" as const] : own;
  return { step: "second-factor", ticket, offers, passkey: request?.options ?? null };
}

function setPending({ replyHeaders, secure }: UseCaseContext, ticket: string): void {
  replyHeaders.append("set-cookie", renderPendingCookie(ticket, ticketLifeMs / 1000, secure));
}

/** The session of a login that is complete. */
function createFinish({ db, clock, devices, notices, record, start }: LoginDeps) {
  return async (
    person: Person,
    factors: readonly Factor[],
    context: UseCaseContext,
    factorAtMs = clock.now(),
  ): Promise<LoginStep> => {
    const deviceId = certificateDevice(devices, context, person.id);
    const shown = deviceId === null || factors.includes("certificate") ? factors : [...factors, "certificate" as const];
    db.transaction(() => {
      const id = start(person, context, { factors: shown, factorAtMs, deviceId });
      const isNew = notices.noteDevice(person, context, deviceId, id);
      record({ ...loginEvent(context, "login", person.id, person.name, shown, ""), outcome: "allowed" });
      if (isNew) {
        record({ ...loginEvent(context, "new-device", person.id, person.name, shown, ""), outcome: "allowed" });
      }
    });
    await db.sync();
    return { step: "done", person };
  };
}

type Finish = ReturnType<typeof createFinish>;

function createSecondFactor(deps: LoginDeps, attempts: Tickets<Attempt>, finish: Finish): Logins["secondFactor"] {
  const beginAgain = () => new AppError("gone", "That took too long or too many tries. Log in again.");
  return async (given, context) => {
    const attempt = attempts.find(given.ticket);
    const person = attempt && deps.identity.find(attempt.personId);
    if (attempt === undefined || person === undefined || person.disabled) throw beginAgain();
    context.claims(person);
    const delay = deps.delays.begin(person.name, context.address);
    attempt.tries++;
    if (attempt.tries > maxTries) {
      delay.withdraw();
      attempts.take(given.ticket);
      throw beginAgain();
    }
    const isRight = await checkSecond(deps, given, attempt, context).catch((thrown: unknown) => {
      delay.withdraw();
      throw thrown;
    });
    const method: Factor = given.method;
    if (!isRight) {
      deps.record(loginEvent(context, "second-factor", person.id, person.name, [method], "not right"));
      if (attempt.tries === noticeAtTry) deps.notices.add(person.id, "second-factor-refused", context, method);
      throw new AppError("unauthenticated", refusalOf[given.method]);
    }
    // Of two that come in at once, one goes through.
    if (attempts.take(given.ticket) === undefined) throw beginAgain();
    delay.succeed();
    if (readPendingCookie(context.cookieHeader ?? "", context.secure) !== undefined) setPending(context, "");
    return finish(activeOrThrow(deps, person.id), [...attempt.shown, method], context);
  };
}

const refusalOf: Record<SecondFactor["method"], string> = {
  totp: "That code is not right, or was used already. Wait for the next one.",
  "recovery-code": "That recovery code is not right, or was used already.",
  passkey: "That passkey does not fit.",
  certificate: "This connection shows no certificate of a device of yours.",
};

async function checkSecond(
  { factors, devices }: LoginDeps,
  given: SecondFactor,
  { personId, challenge }: Attempt,
  context: UseCaseContext,
): Promise<boolean> {
  switch (given.method) {
    case "totp":
      return factors.useTotp(personId, given.code);
    case "recovery-code":
      return factors.useRecoveryCode(personId, given.code, context);
    case "certificate":
      return certificateDevice(devices, context, personId) !== null;
    case "passkey": {
      if (challenge === undefined) return false;
      const verdict = await factors.usePasskey(given.response, challenge, context);
      return !("refused" in verdict) && verdict.personId === personId;
    }
  }
}

function activeOrThrow({ identity }: Pick<LoginDeps, "identity">, personId: number): Person {
  const person = identity.find(personId);
  if (person === undefined || person.disabled) throw new AppError("unauthenticated", "This account cannot log in.");
  return person;
}

/** Refused, unless it is said otherwise. */
export function loginEvent(
  { address, userAgent, requestId }: UseCaseContext,
  kind: SecurityEvent["kind"],
  personId: number | null,
  name: string,
  factors: readonly Factor[],
  detail: string,
): SecurityEvent {
  return {
    kind,
    outcome: "refused",
    personId,
    name: name.slice(0, 64),
    factors,
    address,
    userAgent,
    requestId,
    detail,
  };
}

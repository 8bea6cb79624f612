import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { stepUpMs, type UseCaseContext } from "#platform/usecase";
import { createTickets, type Factors } from "#security/factors";
import type { Identity, LoginDelays, RecordEvent } from "#security/identity";
import type { Factor, OutputOf } from "#wire";
import type { sessionsContract, StepUp } from "./contract.ts";
import { certificateDevice, type DevicePort } from "./devices.ts";
import { loginEvent } from "./login.ts";

interface StepUpDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Pick<Identity, "verifyPassword">;
  readonly factors: Factors;
  readonly devices: DevicePort;
  readonly delays: LoginDelays;
  readonly record: RecordEvent;
  /** Notes what was shown at the caller's session; within the caller's transaction. */
  readonly show: (context: UseCaseContext, factors: readonly Factor[]) => void;
}

/** Confirming that the person at the page is still the one who logged in. */
export interface StepUps {
  options(context: UseCaseContext): OutputOf<typeof sessionsContract, "session.stepUpOptions">;
  /**
   * Until when the factor counts as fresh; on disk when it resolves. With a second factor the password alone is not enough.
   * Throws `forbidden` for what is not right, `too-many-requests`, `gone` for an old ticket.
   */
  confirm(given: StepUp, context: UseCaseContext): Promise<number>;
}

type Method = StepUp["method"];

export function createStepUps(deps: StepUpDeps): StepUps {
  const challenges = createTickets<{ readonly sessionId: string; readonly challenge: string }>(deps);

  const methodsOf = (context: UseCaseContext): Method[] => {
    const { userId } = context.actor;
    const own = deps.factors.offersOf(userId, context);
    const certificate = certificateDevice(deps.devices, context, userId) === null ? [] : (["certificate"] as const);
    return [...own, ...certificate, ...(deps.factors.hasSecond(userId) ? [] : (["password"] as const))];
  };
  /** What the given answer shows, when it is right. */
  const check = async (given: StepUp, context: UseCaseContext): Promise<readonly Factor[] | undefined> => {
    if (given.method === "passkey") {
      const begun = challenges.take(given.ticket);
      if (begun === undefined || begun.sessionId !== context.actor.credentialId) {
        throw new AppError("gone", "That took too long. Try again.");
      }
      const verdict = await deps.factors.usePasskey(given.response, begun.challenge, context);
      return !("refused" in verdict) && verdict.personId === context.actor.userId ? ["passkey"] : undefined;
    }
    const person = await deps.identity.verifyPassword(context.actor.name, given.password, context.address);
    if (person?.id !== context.actor.userId) return undefined;
    if (given.method === "password") return ["password"];
    return checkSecond(deps, given, context) ? ["password", given.method] : undefined;
  };
  return {
    options: (context) => {
      const sessionId = sessionOf(context);
      const methods = methodsOf(context);
      const byProvider = context.actor.factors.includes("provider");
      if (!methods.includes("passkey")) return { methods, byProvider, passkey: null };
      const { challenge, options } = deps.factors.challenge(context.actor.userId, context);
      return { methods, byProvider, passkey: { ticket: challenges.issue({ sessionId, challenge }), options } };
    },
    confirm: async (given, context) => {
      sessionOf(context);
      const { userId, name } = context.actor;
      const note = (outcome: "allowed" | "refused", factors: readonly Factor[]) =>
        deps.record({ ...loginEvent(context, "step-up", userId, name, factors, given.method), outcome });
      if (given.method === "password" && deps.factors.hasSecond(userId)) {
        note("refused", ["password"]);
        throw new AppError("forbidden", "This account has a second factor: show that one.");
      }
      const shown = await check(given, context);
      if (shown === undefined) {
        note("refused", [given.method]);
        throw new AppError("forbidden", refusalOf[given.method]);
      }
      deps.db.transaction(() => {
        deps.show(context, shown);
        note("allowed", shown);
      });
      await deps.db.sync();
      return deps.clock.now() + stepUpMs;
    },
  };
}

const refusalOf: Record<Method, string> = {
  password: "That password is not right.",
  totp: "Password or code is not right, or the code was used already.",
  "recovery-code": "Password or recovery code is not right.",
  certificate: "The password is not right, or this connection shows no certificate of a device of yours.",
  passkey: "That passkey does not fit.",
};

function checkSecond(
  { factors, devices, delays }: StepUpDeps,
  given: Exclude<StepUp, { method: "passkey" | "password" }>,
  context: UseCaseContext,
): boolean {
  const { userId, name } = context.actor;
  if (given.method === "certificate") return certificateDevice(devices, context, userId) !== null;
  const attempt = delays.begin(name, context.address);
  const isRight =
    given.method === "totp"
      ? factors.useTotp(userId, given.code)
      : factors.useRecoveryCode(userId, given.code, context);
  if (isRight) attempt.succeed();
  return isRight;
}

/** Only a session can show a factor again; other credentials are the factor. */
function sessionOf({ actor }: UseCaseContext): string {
  if (actor.via !== "session" || actor.credentialId === null) {
    throw new AppError("forbidden", "Log in at the page to confirm that it is you.");
  }
  return actor.credentialId;
}

import { type Clock, type Random, randomToken } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Logger } from "#platform/log";
import { strengthOf, type UseCaseContext } from "#platform/usecase";
import type { Identity, Person, RecordEvent } from "#security/identity";
import type { Factor } from "#wire";
import type { PasskeyAssertion, Policy } from "./contract.ts";
import { passkeySite, requestOptions, requirePasskeySite, verifyAssertion } from "./passkeys.ts";
import { hashRecoveryCode } from "./recovery-codes.ts";
import type { FactorRepository } from "./repository.ts";
import type { SecretBox } from "./secret-box.ts";
import { matchTotp } from "./totp.ts";

/** What happened to an account and its person should know. */
export type FactorNotice = "recovery-code-used" | "factor-added" | "factor-removed" | "factors-reset";

/** What factors need of sessions, which stand on factors; passed in. Synchronous, within the caller's transaction. */
export interface FactorSessions {
  /** Notes a factor just shown at the caller's session and rotates its token; `endOthers` ends the person's other sessions. */
  shown(context: UseCaseContext, factor: Factor, endOthers: boolean): void;
  /** Ends everything that somebody has under way, sessions and logins. */
  endAll(personId: number): void;
  /** Forgets the actors of a person: the next request reads the account again. */
  invalidate(personId: number): void;
  notify(
    personId: number,
    kind: FactorNotice,
    from: Pick<UseCaseContext, "address" | "userAgent">,
    subject: string,
  ): void;
}

export interface FactorsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: Pick<Identity, "find" | "list" | "requireMayChange">;
  readonly sessions: FactorSessions;
  readonly record: RecordEvent;
  /** The key that authenticator secrets are sealed with; made when first needed. */
  readonly keyFile: string;
}

/** The rows and the rules over them; synchronous but for passkeys, whose library is loaded when first needed. */
export interface Factors {
  /** Whether there is an authenticator app or a passkey: then the password alone is no login. */
  hasSecond(personId: number): boolean;
  /** A role needs a second factor, none was shown and none is there: nothing works but its set-up. */
  mustSetUp(person: Person, shown: readonly Factor[]): boolean;
  policy(): Policy;
  /** What the person can show beside the password, best first; a passkey only where the browser allows it. */
  offersOf(personId: number, context: UseCaseContext): ("passkey" | "totp" | "recovery-code")[];
  /** Uses the code up. */
  useTotp(personId: number, code: string): boolean;
  /** Uses the code up and tells the person. */
  useRecoveryCode(personId: number, code: string, context: UseCaseContext): boolean;
  /**
   * Options for the browser and the challenge they hold, a new one unless one is given; for anybody when `personId` is null.
   * Throws `bad-request` where passkeys cannot work.
   */
  challenge(personId: number | null, context: UseCaseContext, challenge?: string): PasskeyChallenge;
  /** Whose passkey answered the challenge. */
  usePasskey(response: PasskeyAssertion, challenge: string, context: UseCaseContext): Promise<PasskeyVerdict>;
}

export interface PasskeyChallenge {
  readonly challenge: string;
  readonly options: ReturnType<typeof requestOptions>;
}

export type PasskeyVerdict =
  | { readonly personId: number; readonly name: string }
  | { readonly refused: string; readonly personId: number | null };

interface Parts extends FactorsDeps {
  readonly repository: FactorRepository;
  readonly box: SecretBox;
}

export function createFactors({ repository, box, clock, random, sessions }: Parts): Factors {
  const hasSecond = (personId: number): boolean =>
    repository.totpOf(personId) !== undefined || repository.passkeysOf(personId).length > 0;
  const usableHere = (personId: number, context: UseCaseContext) => {
    const site = passkeySite(context);
    return "reason" in site ? [] : repository.passkeysOf(personId).filter(({ host }) => host === site.host);
  };
  return {
    hasSecond,
    mustSetUp: (person, shown) => {
      const { rolesNeedingSecondFactor, providerCountsAsTwo } = repository.policy();
      if (!person.roles.some((role) => rolesNeedingSecondFactor.includes(role))) return false;
      if (strengthOf({ factors: shown }) === "two-factor") return false;
      if (providerCountsAsTwo && shown.includes("provider")) return false;
      return !hasSecond(person.id);
    },
    policy: repository.policy,
    offersOf: (personId, context) => [
      ...(usableHere(personId, context).length > 0 ? (["passkey"] as const) : []),
      ...(repository.totpOf(personId) === undefined ? [] : (["totp"] as const)),
      ...((repository.recoveryOf(personId)?.left ?? 0) > 0 ? (["recovery-code"] as const) : []),
    ],
    useTotp: (personId, code) => {
      const row = repository.totpOf(personId);
      if (row === undefined) return false;
      const secret = box.open(row.sealed_secret, totpPurpose(personId));
      const step = matchTotp(secret, code, clock.now(), row.last_step);
      return step !== undefined && repository.useTotpStep(personId, step);
    },
    useRecoveryCode: (personId, code, context) => {
      if (!repository.useRecoveryCode(personId, hashRecoveryCode(code))) return false;
      const left = repository.recoveryOf(personId)?.left ?? 0;
      sessions.notify(personId, "recovery-code-used", context, `${left} left`);
      return true;
    },
    challenge: (personId, context, challenge = randomToken(random, 256)) => {
      const site = requirePasskeySite(context);
      const rows = personId === null ? [] : usableHere(personId, context);
      return { challenge, options: requestOptions(site, challenge, rows) };
    },
    usePasskey: async (response, challenge, context) => {
      const site = requirePasskeySite(context);
      const row = repository.passkey(response.id);
      if (row === undefined) return { refused: "no such passkey", personId: null };
      const { person_id: personId, name } = row;
      if (row.host !== site.host) return { refused: `made for ${row.host}`, personId };
      const verdict = await verifyAssertion(site, challenge, response, row);
      if ("refused" in verdict) return { ...verdict, personId };
      const { userHandle = row.user_handle } = response.response;
      if (userHandle !== row.user_handle) return { refused: "the account on the authenticator is another", personId };
      if (!repository.usePasskey(row.id, row.counter, verdict.counter, clock.now())) {
        return { refused: "used at the same time elsewhere", personId };
      }
      return { personId, name };
    },
  };
}

/** Bound to the sealed secret, so that one person's row opens for nobody else. */
export function totpPurpose(personId: number): string {
  return `totp ${personId}`;
}

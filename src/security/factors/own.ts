import { randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import { createLruMap } from "#platform/lru";
import type { UseCaseContext } from "#platform/usecase";
import type { Person } from "#security/identity";
import type { Factor } from "#wire";
import type { Passkey, PasskeyRegistration } from "./contract.ts";
import { creationOptions, passkeySite, requirePasskeySite, toPasskey, verifyRegistration } from "./passkeys.ts";
import { hashRecoveryCode, newRecoveryCodes } from "./recovery-codes.ts";
import type { FactorRepository } from "./repository.ts";
import type { SecretBox } from "./secret-box.ts";
import { type Factors, type FactorsDeps, totpPurpose } from "./service.ts";
import { createTickets } from "./tickets.ts";
import { base32, matchTotp, otpauthUri, totpSecretBytes } from "./totp.ts";

const pendingLifeMs = 10 * 60_000;
const maxPending = 1000;
const maxPasskeys = 20;

interface Parts extends FactorsDeps {
  readonly repository: FactorRepository;
  readonly box: SecretBox;
  readonly factors: Factors;
}

/** Setting up and taking off one's own factors. Whoever calls has checked that the caller may and syncs the database. */
export type OwnFactors = ReturnType<typeof createOwnFactors>;

export function createOwnFactors(parts: Parts) {
  const add = createAdd(parts);
  const remove = createRemove(parts);
  return {
    ...statusOf(parts),
    ...totpActs(parts, add, remove),
    ...passkeyActs(parts, add, remove),
    ...recoveryActs(parts),
  };
}

function statusOf({ repository, factors, identity }: Parts) {
  return {
    status: (context: UseCaseContext) => {
      const { actor } = context;
      const person = personOf(identity, context);
      const recovery = repository.recoveryOf(person.id);
      const site = passkeySite(context);
      return {
        totpAddedAtMs: repository.totpOf(person.id)?.added_at_ms ?? null,
        passkeys: repository.passkeysOf(person.id).map(toPasskey),
        recoveryCodesLeft: recovery?.left ?? null,
        recoveryCodesMadeAtMs: recovery?.madeAtMs ?? null,
        secondFactorNeeded: isNeeded(repository, person),
        mustSetUp: factors.mustSetUp(person, actor.factors),
        passkeysPossible:
          "reason" in site ? { possible: false, reason: site.reason } : { possible: true, reason: null },
      };
    },
  };
}

/** Stores a factor within a transaction; the first one brings recovery codes and ends the sessions that a password alone began. */
function createAdd({ db, clock, random, repository, factors, sessions, record }: Parts) {
  return (context: UseCaseContext, factor: Factor, subject: string, store: () => void): string[] | null =>
    db.transaction(() => {
      const { userId } = context.actor;
      const isFirst = !factors.hasSecond(userId);
      store();
      const codes = repository.recoveryOf(userId) === undefined ? newRecoveryCodes(random) : null;
      if (codes !== null) repository.setRecoveryCodes(userId, codes.map(hashRecoveryCode), clock.now());
      sessions.invalidate(userId);
      sessions.shown(context, factor, isFirst);
      sessions.notify(userId, "factor-added", context, subject);
      record(ownEvent(context, "factor-added", [factor], subject));
      return codes;
    });
}

/** Takes a factor off; the last one stays while a role needs one, and takes the recovery codes along. */
function createRemove({ db, repository, factors, identity, sessions, record }: Parts) {
  return (context: UseCaseContext, factor: Factor, subject: string, take: () => boolean): void =>
    db.transaction(() => {
      const { userId } = context.actor;
      if (!take()) throw new AppError("not-found", "There is no such factor.");
      if (!factors.hasSecond(userId)) {
        if (isNeeded(repository, personOf(identity, context))) {
          throw new AppError("conflict", "A role of yours needs a second factor. Set up another one first.");
        }
        repository.removeRecovery(userId);
      }
      sessions.invalidate(userId);
      sessions.notify(userId, "factor-removed", context, subject);
      record(ownEvent(context, "factor-removed", [factor], subject));
    });
}

type Add = ReturnType<typeof createAdd>;
type Remove = ReturnType<typeof createRemove>;

function totpActs({ clock, random, repository, box, identity }: Parts, add: Add, remove: Remove) {
  const pending = createLruMap<string, { readonly secret: Uint8Array; readonly untilMs: number }>(maxPending);
  return {
    beginTotp: (context: UseCaseContext) => {
      const secret = random.bytes(totpSecretBytes);
      const untilMs = clock.now() + pendingLifeMs;
      pending.set(sessionOf(context), { secret, untilMs });
      const text = base32(secret);
      return {
        secret: text,
        uri: otpauthUri(text, issuerOf(context), personOf(identity, context).name),
        expiresAtMs: untilMs,
      };
    },
    confirmTotp: (context: UseCaseContext, code: string): string[] | null => {
      const session = sessionOf(context);
      const begun = pending.get(session);
      if (begun === undefined || clock.now() >= begun.untilMs) {
        throw new AppError("gone", "The set-up took too long. Begin again.");
      }
      const step = matchTotp(begun.secret, code, clock.now(), -1);
      if (step === undefined) {
        throw new AppError("bad-request", "That code is not right. Check that the phone's clock is set automatically.");
      }
      const { userId } = context.actor;
      const sealed = box.seal(begun.secret, totpPurpose(userId));
      const row = { person_id: userId, sealed_secret: sealed, added_at_ms: clock.now(), last_step: step };
      const codes = add(context, "totp", "authenticator app", () => repository.setTotp(row));
      pending.delete(session);
      return codes;
    },
    removeTotp: (context: UseCaseContext): void =>
      remove(context, "totp", "authenticator app", () => repository.removeTotp(context.actor.userId)),
  };
}

interface Registration {
  readonly sessionId: string;
  readonly challenge: string;
  readonly userHandle: string;
}

function passkeyActs(parts: Parts, add: Add, remove: Remove) {
  const { clock, random, repository, identity } = parts;
  const tickets = createTickets<Registration>(parts);
  return {
    beginPasskey: (context: UseCaseContext) => {
      const site = requirePasskeySite(context);
      const { id, name, displayName } = personOf(identity, context);
      const existing = repository.passkeysOf(id);
      if (existing.length >= maxPasskeys) {
        throw new AppError("conflict", `There can be ${maxPasskeys} passkeys. Remove one that is not used.`);
      }
      const challenge = randomToken(random, 256);
      const userHandle = existing[0]?.user_handle ?? randomToken(random, 256);
      const ticket = tickets.issue({ sessionId: sessionOf(context), challenge, userHandle });
      const here = existing.filter(({ host }) => host === site.host);
      return { ticket, options: creationOptions(site, { challenge, userHandle, name, displayName, existing: here }) };
    },
    addPasskey: async (
      context: UseCaseContext,
      given: { ticket: string; response: PasskeyRegistration; name: string },
    ): Promise<{ passkey: Passkey; recoveryCodes: string[] | null }> => {
      const begun = tickets.take(given.ticket);
      if (begun === undefined || begun.sessionId !== sessionOf(context)) {
        throw new AppError("gone", "Adding the passkey took too long. Begin again.");
      }
      const made = await verifyRegistration(requirePasskeySite(context), begun.challenge, given.response);
      const row = {
        ...made,
        person_id: context.actor.userId,
        user_handle: begun.userHandle,
        name: given.name,
        created_at_ms: clock.now(),
        last_used_at_ms: null,
      };
      const codes = add(context, "passkey", given.name, () => {
        if (repository.passkey(row.id) !== undefined) throw new AppError("exists", "That passkey is added already.");
        repository.insertPasskey(row);
      });
      return { passkey: toPasskey(row), recoveryCodes: codes };
    },
    renamePasskey: ({ actor }: UseCaseContext, id: string, name: string): Passkey => {
      const renamed = repository.renamePasskey(actor.userId, id, name) ? repository.passkey(id) : undefined;
      if (renamed === undefined) throw new AppError("not-found", "There is no such passkey.");
      return toPasskey(renamed);
    },
    removePasskey: (context: UseCaseContext, id: string): void =>
      remove(context, "passkey", repository.passkey(id)?.name ?? "", () =>
        repository.removePasskey(context.actor.userId, id),
      ),
  };
}

function recoveryActs({ db, clock, random, repository, factors, record }: Parts) {
  return {
    regenerateCodes: (context: UseCaseContext): string[] => {
      const { userId } = context.actor;
      if (!factors.hasSecond(userId)) {
        throw new AppError("conflict", "Recovery codes stand in for a second factor. Set one up first.");
      }
      const codes = newRecoveryCodes(random);
      db.transaction(() => {
        repository.setRecoveryCodes(userId, codes.map(hashRecoveryCode), clock.now());
        record(ownEvent(context, "recovery-codes-made", [], ""));
      });
      return codes;
    },
  };
}

function isNeeded(repository: FactorRepository, { roles }: Person): boolean {
  const { rolesNeedingSecondFactor } = repository.policy();
  return roles.some((role) => rolesNeedingSecondFactor.includes(role));
}

export function ownEvent(
  { actor, address, userAgent, requestId }: UseCaseContext,
  kind: "factor-added" | "factor-removed" | "recovery-codes-made" | "factors-reset" | "policy-changed",
  factors: readonly Factor[],
  detail: string,
) {
  const { userId: personId, name } = actor;
  return { kind, outcome: "allowed" as const, personId, name, factors, address, userAgent, requestId, detail };
}

function personOf(identity: FactorsDeps["identity"], { actor }: UseCaseContext): Person {
  const person = identity.find(actor.userId);
  if (person === undefined) throw new AppError("unauthenticated");
  return person;
}

/** A set-up goes on in the session that began it. */
function sessionOf({ actor }: UseCaseContext): string {
  if (actor.via !== "session" || actor.credentialId === null)
    throw new AppError("forbidden", "Log in at the page first.");
  return actor.credentialId;
}

/** Tells the entries of two servers apart in the authenticator app. */
function issuerOf({ host = "" }: UseCaseContext): string {
  const name = host.split(":")[0] ?? "";
  return /^[\w.-]{1,64}$/.test(name) && name !== "localhost" ? `Hearth ${name}` : "Hearth";
}

import type { Clock, Random } from "#platform/clock";
import type { Origin } from "#platform/http";
import type { Logger } from "#platform/log";
import { createRecentMap } from "#platform/lru";
import type { Actor } from "#platform/usecase";
import type { Identity } from "#security/identity";
import type { AppPasswords } from "./app-passwords.ts";

const maxEntries = 10_000;
const writeUsedEveryMs = 60_000;

export interface CredentialsDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: Pick<Identity, "markSeen">;
  readonly appPasswords: Pick<AppPasswords, "noteUsed">;
}

interface Verified {
  readonly actor: Actor;
  usedAtMs: number;
}

/** Authorization headers that were found right or wrong, until an account changes. */
export function createVerifiedCredentials(deps: CredentialsDeps) {
  // Headers are remembered as keyed hashes: a copy of this memory shows no password.
  const key = deps.random.bytes(32);
  const verified = createRecentMap<string, Verified>(maxEntries);
  const refused = createRecentMap<string, true>(maxEntries);
  let generation = 0;

  const noteUsed = (entry: Verified, from: Origin, userAgent: string): void => {
    const nowMs = deps.clock.now();
    if (nowMs - entry.usedAtMs < writeUsedEveryMs) return;
    entry.usedAtMs = nowMs;
    try {
      if (entry.actor.credentialId !== null) {
        deps.appPasswords.noteUsed(entry.actor.credentialId, from.address, userAgent);
      }
      deps.identity.markSeen(entry.actor.userId);
    } catch (cause) {
      // Reading must go on when the disk is full; the time of last use is only a courtesy.
      deps.log.warn("the last use of a credential could not be written", { cause });
    }
  };
  return {
    digestOf: (header: string): string => new Bun.CryptoHasher("sha256", key).update(header).digest("base64"),
    /** Counts changes of accounts: what was checked before a change must not be remembered after it. */
    generation: (): number => generation,
    find: (digest: string, from: Origin, userAgent: string): Actor | undefined => {
      const entry = verified.get(digest);
      if (entry !== undefined) noteUsed(entry, from, userAgent);
      return entry?.actor;
    },
    remember: (digest: string, actor: Actor, from: Origin, userAgent: string): Actor => {
      const entry = { actor, usedAtMs: 0 };
      verified.set(digest, entry);
      noteUsed(entry, from, userAgent);
      return actor;
    },
    isRefused: (attempt: string): boolean => refused.get(attempt) === true,
    refuse: (attempt: string): void => refused.set(attempt, true),
    /** Forgets what is verified of a person, and every refusal, since any of them may be right now. */
    forget: (personId: number): void => {
      generation++;
      verified.deleteWhere(({ actor }) => actor.userId === personId);
      refused.clear();
    },
  };
}

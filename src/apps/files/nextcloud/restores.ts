import type { syncContract } from "#contract/apps/files/nextcloud";
import { type Clock, type Random, randomToken } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Handlers } from "#platform/usecase";

interface RestoresDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  /** Called when it is durable. */
  readonly onChanged: () => void;
}

/**
 * Tells the sync clients of these people, or of everybody, that files went back to an earlier state: what is newer on a device is
 * then kept as a conflict instead of being replaced. Resolves when it is durable.
 */
export type ChangeFingerprint = (userIds?: readonly number[]) => Promise<void>;

const everybody = 0;
const fingerprintBits = 96;

/** `oc:data-fingerprint`: empty until files are restored, another text after every restore. */
export function createRestores({ db, clock, random, onChanged }: RestoresDeps) {
  const put = db.prepare<never, [number, string, number]>("INSERT OR REPLACE INTO nextcloud_restore VALUES (?, ?, ?)");
  const all = db.prepare<{ user_id: number; fingerprint: string; announced_at_ms: number }, []>(
    "SELECT user_id, fingerprint, announced_at_ms FROM nextcloud_restore",
  );
  /** Every listing of a root asks, so they are kept; a household has few. */
  let known: ReadonlyMap<number, string> | undefined;
  const read = () => (known ??= new Map(all.all().map((row) => [row.user_id, row.fingerprint])));

  const change = (userIds: readonly number[]): void => {
    const nowMs = clock.now();
    for (const userId of userIds) put.run(userId, randomToken(random, fingerprintBits), nowMs);
  };
  const changeFingerprint: ChangeFingerprint = async (userIds = [everybody]) => {
    try {
      db.transaction(() => change(userIds));
      await db.sync();
    } finally {
      known = undefined;
    }
    onChanged();
  };
  const announcedAtMs = (): number | null =>
    all.all().find(({ user_id }) => user_id === everybody)?.announced_at_ms ?? null;

  const handlers: Pick<Handlers<typeof syncContract>, "sync.restoreState" | "sync.announceRestore"> = {
    "sync.restoreState": () => ({ announcedAtMs: announcedAtMs() }),
    "sync.announceRestore": async () => {
      await changeFingerprint();
      return { announcedAtMs: announcedAtMs() ?? clock.now() };
    },
  };
  return {
    handlers,
    changeFingerprint,
    /** As the clients of a person are told. */
    fingerprintOf: (userId: number): string => {
      const restores = read();
      return restores.size === 0 ? "" : [restores.get(everybody), restores.get(userId)].filter(Boolean).join("-");
    },
  };
}

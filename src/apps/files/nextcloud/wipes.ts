import type { syncContract } from "#contract/apps/files/nextcloud";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { readText } from "#platform/http";
import type { Handlers } from "#platform/usecase";
import type { AppPasswords } from "#security/sessions";

export interface WipesDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly appPasswords: AppPasswords;
  /** Forgets credentials of a person that were found right before. */
  readonly invalidate: (personId: number) => void;
}

const maxFormBytes = 8 * 1024;
const keepMs = 90 * 24 * 3600_000;

interface WipeRow {
  readonly appPasswordId: string;
  readonly label: string;
  readonly askedAtMs: number;
  readonly doneAtMs: number | null;
}

/** Lost devices: their app password opens nothing any more, and the app asks here whether to delete what it has. */
export function createWipes({ db, clock, appPasswords, invalidate }: WipesDeps) {
  const insert = db.prepare<never, [string, number, string, number, string]>(
    `INSERT OR REPLACE INTO nextcloud_wipe (secret_hash, user_id, label, asked_at_ms, app_password_id)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const list = db.prepare<WipeRow, [number]>(
    `SELECT app_password_id AS appPasswordId, label, asked_at_ms AS askedAtMs, done_at_ms AS doneAtMs FROM nextcloud_wipe
     WHERE user_id = ? ORDER BY asked_at_ms DESC`,
  );
  const pending = db.prepare<{ user_id: number }, [string]>(
    "SELECT user_id FROM nextcloud_wipe WHERE secret_hash = ? AND done_at_ms IS NULL",
  );
  const finish = db.prepare<never, [number, string]>("UPDATE nextcloud_wipe SET done_at_ms = ? WHERE secret_hash = ?");
  const forgetOld = db.prepare<never, [number]>("DELETE FROM nextcloud_wipe WHERE asked_at_ms < ?");

  const handlers: Pick<Handlers<typeof syncContract>, "sync.wipe" | "sync.wipes"> = {
    "sync.wipe": async ({ actor }, { appPasswordId: id }) => {
      const personId = actor.userId;
      db.transaction(() => {
        const label = appPasswords.list(personId).find((one) => one.id === id)?.label ?? "";
        forgetOld.run(clock.now() - keepMs);
        insert.run(appPasswords.markOf(personId, id), personId, label, clock.now(), id);
        appPasswords.revoke(personId, id);
      });
      invalidate(personId);
      await db.sync();
      return {};
    },
    "sync.wipes": ({ actor }) => ({ wipes: list.all(actor.userId) }),
  };

  /** The secret stands in the form, for it opens nothing else any more. */
  const markIn = async (request: Request): Promise<string> => {
    if (request.method !== "POST") throw new AppError("method-not-allowed");
    const secret = new URLSearchParams(await readText(request, maxFormBytes)).get("token") ?? "";
    const mark = appPasswords.marksOfSecret(secret).find((one) => pending.get(one) !== null);
    if (mark === undefined) throw new AppError("not-found");
    return mark;
  };
  return {
    handlers,
    /** `core/wipe/check`: 404 for every app password that is not to be wiped. */
    check: async (request: Request): Promise<Response> => {
      await markIn(request);
      return Response.json({ wipe: true }, { headers: { "cache-control": "no-store" } });
    },
    /** `core/wipe/success`: the files are gone. */
    success: async (request: Request): Promise<Response> => {
      finish.run(clock.now(), await markIn(request));
      await db.sync();
      return Response.json([], { headers: { "cache-control": "no-store" } });
    },
  };
}

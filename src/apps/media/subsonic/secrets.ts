import { createHash, timingSafeEqual } from "node:crypto";
import type { Db } from "#platform/db";
import type { SecretBox } from "#security/factors";
import type { AppPasswords } from "#security/sessions";

interface SecretsDeps {
  readonly db: Db;
  readonly box: SecretBox;
  readonly appPasswords: Pick<AppPasswords, "list" | "create">;
}

/** Secrets of music apps. A row whose app password was withdrawn opens nothing and goes with the next one that is made. */
export function createSecrets({ db, box, appPasswords }: SecretsDeps) {
  const insert = db.prepare<never, [string, number, string, string]>(
    "INSERT INTO media_subsonic_secret (app_password_id, user_id, sealed, hash) VALUES (?, ?, ?, ?)",
  );
  const ofUser = db.prepare<{ id: string; sealed: string }, [number]>(
    "SELECT app_password_id AS id, sealed FROM media_subsonic_secret WHERE user_id = ?",
  );
  const ofId = db.prepare<{ id: string }, [string]>(
    "SELECT app_password_id AS id FROM media_subsonic_secret WHERE app_password_id = ?",
  );
  const ofHash = db.prepare<{ userId: number; id: string }, [string]>(
    "SELECT user_id AS userId, app_password_id AS id FROM media_subsonic_secret WHERE hash = ?",
  );
  const remove = db.prepare<never, [string]>("DELETE FROM media_subsonic_secret WHERE app_password_id = ?");
  const purposeOf = (id: string) => `music app ${id}`;
  const open = ({ id, sealed }: { id: string; sealed: string }) =>
    new TextDecoder().decode(box.open(sealed, purposeOf(id)));

  return {
    make: async (userId: number, label: string): Promise<{ id: string; secret: string }> => {
      const made = db.transaction(() => {
        const { appPassword, secret } = appPasswords.create(userId, label, "files:read");
        const { id } = appPassword;
        const known = new Set(appPasswords.list(userId).map((one) => one.id));
        for (const row of ofUser.all(userId)) if (!known.has(row.id)) remove.run(row.id);
        insert.run(id, userId, box.seal(new TextEncoder().encode(secret), purposeOf(id)), sha256(secret));
        return { id, secret };
      });
      await db.sync();
      return made;
    },
    /** The app password whose secret gives this token (`t`) with this salt (`s`). */
    byToken: (userId: number, token: string, salt: string): string | undefined =>
      ofUser.all(userId).find((row) => isSame(md5(open(row) + salt), token.toLowerCase()))?.id,
    /** Whether an app password was made for music apps: it may keep what belongs to listening, though it changes no file. */
    isForMusic: (id: string | null): boolean => id !== null && ofId.get(id) !== null,
    /** Of a secret that is shown as it is (`apiKey`). */
    bySecret: (secret: string): { readonly userId: number; readonly id: string } | undefined =>
      ofHash.get(sha256(secret)) ?? undefined,
  };
}

/** The API wants MD5 (1.13.0); what it guards are random secrets of our own, never a password of a person. */
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

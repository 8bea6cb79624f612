import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Random } from "#platform/clock";
import { AppError } from "#platform/errors";

/** Keeps secrets that have to be read again, as those of authenticator apps, so that a copy of the database shows none. */
export interface SecretBox {
  /** AES-256-GCM; `purpose` is bound to it, so that what was sealed for one person opens for no other. */
  seal(plain: Uint8Array, purpose: string): string;
  /** Throws `unavailable` when the key file is not the one it was sealed with. */
  open(sealed: string, purpose: string): Uint8Array;
}

interface SecretBoxDeps {
  /** 32 random bytes; made, for its owner only, when it is first needed. */
  readonly keyFile: string;
  readonly random: Random;
}

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

interface Key {
  readonly bytes: Uint8Array;
  readonly id: string;
}

/** The key is read when it is first needed and kept. */
export function createSecretBox({ keyFile, random }: SecretBoxDeps): SecretBox {
  let key: Key | undefined;
  const keyOf = (): Key => (key ??= readKey(keyFile) ?? makeKey(keyFile, random));
  return {
    seal: (plain, purpose) => {
      const { bytes, id } = keyOf();
      const iv = random.bytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", bytes, iv).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `1.${id}.${sealed.toString("base64url")}`;
    },
    open: (sealed, purpose) => {
      const [version, id, text] = sealed.split(".");
      key ??= readKey(keyFile);
      if (version !== "1" || text === undefined || key === undefined || key.id !== id) throw wrongKey(keyFile);
      const data = Buffer.from(text, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", key.bytes, data.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(data.subarray(-tagBytes));
      try {
        return Buffer.concat([decipher.update(data.subarray(ivBytes, -tagBytes)), decipher.final()]);
      } catch (cause) {
        throw new AppError("unavailable", "A stored secret is damaged. The owner can reset this person's factors.", {
          cause,
        });
      }
    },
  };
}

function wrongKey(keyFile: string): AppError {
  const cause = new Error(`${keyFile} is missing or not the key of this database`);
  return new AppError(
    "unavailable",
    "The key of the stored secrets is missing: bring security/secrets.key back from the backup, or reset the factors.",
    { cause, retryable: false },
  );
}

function readKey(path: string): Key | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = new Uint8Array(readFileSync(path));
  return bytes.length === keyBytes ? { bytes, id: idOf(bytes) } : undefined;
}

/** Durable before anything is sealed with it; a file that is there is never written over. */
function makeKey(path: string, random: Random): Key {
  const bytes = random.bytes(keyBytes);
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const staged = `${path}.new`;
  const file = openSync(staged, "w", 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(staged, path);
  } catch (cause) {
    throw new AppError("unavailable", `The key file ${path} is there but cannot be used.`, { cause, retryable: false });
  } finally {
    unlinkSync(staged);
  }
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return { bytes, id: idOf(bytes) };
}

/** Names a key without telling it. */
function idOf(key: Uint8Array): string {
  return createHash("sha256").update("hearth secrets key ").update(key).digest("base64url").slice(0, 8);
}

import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "#platform/clock";

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Text that only this server can read and nobody can change (AES-256-GCM, NIST SP 800-38D). */
export interface Seal {
  /** `purpose` must be given again to open it, so that one kind of sealed text never passes for another. */
  close(purpose: string, text: string): string;
  /** Undefined for whatever this key did not seal for this purpose. */
  open(purpose: string, sealed: string): string | undefined;
}

/** `key` has 32 bytes. */
export function createSeal(key: Uint8Array, random: Random): Seal {
  return {
    close: (purpose, text) => {
      const nonce = random.bytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
    },
    open: (purpose, sealed) => {
      const bytes = Buffer.from(sealed, "base64url");
      if (bytes.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      try {
        const body = bytes.subarray(nonceBytes + tagBytes);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
      } catch {
        return undefined;
      }
    },
  };
}

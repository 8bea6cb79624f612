import { createPrivateKey, createPublicKey } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Random } from "#platform/clock";
import { AppError, errnoOf } from "#platform/errors";
import { WireGuardKey } from "./contract.ts";

/** Both in base64, as WireGuard writes them. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const keyBytes = 32;
/** PKCS #8 of an X25519 key up to its 32 bytes (RFC 8410 §7). */
const pkcs8Head = Buffer.from("302e020100300506032b656e04220420", "hex");

/** An X25519 pair (RFC 7748 §5); the bits that the curve fixes are fixed in the key already, as `wg genkey` does. */
export function newKeyPair(random: Random): KeyPair {
  const key = random.bytes(keyBytes);
  key[0] = (key[0] ?? 0) & 248;
  key[31] = ((key[31] ?? 0) & 127) | 64;
  const privateKey = Buffer.from(key).toString("base64");
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

export function newPresharedKey(random: Random): string {
  return Buffer.from(random.bytes(keyBytes)).toString("base64");
}

function publicKeyOf(privateKey: string): string {
  const der = Buffer.concat([pkcs8Head, Buffer.from(privateKey, "base64")]);
  const key = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  return key.export({ format: "der", type: "spki" }).subarray(-keyBytes).toString("base64");
}

/** The server's pair from its file, or undefined before there is one. Throws `unavailable` for a file that is no key. */
export function readInterfaceKey(path: string): KeyPair | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
  if (!WireGuardKey.safeParse(text).success) {
    throw new AppError("unavailable", `The file ${path} holds no WireGuard key. Bring it back from a backup.`);
  }
  return { privateKey: text, publicKey: publicKeyOf(text) };
}

/** Makes the server's pair; durable, and readable by its owner only, when it returns. Every device knows the public half of it. */
export function makeInterfaceKey(path: string, random: Random): KeyPair {
  const pair = newKeyPair(random);
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const staged = `${path}.new`;
  withFile(staged, "w", (file) => void writeSync(file, `${pair.privateKey}\n`));
  renameSync(staged, path);
  withFile(folder, "r", () => undefined);
  return pair;
}

function withFile(path: string, flags: string, work: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    work(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

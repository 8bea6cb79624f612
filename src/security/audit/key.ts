import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Random } from "#platform/clock";

const keyBytes = 32;

/** What the audit keeps beside the database, in `DATA/security`. */
export interface AuditPaths {
  readonly key: string;
  readonly pins: string;
}

export function auditPaths(dataDir: string): AuditPaths {
  const folder = join(dataDir, "security");
  return { key: join(folder, "audit.key"), pins: join(folder, "audit-heads") };
}

/** The key, or undefined when there is none that can be used. */
export function readKey(path: string): Uint8Array | undefined {
  if (!existsSync(path)) return undefined;
  const key = Buffer.from(readFileSync(path, "utf8").trim(), "base64");
  return key.length === keyBytes ? key : undefined;
}

/** The key of this installation, made when it is missing: on disk, readable by nobody else, before it is used. */
export function ensureKey(path: string, random: Random): { key: Uint8Array; isNew: boolean } {
  const known = readKey(path);
  if (known !== undefined) return { key: known, isNew: false };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const key = random.bytes(keyBytes);
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  const fd = openSync(partial, "wx", 0o600);
  try {
    writeSync(fd, `${Buffer.from(key).toString("base64")}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(partial, path);
  syncFolder(dirname(path));
  return { key, isNew: true };
}

export function syncFolder(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

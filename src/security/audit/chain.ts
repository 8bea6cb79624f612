import { createHmac, timingSafeEqual } from "node:crypto";
import type { Draft } from "./event.ts";

/** An entry as it lies in the table. */
export interface ChainEntry extends Draft {
  readonly seq: number;
  readonly atMs: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** Where the chain ends. `pinnedSeq` is what the file of pins must reach at least. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
  /** Entries ever written, those that were cut among them. */
  readonly count: number;
  readonly atMs: number;
  readonly pinnedSeq: number;
}

/** Where the chain begins after old entries were cut. */
export interface Checkpoint {
  readonly firstSeq: number;
  /** Entries that were cut in all. */
  readonly cutCount: number;
  /** Hash of the last entry that was cut: the first kept one continues it. */
  readonly hash: string;
  readonly atMs: number;
}

/** A head, remembered outside the database. */
export interface Pin {
  readonly seq: number;
  readonly hash: string;
  readonly count: number;
  readonly atMs: number;
}

export type Signed<T> = T & { readonly mac: string };

/** What the first entry continues. */
export const genesisHash = "0".repeat(64);

/** Hash of an entry: SHA-256 of one JSON list of all its fields in this order, the hash of the entry before at its end. */
export function hashEntry(entry: Omit<ChainEntry, "hash">): string {
  const canonical = JSON.stringify([
    "hearth-audit-1",
    entry.seq,
    entry.atMs,
    entry.firstAtMs,
    entry.count,
    entry.userId,
    entry.name,
    entry.kind,
    entry.via,
    entry.factors,
    entry.credentialId,
    entry.address,
    entry.userAgent,
    entry.operation,
    entry.resources,
    entry.outcome,
    entry.detail,
    entry.requestId,
    entry.previousHash,
  ]);
  return new Bun.CryptoHasher("sha256").update(canonical).digest("hex");
}

/** Signs and checks heads, checkpoints and pins with the key of this installation (HMAC-SHA-256). */
export interface Signer {
  head(head: Head): Signed<Head>;
  checkpoint(checkpoint: Checkpoint): Signed<Checkpoint>;
  pin(pin: Pin): Signed<Pin>;
  isHead(head: Signed<Head>): boolean;
  isCheckpoint(checkpoint: Signed<Checkpoint>): boolean;
  isPin(pin: Signed<Pin>): boolean;
}

export function createSigner(key: Uint8Array): Signer {
  const sign = (fields: readonly unknown[]) => createHmac("sha256", key).update(JSON.stringify(fields)).digest("hex");
  const isSigned = (fields: readonly unknown[], mac: string) => {
    const expected = Buffer.from(sign(fields));
    const given = Buffer.from(mac);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const ofHead = ({ seq, hash, count, atMs, pinnedSeq }: Head) => ["head", seq, hash, count, atMs, pinnedSeq];
  const ofCheckpoint = ({ firstSeq, cutCount, hash, atMs }: Checkpoint) => ["cut", firstSeq, cutCount, hash, atMs];
  const ofPin = ({ seq, hash, count, atMs }: Pin) => ["pin", seq, hash, count, atMs];
  return {
    head: (head) => ({ ...head, mac: sign(ofHead(head)) }),
    checkpoint: (checkpoint) => ({ ...checkpoint, mac: sign(ofCheckpoint(checkpoint)) }),
    pin: (pin) => ({ ...pin, mac: sign(ofPin(pin)) }),
    isHead: (head) => isSigned(ofHead(head), head.mac),
    isCheckpoint: (checkpoint) => isSigned(ofCheckpoint(checkpoint), checkpoint.mac),
    isPin: (pin) => isSigned(ofPin(pin), pin.mac),
  };
}

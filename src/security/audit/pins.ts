import {
  closeSync,
  existsSync,
  fdatasync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  write,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { genesisHash, type Pin, type Signed, type Signer } from "./chain.ts";
import { syncFolder } from "./key.ts";

const writeAll = promisify(write);
const syncData = promisify(fdatasync);

/** The file is thinned when this many have been added, and when it is opened above that size. */
const thinEvery = 10_000;
const maxBytes = 2 * 1024 * 1024;
const keptPins = 2000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Younger ones stay by the hour, older ones by the day. */
const hourlyMs = 30 * dayMs;

const SignedPin = z.strictObject({
  seq: z.int(),
  hash: z.string(),
  count: z.int(),
  atMs: z.int(),
  mac: z.string(),
});

export interface PinsRead {
  /** False when there is no file. */
  readonly exists: boolean;
  /** In the order of the file, the one of the empty chain first. */
  readonly pins: readonly Signed<Pin>[];
  /** Whole lines that are no pins. */
  readonly unreadable: number;
}

/** What the file of pins says. A line without its end is one that a crash interrupted, and is left out. */
export function readPins(path: string): PinsRead {
  if (!existsSync(path)) return { exists: false, pins: [], unreadable: 0 };
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const pins: Signed<Pin>[] = [];
  for (const line of lines) {
    const pin = parsePin(line);
    if (pin !== undefined) pins.push(pin);
  }
  return { exists: true, pins, unreadable: lines.length - pins.length };
}

function parsePin(line: string): Signed<Pin> | undefined {
  try {
    return SignedPin.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export interface PinFile {
  /** Resolves when the pin is on disk. One at a time. */
  append(pin: Pin): Promise<void>;
  close(): void;
}

/**
 * The append-only file of pins. It begins with the pin of the empty chain, made with the file: `isNew` says that the chain is
 * empty, since a file that is missing later must stay found out.
 */
export function openPinFile(path: string, signer: Signer, isNew: boolean, nowMs: number): PinFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  cutTornLine(path);
  const sizeBytes = existsSync(path) ? statSync(path).size : 0;
  if (sizeBytes > maxBytes) thin(path, nowMs);
  if (sizeBytes === 0 && isNew) {
    const first = lineOf(signer.pin({ seq: 0, hash: genesisHash, count: 0, atMs: nowMs }));
    writeFileSync(path, first, { mode: 0o600, flush: true });
    syncFolder(dirname(path));
  }
  let fd = openSync(path, "a", 0o600);
  let added = 0;
  return {
    append: async (pin) => {
      await writeAll(fd, lineOf(signer.pin(pin)));
      await syncData(fd);
      if (++added % thinEvery !== 0) return;
      thin(path, pin.atMs);
      closeSync(fd);
      fd = openSync(path, "a", 0o600);
    },
    close: () => closeSync(fd),
  };
}

function lineOf({ seq, hash, count, atMs, mac }: Signed<Pin>): string {
  return `${JSON.stringify({ seq, hash, count, atMs, mac })}\n`;
}

function cutTornLine(path: string): void {
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
}

/** Keeps the first pin, the newest ones, and one for every hour or day before; lines that cannot be read stay as evidence. */
function thin(path: string, nowMs: number): void {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  let last = -1;
  const kept = lines.filter((line, index) => {
    const pin = parsePin(line);
    if (pin === undefined || index === 0 || index >= lines.length - keptPins) return true;
    const grid = nowMs - pin.atMs < hourlyMs ? hourMs : dayMs;
    const slot = Math.floor(pin.atMs / grid) * grid;
    if (slot === last) return false;
    last = slot;
    return true;
  });
  const partial = `${path}.partial`;
  writeFileSync(partial, `${kept.join("\n")}\n`, { mode: 0o600, flush: true });
  renameSync(partial, path);
  syncFolder(dirname(path));
}

import { z } from "zod";
import {
  type ChainEntry,
  type Checkpoint,
  genesisHash,
  hashEntry,
  type Head,
  type Signed,
  type Signer,
} from "./chain.ts";
import type { AuditProblem } from "./contract.ts";
import type { PinsRead } from "./pins.ts";
import type { AuditReader } from "./repository.ts";

/** All that a check looks at. */
export interface Evidence {
  readonly reader: Pick<AuditReader, "head" | "checkpoints" | "entriesFrom" | "lastSeq">;
  readonly pins: PinsRead;
  /** Undefined when the key is missing: then signatures cannot be checked. */
  readonly signer: Signer | undefined;
}

/** Where a check stands between two parts. */
export const Progress = z.object({
  firstSeq: z.int(),
  /** The next one expected. */
  seq: z.int(),
  /** Hash of the entry before it. */
  hash: z.string(),
  atMs: z.int(),
});
export type Progress = z.infer<typeof Progress>;

export interface Part {
  /** Null at the end. */
  readonly progress: Progress | null;
  readonly problems: AuditProblem[];
  readonly checkedEntries: number;
  readonly totalEntries: number;
  readonly firstSeq: number;
}

/** Enough to see what happened; one change makes no more than a few. */
const maxProblems = 20;

/** Checks the next entries, at most so many, and at the end where the chain ends. Evidence must be of one moment. */
export function verifyPart(evidence: Evidence, from: Progress | null, limit: number): Part {
  const problems: AuditProblem[] = [];
  let at = from;
  if (at === null) {
    problems.push(...checkSignatures(evidence));
    at = start(evidence);
  }
  const entries = evidence.reader.entriesFrom(at.seq, limit);
  const head = evidence.reader.head();
  const pinned = new Map(evidence.pins.pins.map((pin) => [pin.seq, pin.hash]));
  for (const entry of entries) {
    // What lies behind the signed end is judged there.
    if (head !== undefined && entry.seq > head.seq) break;
    problems.push(...checkEntry(entry, at, pinned));
    at = { ...at, seq: entry.seq + 1, hash: entry.hash, atMs: Math.max(at.atMs, entry.atMs) };
    if (problems.length >= maxProblems) break;
  }
  const isEnd = entries.length < limit || problems.length >= maxProblems || (head !== undefined && at.seq > head.seq);
  if (isEnd && problems.length < maxProblems) problems.push(...checkEnd(evidence, at));
  const lastSeq = Math.max(head?.seq ?? 0, evidence.reader.lastSeq());
  return {
    progress: isEnd ? null : at,
    problems: problems.slice(0, maxProblems),
    checkedEntries: at.seq - at.firstSeq,
    totalEntries: Math.max(0, lastSeq - at.firstSeq + 1),
    firstSeq: at.firstSeq,
  };
}

/** The chain begins with the first entry ever, or behind the newest checkpoint that was signed. */
function start({ reader, signer }: Evidence): Progress {
  const checkpoints = reader.checkpoints();
  const last = checkpoints.findLast((checkpoint) => signer === undefined || signer.isCheckpoint(checkpoint));
  if (last === undefined) return { firstSeq: 1, seq: 1, hash: genesisHash, atMs: 0 };
  return { firstSeq: last.firstSeq, seq: last.firstSeq, hash: last.hash, atMs: 0 };
}

function checkSignatures({ reader, pins, signer }: Evidence): AuditProblem[] {
  const head = reader.head();
  const hasChain = head !== undefined || reader.lastSeq() > 0;
  const problems: AuditProblem[] = [];
  const add = (kind: AuditProblem["kind"], seq: number | null, detail: string) => problems.push({ kind, seq, detail });
  if (signer === undefined) {
    if (hasChain) add("key-missing", null, "The key of the audit log is missing: no signature can be checked.");
  } else {
    for (const checkpoint of reader.checkpoints()) {
      if (!signer.isCheckpoint(checkpoint)) add("checkpoint-forged", checkpoint.firstSeq, forgedCheckpoint(checkpoint));
    }
    if (head !== undefined && !signer.isHead(head)) {
      add("head-forged", head.seq, `The end of the log at entry ${head.seq} was not signed by this installation.`);
    }
    const forged = pins.pins.find((pin) => !signer.isPin(pin));
    if (forged !== undefined)
      add("pin-forged", forged.seq, `The pin of entry ${forged.seq} is not signed by this key.`);
  }
  if (pins.unreadable > 0) add("pin-forged", null, `${pins.unreadable} lines of the file of pins are no pins.`);
  if (hasChain) problems.push(...checkPins(pins, head));
  return problems;
}

function forgedCheckpoint({ firstSeq }: Checkpoint): string {
  return `The checkpoint that cuts everything before entry ${firstSeq} was not signed by this installation.`;
}

function checkPins(pins: PinsRead, head: Signed<Head> | undefined): AuditProblem[] {
  const missing = (detail: string): AuditProblem[] => [{ kind: "pins-missing", seq: null, detail }];
  if (!pins.exists) return missing("The file of pins is missing: a database that was put back could not be told.");
  if (pins.pins[0]?.seq !== 0) return missing("The begin of the file of pins is missing.");
  const last = pins.pins.at(-1)?.seq ?? 0;
  const expected = head?.pinnedSeq ?? 0;
  if (last < expected) return missing(`The file of pins ends at entry ${last}, but entry ${expected} was pinned.`);
  return [];
}

function checkEntry(entry: ChainEntry, at: Progress, pinned: ReadonlyMap<number, string>): AuditProblem[] {
  const { seq } = entry;
  const found = (kind: AuditProblem["kind"], detail: string, where = seq): AuditProblem[] => [
    { kind, seq: where, detail },
  ];
  if (seq > at.seq) {
    const which = seq - 1 === at.seq ? `Entry ${at.seq} is missing.` : `Entries ${at.seq} to ${seq - 1} are missing.`;
    return found("entry-missing", which, at.seq);
  }
  if (hashEntry(entry) !== entry.hash) return found("entry-changed", `Entry ${seq} is not what was written.`);
  if (entry.previousHash !== at.hash) {
    return found("order-changed", `Entry ${seq} does not continue entry ${seq - 1}: one was exchanged or put in.`);
  }
  if (entry.atMs < at.atMs) return found("time-backwards", `Entry ${seq} is older than the one before it.`);
  const pin = pinned.get(seq);
  if (pin !== undefined && pin !== entry.hash) {
    return found("rewritten", `Entry ${seq} is not the one that was pinned: the log was written anew before it.`);
  }
  return [];
}

/** `at` is behind the last entry that belongs to the chain. */
function checkEnd({ reader, pins }: Evidence, at: Progress): AuditProblem[] {
  const head = reader.head();
  const lastSeq = reader.lastSeq();
  const lastPin = pins.pins.reduce((last, pin) => Math.max(last, pin.seq), 0);
  const ended = at.seq - 1;
  if (head === undefined) {
    if (lastSeq === 0 && lastPin === 0) return [];
    return [{ kind: "head-missing", seq: null, detail: "The signed end of the log is missing." }];
  }
  if (ended < head.seq) {
    return [tailMissing(at.seq, `The log ends at entry ${ended}, but entry ${head.seq} was written.`)];
  }
  if (lastSeq > head.seq) {
    return [
      { kind: "entry-inserted", seq: head.seq + 1, detail: `Entry ${head.seq + 1} stands behind the signed end.` },
    ];
  }
  if (at.hash !== head.hash) {
    return [{ kind: "rewritten", seq: head.seq, detail: `Entry ${head.seq} is not the one whose hash was signed.` }];
  }
  if (lastPin > head.seq) {
    const detail = `The log ends at entry ${head.seq}, but entry ${lastPin} was pinned: an older database was put back.`;
    return [tailMissing(head.seq + 1, detail)];
  }
  return [];
}

function tailMissing(seq: number, detail: string): AuditProblem {
  return { kind: "tail-missing", seq, detail };
}

import { openReadOnly } from "#platform/db";
import { AppError } from "#platform/errors";
import { createSigner } from "./chain.ts";
import type { AuditProblem } from "./contract.ts";
import { auditPaths, readKey } from "./key.ts";
import { readPins } from "./pins.ts";
import { createAuditReader } from "./repository.ts";
import { type Part, type Progress, verifyPart } from "./verify.ts";

/** What a check of a whole data folder says. */
export interface Verification {
  readonly entries: number;
  /** Older ones were cut at a signed checkpoint. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly problems: readonly AuditProblem[];
}

const slice = 5000;

/** Checks the files of a data folder, with the server off or on. Throws AppError `not-found` when there is no database, or no log in it. */
export function verifyFolder(dataDir: string, databasePath: string): Verification {
  const paths = auditPaths(dataDir);
  const key = readKey(paths.key);
  const signer = key === undefined ? undefined : createSigner(key);
  // The pins first: they follow the entries, so none is ahead of what is read after them.
  const pins = readPins(paths.pins);
  const db = openReadOnly(databasePath);
  try {
    return db.snapshot(() => {
      const hasLog = db.prepare<unknown, []>("SELECT 1 FROM sqlite_master WHERE name = 'audit_entry'").get() !== null;
      if (!hasLog) throw new AppError("not-found", "This database is older than the audit log: start the server once.");
      const evidence = { reader: createAuditReader(db), pins, signer };
      const problems: AuditProblem[] = [];
      let progress: Progress | null = null;
      let part: Part;
      do {
        part = verifyPart(evidence, progress, slice);
        problems.push(...part.problems);
        progress = part.progress;
      } while (progress !== null);
      const lastSeq = part.firstSeq + part.checkedEntries - 1;
      return { entries: part.checkedEntries, firstSeq: part.firstSeq, lastSeq, problems };
    });
  } finally {
    db.close();
  }
}

/** For a person at a terminal. */
export function renderVerification({ entries, firstSeq, lastSeq, problems }: Verification): string {
  const [first] = problems;
  if (first === undefined) {
    const range = entries === 0 ? "" : ` (${firstSeq} to ${lastSeq})`;
    return `The audit log holds: ${entries} entries${range}, all as they were written.\n`;
  }
  const lines = problems.map(({ kind, detail }) => `  ${kind}: ${detail}`);
  return `The audit log does not hold. ${first.detail}\n${lines.join("\n")}\n`;
}

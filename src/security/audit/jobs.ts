import { z } from "zod";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { handleJob, type JobHandler, type JobKind } from "#platform/jobs";
import type { Signer } from "./chain.ts";
import type { AuditRepository } from "./repository.ts";

/** Cuts what is older than the configuration says; to be scheduled daily. */
export const auditRetention = {
  name: "audit.retain",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 3,
  timeoutMs: 60 * 60_000,
} satisfies JobKind;

interface RetentionDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly repository: AuditRepository;
  readonly signer: Signer;
  readonly settle: () => Promise<void>;
  readonly keepDays: number;
}

const dayMs = 86_400_000;
/** Kept whatever their age: a clock that jumps ahead for a moment must not take everything. */
const alwaysKept = 1000;
const removedAtOnce = 2000;

/** Signs a checkpoint, then removes what lies before it, a little at a time. A run that was interrupted is continued by the next. */
export function retention({ db, clock, repository, signer, settle, keepDays }: RetentionDeps): JobHandler {
  const cut = (): number | undefined => {
    const checkpoint = repository.checkpoints().at(-1);
    const head = repository.head();
    if (head === undefined || !signer.isHead(head)) return undefined;
    const lastCut = Math.min(repository.lastSeqBefore(clock.now() - keepDays * dayMs), head.seq - alwaysKept);
    const hash = lastCut < (checkpoint?.firstSeq ?? 1) ? undefined : repository.hashAt(lastCut);
    if (hash === undefined) return checkpoint?.firstSeq;
    const signed = signer.checkpoint({ firstSeq: lastCut + 1, cutCount: lastCut, hash, atMs: clock.now() });
    db.transaction(() => repository.addCheckpoint(signed));
    return signed.firstSeq;
  };
  return handleJob(auditRetention, async ({ log, signal, progress }) => {
    await settle();
    const firstSeq = cut();
    if (firstSeq === undefined) return;
    await db.sync();
    let removed = 0;
    for (let last = -1; last !== 0 && !signal.aborted;) {
      last = db.transaction(() => repository.removeBefore(firstSeq, removedAtOnce));
      removed += last;
      progress(removed, removed);
      await new Promise((resolve) => setImmediate(resolve));
    }
    log.info("old entries of the audit log were cut", { removed, firstSeq });
  });
}

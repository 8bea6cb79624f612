import type { Db } from "#platform/db";
import type { ChainEntry, Checkpoint, Head, Signed } from "./chain.ts";

/** What a column holds. */
export type Value = string | number | null;

/** The part of a database that reading needs, so that a file can be verified beside the running server. */
export type Reader = Pick<Db, "prepare">;

const columns = `seq, at_ms AS atMs, first_at_ms AS firstAtMs, count, user_id AS userId, name, kind, via, factors,
  credential_id AS credentialId, address, user_agent AS userAgent, operation, resources, outcome, detail,
  request_id AS requestId, previous_hash AS previousHash, hash`;

export type AuditReader = ReturnType<typeof createAuditReader>;

export function createAuditReader(db: Reader) {
  return {
    head: (): Signed<Head> | undefined =>
      db
        .prepare<Signed<Head>, []>(
          "SELECT seq, hash, count, at_ms AS atMs, pinned_seq AS pinnedSeq, mac FROM audit_head WHERE id = 1",
        )
        .get() ?? undefined,
    /** Oldest first. */
    checkpoints: (): Signed<Checkpoint>[] =>
      db
        .prepare<Signed<Checkpoint>, []>(
          "SELECT first_seq AS firstSeq, cut_count AS cutCount, hash, at_ms AS atMs, mac FROM audit_checkpoint ORDER BY first_seq",
        )
        .all(),
    /** In the order of the chain. */
    entriesFrom: (seq: number, limit: number): ChainEntry[] =>
      db
        .prepare<ChainEntry, [number, number]>(`SELECT ${columns} FROM audit_entry WHERE seq >= ? ORDER BY seq LIMIT ?`)
        .all(seq, limit),
    hashAt: (seq: number): string | undefined =>
      db.prepare<{ hash: string }, [number]>("SELECT hash FROM audit_entry WHERE seq = ?").get(seq)?.hash,
    exists: (seq: number): boolean =>
      db.prepare<{ seq: number }, [number]>("SELECT seq FROM audit_entry WHERE seq = ?").get(seq) !== null,
    lastSeq: (): number =>
      db.prepare<{ seq: number | null }, []>("SELECT max(seq) AS seq FROM audit_entry").get()?.seq ?? 0,
    /** `where` is SQL of this module with its values; newest first. */
    find: (where: string, values: readonly Value[], limit: number): ChainEntry[] =>
      db
        .prepare<ChainEntry, Value[]>(`SELECT ${columns} FROM audit_entry WHERE ${where} ORDER BY seq DESC LIMIT ?`)
        .all(...values, limit),
    /** The newest entry written before that time; 0 when there is none. */
    lastSeqBefore: (atMs: number): number =>
      db.prepare<{ seq: number | null }, [number]>("SELECT max(seq) AS seq FROM audit_entry WHERE at_ms < ?").get(atMs)
        ?.seq ?? 0,
  };
}

export type AuditRepository = ReturnType<typeof createAuditRepository>;

/** All SQL of the audit; writes want a transaction of the caller. */
export function createAuditRepository(db: Reader) {
  return {
    ...createAuditReader(db),
    append: (entry: ChainEntry): void => {
      db.prepare<unknown, Value[]>(
        "INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      ).run(
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
        entry.hash,
      );
    },
    saveHead: ({ seq, hash, count, atMs, pinnedSeq, mac }: Signed<Head>): void => {
      db.prepare<unknown, Value[]>("INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?, ?, ?, ?, ?)").run(
        seq,
        hash,
        count,
        atMs,
        pinnedSeq,
        mac,
      );
    },
    addCheckpoint: ({ firstSeq, cutCount, hash, atMs, mac }: Signed<Checkpoint>): void => {
      db.prepare<unknown, Value[]>("INSERT INTO audit_checkpoint VALUES (?, ?, ?, ?, ?)").run(
        firstSeq,
        cutCount,
        hash,
        atMs,
        mac,
      );
    },
    /** At most so many of the entries before the newest checkpoint; answers how many. */
    removeBefore: (seq: number, limit: number): number =>
      db
        .prepare<unknown, [number, number]>(
          "DELETE FROM audit_entry WHERE seq IN (SELECT seq FROM audit_entry WHERE seq < ? ORDER BY seq LIMIT ?)",
        )
        .run(seq, limit).changes,
  };
}

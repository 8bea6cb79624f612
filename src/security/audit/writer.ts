import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Logger } from "#platform/log";
import { systemActor } from "#platform/usecase";
import { type ChainEntry, genesisHash, hashEntry, type Head, type Signer } from "./chain.ts";
import type { AuditEvent, Draft } from "./event.ts";
import { createPending } from "./pending.ts";
import type { PinFile } from "./pins.ts";
import type { AuditRepository } from "./repository.ts";
import { createStorms } from "./storm.ts";

export interface AuditWriter {
  /**
   * Takes an event. What concerns security gives a promise that resolves when it is on disk, or when that failed, which is
   * logged: it never rejects. Everything else is written within a second.
   */
  record(event: AuditEvent): Promise<void> | undefined;
  /** What is being written now, for whoever has to wait for an event that somebody else recorded. */
  underWay(): Promise<void> | undefined;
  /** Writes all there is now, counted refusals too. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

interface WriterDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly repository: AuditRepository;
  readonly signer: Signer;
  readonly pinFile: PinFile;
}

const flushAfterMs = 1000;
const pinEveryMs = 1000;
const stormLookMs = 10_000;
const maxPending = 10_000;
const batchSize = 1000;

/** What happens by the thousand and changes no rights; it may be lost with the last second of a power cut. */
const bulk = /^(dav|uploads|files|trash)\./;
const rights = new Set(["files.createSpace", "files.setSpaceMembers"]);
const isBulk = ({ operation, outcome }: AuditEvent) =>
  outcome !== "refused" && bulk.test(operation) && !rights.has(operation);
/** Everything that did not succeed can be repeated by whoever wants to fill the disk. */
const canStorm = ({ outcome }: AuditEvent) => outcome !== "allowed";

export function createWriter(deps: WriterDeps): AuditWriter {
  const { db, clock, log } = deps;
  const pending = createPending(clock, maxPending);
  const storms = createStorms(clock);
  const pinner = createPinner(deps);
  const append = createAppend(deps, pinner.pinnedSeq);
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let stormTimer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let isFailing = false;

  const noteLost = (): void => {
    const lost = pending.takeLost();
    if (lost === 0) return;
    flushLater();
    const detail = `${lost} acts were not written: the log could not keep up, or its disk failed`;
    pending.add({ operation: "audit.lost", outcome: "failed", actor: systemActor, detail });
    log.error(`the audit log: ${detail}`);
  };
  const writeBatch = async (drafts: readonly Draft[]): Promise<void> => {
    let head: Head;
    try {
      head = db.transaction(() => append(drafts));
    } catch (thrown) {
      pending.restore(drafts);
      throw thrown;
    }
    try {
      await db.sync();
    } catch (thrown) {
      // A commit that failed took the entries with it; they are written again unless they are there after all.
      if (deps.repository.hashAt(head.seq) !== head.hash) pending.restore(drafts);
      throw thrown;
    }
    pinner.pin(head);
  };
  const writeAll = async (): Promise<void> => {
    // Out of whatever transaction the caller may be in: what it undoes must not undo this.
    await Promise.resolve();
    clearTimeout(flushTimer);
    flushTimer = undefined;
    for (const folded of storms.take("ended")) pending.addFolded(folded);
    try {
      for (let left = pending.size(); left > 0; left -= batchSize) await writeBatch(pending.take(batchSize));
      noteLost();
      isFailing = false;
    } catch (cause) {
      // Said once: it is tried again every second, and the log has the same disk.
      if (!isFailing) log.error("the audit log could not be written", { cause, waiting: pending.size() });
      isFailing = true;
      flushLater();
    }
  };
  /** A run that has begun may have missed what was recorded since: then the next one counts. */
  const flush = (): Promise<void> => {
    if (next !== undefined) return next;
    const begin = (): Promise<void> => {
      next = undefined;
      const current = writeAll().finally(() => {
        if (running === current) running = undefined;
      });
      running = current;
      return current;
    };
    if (running === undefined) return begin();
    next = running.then(begin);
    return next;
  };
  function flushLater(): void {
    flushTimer ??= setTimeout(() => void flush(), flushAfterMs);
  }
  const watchStorms = (): void => {
    stormTimer ??= setTimeout(() => {
      stormTimer = undefined;
      void flush();
      if (storms.isCounting()) watchStorms();
    }, stormLookMs);
  };

  return {
    record: (event) => {
      if (canStorm(event)) {
        watchStorms();
        if (!storms.admit(event)) return undefined;
      }
      if (isBulk(event)) {
        pending.merge(event);
        flushLater();
        return undefined;
      }
      pending.add(event);
      return flush();
    },
    underWay: () => next ?? running,
    settle: () => {
      for (const folded of storms.take("all")) pending.addFolded(folded);
      return flush();
    },
    stop: async () => {
      clearTimeout(stormTimer);
      for (const folded of storms.take("all")) pending.addFolded(folded);
      await flush();
      clearTimeout(flushTimer);
      await pinner.stop();
    },
  };
}

/** Continues the chain from what the database says, never from memory: a transaction may be undone. */
function createAppend({ repository, signer, clock, log }: WriterDeps, pinnedSeq: () => number) {
  const trustedHead = (): Head => {
    const head = repository.head();
    if (head !== undefined && signer.isHead(head)) return head;
    const last = repository.entriesFrom(repository.lastSeq(), 1)[0];
    if (last === undefined && head === undefined) return { seq: 0, hash: genesisHash, count: 0, atMs: 0, pinnedSeq: 0 };
    log.error("the head of the audit log was not signed by this installation: run `hearth audit verify`");
    return last === undefined
      ? { seq: 0, hash: genesisHash, count: 0, atMs: 0, pinnedSeq: 0 }
      : { seq: last.seq, hash: last.hash, count: last.seq, atMs: last.atMs, pinnedSeq: pinnedSeq() };
  };
  return (drafts: readonly Draft[]): Head => {
    const before = trustedHead();
    let { seq, hash, count, atMs } = before;
    for (const draft of drafts) {
      seq += 1;
      count += 1;
      atMs = Math.max(atMs, clock.now());
      const entry: Omit<ChainEntry, "hash"> = { ...draft, seq, atMs, previousHash: hash };
      hash = hashEntry(entry);
      repository.append({ ...entry, hash });
    }
    const head = { seq, hash, count, atMs, pinnedSeq: Math.max(before.pinnedSeq, pinnedSeq()) };
    repository.saveHead(signer.head(head));
    return head;
  };
}

/** Pins heads that are on disk, at most one a second, one after the other. */
function createPinner({ pinFile, log }: WriterDeps) {
  let latest: Head | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let pinnedSeq = 0;
  const write = (): void => {
    const head = latest;
    latest = undefined;
    if (head === undefined) return;
    writing = writing
      .then(() => pinFile.append(head))
      .then(
        () => {
          pinnedSeq = head.seq;
        },
        (cause: unknown) => log.error("a head of the audit log could not be pinned", { cause }),
      );
  };
  return {
    pinnedSeq: () => pinnedSeq,
    pin: (head: Head): void => {
      latest = head;
      if (timer !== undefined) return;
      write();
      timer = setTimeout(() => {
        timer = undefined;
        if (latest !== undefined) write();
      }, pinEveryMs);
    },
    stop: async (): Promise<void> => {
      clearTimeout(timer);
      write();
      await writing;
      pinFile.close();
    },
  };
}

import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { AppError } from "#platform/errors";
import type { Observe, Route } from "#platform/http";
import type { Job, JobHandler } from "#platform/jobs";
import type { Logger } from "#platform/log";
import { type AuditEntry as OperationEntry, type Implementation, systemActor } from "#platform/usecase";
import { createSigner, type Signer } from "./chain.ts";
import type { AuditEvent } from "./event.ts";
import { exportRoute } from "./export.ts";
import { retention } from "./jobs.ts";
import { auditPaths, ensureKey } from "./key.ts";
import { createObserver, isRefusedVisit, isVisit, type ObserverDeps } from "./observe.ts";
import { openPinFile, readPins } from "./pins.ts";
import { type AuditRepository, createAuditRepository } from "./repository.ts";
import { auditUseCases } from "./routes.ts";
import { createWriter } from "./writer.ts";

export interface AuditDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The key and the pins lie in its folder `security`. */
  readonly dataDir: string;
  /** Older entries are cut once a day. */
  readonly keepDays: number;
  readonly findAccount: ObserverDeps["findAccount"];
}

export interface Audit {
  /**
   * Writes down what was done or refused. What concerns security gives a promise that resolves when it is on disk; wait for
   * it before answering. Never throws and never rejects.
   */
  record(event: AuditEvent): Promise<void> | undefined;
  /** For the runner: every write and every refusal of an operation. */
  readonly recordOperation: (entry: OperationEntry) => Promise<void> | undefined;
  /** For the walk of requests: what no operation tells of. */
  readonly observe: Observe;
  /** For the queue: what ended by itself, above all what deletes. */
  readonly jobChanged: (job: Job) => void;
  /** To be called when the storage runs and before the listener does. */
  start(): Promise<void>;
  /** Writes what is left; nothing may be recorded afterwards. */
  stop(): Promise<void>;
  readonly implementations: readonly Implementation[];
  readonly routes: readonly Route[];
  /** The handler of `auditRetention`. */
  readonly jobHandlers: readonly JobHandler[];
}

/** The audit log: append-only, hash-chained, its heads signed and pinned outside the database. */
export function createAudit(deps: AuditDeps): Audit {
  const { db, clock, log } = deps;
  const paths = auditPaths(deps.dataDir);
  const repository = createAuditRepository(db);
  const isEmpty = repository.head() === undefined && repository.lastSeq() === 0;
  const { key, isNew } = ensureKey(paths.key, deps.random);
  const signer = createSigner(key);
  const pinFile = openPinFile(paths.pins, signer, isEmpty, clock.now());
  const writer = createWriter({ db, clock, log, repository, signer, pinFile });
  const recorded = new WeakSet<AppError>();

  const record = (event: AuditEvent): Promise<void> | undefined => {
    if (event.error !== undefined) recorded.add(event.error);
    return writer.record(event);
  };
  const tell = (operation: string, outcome: AuditEvent["outcome"], detail: string) =>
    record({ operation, outcome, actor: systemActor, detail });

  return {
    record,
    recordOperation: (entry) => {
      const { operation, error } = entry;
      const isRefused = error !== undefined && isVisit(operation) && isRefusedVisit(error);
      return record(isRefused ? { ...entry, outcome: "refused" } : entry);
    },
    observe: createObserver({
      record,
      isRecorded: (error) => recorded.has(error),
      underWay: writer.underWay,
      findAccount: deps.findAccount,
    }),
    jobChanged: ({ kind, state, id, error }) => {
      if (state !== "done" && state !== "failed") return;
      const outcome = state === "done" ? "allowed" : "failed";
      void record({
        operation: `job.${kind}`,
        outcome,
        actor: systemActor,
        resources: [`job ${id}`],
        detail: error ?? "",
      });
    },
    start: async () => {
      const doubts = isEmpty ? [] : doubtsAbout(repository, signer, isNew, paths.pins);
      for (const doubt of doubts) {
        log.error(`the audit log: ${doubt} Run \`hearth audit verify\`.`);
        await tell("audit.doubt", "failed", doubt);
      }
      await tell("server.start", "allowed", "");
    },
    stop: async () => {
      await tell("server.stop", "allowed", "");
      await writer.stop();
    },
    implementations: auditUseCases({ repository, settle: writer.settle, signer, pinsPath: paths.pins }),
    routes: [exportRoute({ repository, settle: writer.settle, record })],
    jobHandlers: [retention({ db, clock, repository, signer, settle: writer.settle, keepDays: deps.keepDays })],
  };
}

/** What is seen at once when the server starts; `verify` looks at everything. */
function doubtsAbout(repository: AuditRepository, signer: Signer, isNewKey: boolean, pinsPath: string): string[] {
  if (isNewKey) return ["The key was missing; a new one was made, so nothing before this can be checked."];
  const doubts: string[] = [];
  const head = repository.head();
  if (head === undefined || !signer.isHead(head)) doubts.push("Its end was not signed by this installation.");
  const { pins } = readPins(pinsPath);
  const last = pins.at(-1);
  if (pins[0]?.seq !== 0) doubts.push("The begin of the file of pins is missing.");
  else if (last !== undefined && last.seq > 0 && repository.hashAt(last.seq) !== last.hash) {
    doubts.push(
      `Entry ${last.seq}, which was pinned, is missing or another: an older database may have been put back.`,
    );
  }
  return doubts;
}

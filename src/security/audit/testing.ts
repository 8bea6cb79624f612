import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemRandom } from "#platform/clock";
import { type Db, openDatabase } from "#platform/db";
import { jobsMigrations } from "#platform/jobs";
import { createLogger } from "#platform/log";
import { type Actor, anonymous } from "#platform/usecase";
import type { AuditEvent } from "./event.ts";
import { auditMigrations } from "./migrations/index.ts";
import { type Audit, createAudit } from "./service.ts";
import { verifyFolder } from "./verify-folder.ts";

export const anna: Actor = {
  ...anonymous,
  kind: "person",
  userId: 7,
  name: "anna",
  via: "session",
  credentialId: "s1",
  readOnly: false,
  factors: ["password", "totp"],
  capabilities: new Set(["security.read"]),
};

export const act = (rest: Partial<AuditEvent> = {}): AuditEvent => ({
  operation: "people.update",
  outcome: "allowed",
  actor: anna,
  address: "192.0.2.7",
  userAgent: "test",
  requestId: "r1",
  ...rest,
});

/** A data folder with an audit log on real files, under a clock that the test sets. */
export function openTestFolder(dir = mkdtempSync(join(tmpdir(), "hearth-audit-"))) {
  const databasePath = join(dir, "hearth.db");
  const logged: string[] = [];
  const clock = { nowMs: 1_800_000_000_000, now: () => clock.nowMs };
  const log = createLogger({ clock, level: "error", write: (line) => void logged.push(line) });

  /** Runs the audit as the server would, from start to stop. */
  const run = async (
    work: (audit: Audit, db: Db) => Promise<void> | void,
    options: { clock?: Clock; keepDays?: number } = {},
  ): Promise<void> => {
    const deps = { clock, log, random: systemRandom, ...options };
    const db = openDatabase({
      path: databasePath,
      migrations: [...jobsMigrations, ...auditMigrations],
      ...deps,
      holdMs: 10,
    });
    const findAccount = (name: string) => (name === "anna" ? { id: anna.userId, name } : undefined);
    const audit = createAudit({ db, dataDir: dir, keepDays: 400, findAccount, ...deps });
    await audit.start();
    await work(audit, db);
    await audit.stop();
    db.close();
  };

  return {
    dir,
    databasePath,
    pinsPath: join(dir, "security", "audit-heads"),
    keyPath: join(dir, "security", "audit.key"),
    clock,
    logged,
    run,
    verify: () => verifyFolder(dir, databasePath),
    /** What is wrong, as `kind` or `kind 5` of the entry. */
    problems: () =>
      verifyFolder(dir, databasePath).problems.map(({ kind, seq }) => (seq === null ? kind : `${kind} ${seq}`)),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export type TestFolder = ReturnType<typeof openTestFolder>;

/** An operation of the module as the runner would call it. */
export async function call(audit: Audit, name: string, input: Record<string, unknown> = {}, actor = anna) {
  const implementation = audit.implementations.find((one) => one.name === name);
  const parsed = implementation?.operation.input.parse(input);
  const context = { actor, requestId: "r", address: "", userAgent: "", secure: true, replyHeaders: new Headers() };
  const output: unknown = await implementation?.handler(
    { ...context, checked: () => undefined, claims: () => undefined },
    parsed,
  );
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  return output as any;
}

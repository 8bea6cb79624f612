import type { Database } from "bun:sqlite";
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "#platform/errors";
import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";

/** One forward step of the schema; its text never changes once it has shipped. */
export interface Migration {
  /** Unique in the product, as `identity-001`. */
  readonly id: string;
  readonly sql: string;
}

interface MigrateDeps {
  readonly path: string;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  readonly log: Logger;
}

interface Applied {
  readonly id: string;
  readonly checksum: string;
}

/**
 * Applies what is missing, in order, each step in a transaction of its own. Before the first one, an existing database is
 * copied to `<path>.before-<time>`. Throws when a step that was applied has changed or is unknown to this program.
 */
export function migrate(sqlite: Database, deps: MigrateDeps): void {
  sqlite.run(
    "CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT",
  );
  const applied = sqlite.query<Applied, []>("SELECT id, checksum FROM migration").all();
  refuseTwins(deps.migrations);
  refuseStrangers(applied, deps.migrations);
  const done = new Set(applied.map((row) => row.id));
  const pending = deps.migrations.filter((step) => !done.has(step.id));
  if (pending.length === 0) return;
  if (applied.length > 0) snapshot(sqlite, deps);
  for (const step of pending) {
    sqlite.transaction(() => {
      sqlite.run(step.sql);
      sqlite.run("INSERT INTO migration (id, checksum, applied_at_ms) VALUES (?, ?, ?)", [
        step.id,
        checksum(step),
        deps.clock.now(),
      ]);
    })();
    deps.log.debug("schema step applied", { id: step.id });
  }
}

function refuseTwins(steps: readonly Migration[]): void {
  const ids = new Set<string>();
  for (const { id } of steps) {
    if (ids.has(id)) throw new Error(`two schema steps are called ${id}`);
    ids.add(id);
  }
}

function refuseStrangers(applied: readonly Applied[], known: readonly Migration[]): void {
  const byId = new Map(known.map((step) => [step.id, step]));
  for (const row of applied) {
    const step = byId.get(row.id);
    if (step === undefined) {
      throw new AppError(
        "unavailable",
        `The database was written by a newer Hearth (it has step ${row.id}). Start that version.`,
      );
    }
    if (checksum(step) !== row.checksum) {
      throw new AppError("unavailable", `Schema step ${row.id} differs from the one this database was made with.`);
    }
  }
}

/** So many copies are kept; the schema rarely changes, and each is a whole database. */
const maxSnapshots = 3;

/** The copy is on disk, under its name, before the first step begins. */
function snapshot(sqlite: Database, deps: MigrateDeps): void {
  if (deps.path === ":memory:") return;
  const stamp = new Date(deps.clock.now()).toISOString().replaceAll(/[:.]/g, "-");
  const prefix = `${deps.path}.before-`;
  const target = `${prefix}${stamp}`;
  const partial = `${deps.path}.partial-copy`;
  rmSync(partial, { force: true });
  sqlite.run("VACUUM INTO ?", [partial]);
  syncPath(partial);
  renameSync(partial, target);
  syncPath(dirname(target));
  deps.log.info("database copied before the schema changes", { target });

  const folder = dirname(deps.path);
  const copies = readdirSync(folder).filter((name) => name.startsWith(basename(prefix)));
  for (const name of copies.toSorted().slice(0, -maxSnapshots)) rmSync(join(folder, name));
}

function syncPath(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function checksum(step: Migration): string {
  return new Bun.CryptoHasher("sha256").update(step.sql).digest("hex");
}

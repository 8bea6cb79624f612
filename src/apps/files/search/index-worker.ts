import { rmSync } from "node:fs";
import { setPriority } from "node:os";
import { workerData } from "node:worker_threads";
import { type Db, openDatabase } from "#platform/db";
import { systemClock } from "#platform/clock";
import { createLogger } from "#platform/log";
import { searchMigrations } from "./migrations/index.ts";
import type { IndexCalls, Part } from "./protocol.ts";
import { createIndexRepository } from "./repository.ts";
import { serve } from "#platform/thread";

const niceness = 10;

/** The one writer of `search.db`, on a thread of its own. */
const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
const { path } = workerData as { path: string };
// On Linux this is the thread alone: whoever waits for an answer comes first.
setPriority(niceness);
let staged: Part[] = [];
let opened: { db: Db; index: ReturnType<typeof createIndexRepository> } | undefined;

/** What is broken, or of another version, is made anew: nothing in it is known nowhere else. */
function openAnew(): Db {
  const deps = { path, migrations: searchMigrations, clock: systemClock, log };
  try {
    return openDatabase(deps);
  } catch {
    for (const ending of ["", "-wal", "-shm"]) rmSync(`${path}${ending}`, { force: true });
    return openDatabase(deps);
  }
}

function index(): ReturnType<typeof createIndexRepository> {
  if (opened === undefined) {
    const db = openAnew();
    opened = { db, index: createIndexRepository(db) };
  }
  return opened.index;
}

const calls: Parameters<typeof serve<IndexCalls>>[0] = {
  begin: ({ recipe }) => {
    index().useRecipe(recipe);
    return { seen: index().seen() };
  },
  stage: (part) => {
    staged.push(part);
    return null;
  },
  unstage: () => {
    staged = [];
    return null;
  },
  apply: ({ records, removed, atMs, staged: count = 0 }) => {
    const parts = count === 0 ? [] : staged;
    staged = [];
    if (parts.length !== count) throw new Error(`${parts.length} of ${count} parts are there`);
    return { moved: index().apply([...parts, { records, removed }], atMs) };
  },
  setSeen: ({ spaceId, seq }) => {
    index().setSeen(spaceId, seq);
    return null;
  },
  idsAfter: ({ spaceId, nodeId, limit }) => index().idsAfter(spaceId, nodeId, limit),
  wanted: ({ afterKey, limit }) => index().wanted(afterKey, limit),
  beginText: ({ key, atMs }) => index().beginText(key, atMs),
  leaveText: ({ key }) => {
    index().leaveText(key);
    return null;
  },
  setText: (input) => {
    index().setText(input);
    return null;
  },
  tallies: () => ({ tallies: index().tallies(), byReason: index().byReason() }),
  skipped: ({ limit, offset }) => index().skipped(limit, offset),
};
serve<IndexCalls>(calls, () => opened?.db.close());

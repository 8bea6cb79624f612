import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock, systemRandom } from "#platform/clock";
import { type Db, openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { systemActor } from "#platform/usecase";
import type { Durability } from "./committer.ts";
import { createStorage, storageMigrations } from "./index.ts";
import type { NodeInfo, SpaceInfo } from "./types.ts";
import type { Storage } from "./storage.ts";
import type { TierConfig } from "./tiers-stores.ts";

export const act = { actor: systemActor };

export interface TestStorage {
  readonly storage: Storage;
  readonly db: Db;
  readonly home: SpaceInfo;
  /** Folder of the home on disk. */
  readonly path: string;
  readonly volumePath: string;
  /** Opens the same data again, as after a restart; `whileOff` runs in between. */
  reopen(whileOff?: () => void): Promise<TestStorage>;
  /** Opens a copy of the database as it is now on the same volume, as after a kill. */
  crash(whileOff?: () => void): Promise<TestStorage>;
  close(): Promise<void>;
}

/** The real storage on a temporary volume, with one home called `anna`. */
export async function openTestStorage(
  options: {
    durability?: Durability;
    clock?: Clock;
    dir?: string;
    mergeVersionsMs?: number;
    tiers?: readonly TierConfig[];
  } = {},
): Promise<TestStorage> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "hearth-storage-"));
  const volumePath = join(dir, "volume");
  mkdirSync(volumePath, { recursive: true });
  const clock = options.clock ?? systemClock;
  const log = createLogger({ clock, level: "error", write: (line) => process.stderr.write(line) });
  const db = openDatabase({ path: join(dir, "hearth.db"), migrations: storageMigrations, clock, log });
  const exec = createExec({ log, clock });
  const durability = options.durability ?? "relaxed";
  const storage = createStorage({
    db,
    clock,
    random: systemRandom,
    log,
    exec,
    volumes: { main: volumePath },
    durability,
    tiers: options.tiers ?? [],
    ...(options.mergeVersionsMs === undefined ? {} : { mergeVersionsMs: options.mergeVersionsMs }),
  });
  await storage.start();
  const home =
    storage.findSpace("home", "anna") ?? (await storage.createSpace({ kind: "home", name: "anna", quotaBytes: null }));
  await storage.settled();
  const end = async () => {
    await storage.stop();
    await exec.stopAll();
    db.close();
  };
  return {
    storage,
    db,
    home,
    path: join(volumePath, "home", "anna"),
    volumePath,
    reopen: async (whileOff) => {
      await end();
      whileOff?.();
      return openTestStorage({ ...options, dir });
    },
    crash: async (whileOff) => {
      const copy = join(dir, "killed.db");
      db.prepare<never, [string]>("VACUUM INTO ?").run(copy);
      await end();
      for (const ending of ["-wal", "-shm"]) rmSync(join(dir, `hearth.db${ending}`), { force: true });
      renameSync(copy, join(dir, "hearth.db"));
      whileOff?.();
      return openTestStorage({ ...options, dir });
    },
    close: async () => {
      await end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const bytes = (text: string) => new TextEncoder().encode(text);

/** Path → content of every file, and path → null of every folder, as the disk has it. */
export function treeOnDisk(root: string): Map<string, string | null> {
  const tree = new Map<string, string | null>();
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted()) {
    const path = join(root, name);
    tree.set(name, statSync(path).isDirectory() ? null : readFileSync(path, "utf8"));
  }
  return tree;
}

/** The same as the index has it; content is read through the storage. */
export function treeInIndex(storage: Storage, spaceRootId: number): Map<string, string | null> {
  const tree = new Map<string, string | null>();
  const walk = (folderId: number, prefix: string) => {
    for (const node of storage.children(folderId)) {
      const path = prefix + node.name;
      tree.set(path, node.kind === "folder" ? null : readNode(storage, node));
      if (node.kind === "folder") walk(node.id, `${path}/`);
    }
  };
  walk(spaceRootId, "");
  return new Map([...tree].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function readNode(storage: Storage, node: NodeInfo): string {
  const file = storage.open(node.id);
  try {
    return readFileSync(file.fd, "utf8");
  } finally {
    file.close();
  }
}

/** Waits until `check` holds; the limit is generous for a busy machine. */
export async function eventually(check: () => boolean, limitMs = 5_000): Promise<void> {
  const until = performance.now() + limitMs;
  while (!check()) {
    if (performance.now() > until) throw new Error("it did not happen in time");
    await Bun.sleep(10);
  }
}

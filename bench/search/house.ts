import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createIndexRepository, createSearch, searchMigrations, type Search } from "#apps/files/search";
import { systemClock, systemRandom } from "#platform/clock";
import { type Db, openDatabase } from "#platform/db";
import { createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { type Actor, anonymous } from "#platform/usecase";
import { accessMigrations, capabilitiesOf, createAccess } from "#security/access";
import { createStorage, type NodeInfo, storageMigrations } from "#storage/primary";
import { createWords } from "./words.ts";

export interface SearchHouse {
  readonly search: Search;
  readonly files: number;
  /** Sees all but a thousandth. */
  readonly anna: Actor;
  /** Has a thousandth in a home of their own. */
  readonly ben: Actor;
  /** Was let into a thousandth, folder by folder and file by file, in anna's home. */
  readonly carl: Actor;
  /** Time in which names, and texts, were taken in. */
  readonly namesMs: number;
  readonly textsMs: number;
  readonly indexBytes: number;
  close(): Promise<void>;
}

const filesPerFolder = 40;
/** One file in so many has a text. */
export const filesPerDocument = 4;
const wordsPerText = 60;
const batch = 20_000;
const yearsUs = 10 * 365 * 86_400 * 1e6;
const newestUs = Date.UTC(2026, 0, 1) * 1000;

/** A house with so many files that are on no disk: rows of the index of the storage, and an index of the search with made-up texts. */
export async function openSearchHouse(tempRoot: string, files: number): Promise<SearchHouse> {
  const dir = mkdtempSync(join(tempRoot, "hearth-bench-search-"));
  const clock = systemClock;
  const log = createLogger({ clock, level: "error", write: (line) => process.stderr.write(line) });
  const db = openDatabase({
    path: join(dir, "hearth.db"),
    migrations: [...accessMigrations, ...storageMigrations],
    clock,
    log,
  });
  const exec = createExec({ log, clock });
  mkdirSync(join(dir, "volume"));
  const put = beginSpaces(db, files);
  const real = createStorage({
    ...{ db, clock, random: systemRandom, log, exec, durability: "relaxed" as const },
    volumes: { main: join(dir, "volume") },
  });
  // Never started: it would look for the files on the disk.
  const storage = { ...real, settled: () => Promise.resolve() };
  const names = { person: () => undefined, group: () => undefined, space: () => undefined, path: storage.lineage };
  const access = createAccess({ db, clock, tree: storage, names, groups: () => [] });
  access.grantHome(1, 1);
  access.grantHome(2, 2);
  const person = (userId: number): Actor => ({
    ...anonymous,
    ...{ kind: "person", userId, name: `p${userId}`, via: "session", readOnly: false },
    capabilities: capabilitiesOf(["member"]),
  });
  const options = { text: true, maxFileBytes: 2 ** 20 };
  const search = createSearch({
    ...{ storage, access, exec, clock, log, dataDir: dir, options },
    linkedNodeIds: () => new Set(),
    enqueue: () => 0,
  });
  // It has seen what there was so far; the rest is written by its own writer, here and without any log.
  await search.followed();
  const lastId = fill(db, put, files);
  letIn(access, storage, files);
  const { namesMs, textsMs } = fillIndex(join(dir, "search.db"), storage, lastId);
  return {
    search,
    files,
    anna: person(1),
    ben: person(2),
    carl: person(3),
    namesMs,
    textsMs,
    indexBytes: Bun.file(join(dir, "search.db")).size,
    close: async () => {
      await search.stop();
      await real.stop();
      await exec.stopAll();
      db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

type PutNode = (id: number, spaceId: number, parentId: number | null, name: string, kind: number) => void;

/** Two homes, which are nodes 1 and 2. */
function beginSpaces(db: Db, files: number): PutNode {
  db.prepare("INSERT INTO volume VALUES ('main', 'x')").run();
  const space = db.prepare(
    "INSERT INTO space (id, kind, name, volume, folder, root_id, quota_bytes, epoch, seq) VALUES (?, 'home', ?, 'main', ?, ?, NULL, ?, 1)",
  );
  for (const id of [1, 2]) space.run(id, `p${id}`, `home/p${id}`, id, `e${id}.`);
  const node = db.prepare(
    `INSERT INTO node (id, space_id, parent_id, name, fold, kind, size_bytes, count, mtime_us, btime_us, ino, etag)
     VALUES (?, ?, ?, ?, ?, ?, 1000, 0, ?, 0, ?, ?)`,
  );
  const put: PutNode = (id, spaceId, parentId, name, kind) => {
    const mtimeUs = newestUs - Math.floor(((id * 7919) % files) * (yearsUs / files));
    node.run(id, spaceId, parentId, name, name.toLowerCase(), kind, mtimeUs, id, id);
  };
  put(1, 1, null, "p1", 1);
  put(2, 2, null, "p2", 1);
  return put;
}

/** Folders, each followed by its files; answers the last id. */
function fill(db: Db, put: PutNode, files: number): number {
  const { name } = createWords(1);
  let id = 2;
  let folder = 0;
  for (let count = 0; count < files;) {
    db.transaction(() => {
      for (let n = 0; n < batch && count < files; n += 1, count += 1) {
        const isBens = count >= files - files / 1000;
        if (count % filesPerFolder === 0 || folder === 0) {
          folder = id += 1;
          put(folder, isBens ? 2 : 1, isBens ? 2 : 1, `${name(count)} ${count}`, 1);
        }
        id += 1;
        put(id, isBens ? 2 : 1, folder, `${name(count)}.txt`, 0);
      }
    });
  }
  return id;
}

/** Half a thousandth by folders, and twenty files by themselves. */
function letIn(
  access: ReturnType<typeof createAccess>,
  storage: Pick<ReturnType<typeof createStorage>, "children">,
  files: number,
): void {
  const folders = storage.children(1);
  const count = Math.ceil(files / 1000 / filesPerFolder);
  const step = Math.max(1, Math.floor(folders.length / count));
  const picked = folders.filter((_, at) => at % step === 0).slice(0, count);
  const single = folders.slice(1, 21).flatMap(({ id }) => storage.children(id).slice(0, 1));
  for (const { id } of [...picked, ...single]) {
    access.putEntry({
      resource: { kind: "node", id },
      subject: { kind: "user", id: 3 },
      ...{ effect: "allow", actions: 1, expiresAtMs: null, createdBy: 1, createdAtMs: 0 },
    });
  }
}

function fillIndex(path: string, storage: Pick<ReturnType<typeof createStorage>, "node" | "above">, lastId: number) {
  const { text } = createWords(2);
  const log = createLogger({ clock: systemClock, level: "error", write: () => undefined });
  const db = openDatabase({ path, migrations: searchMigrations, clock: systemClock, log });
  const index = createIndexRepository(db);
  const timeOf = (take: (nodes: readonly NodeInfo[]) => void): number => {
    const beganAt = performance.now();
    for (let id = 3; id <= lastId; id += batch) {
      const ids = Array.from({ length: Math.min(batch, lastId + 1 - id) }, (_, n) => id + n);
      take(ids.map((nodeId) => storage.node(nodeId)).filter((node) => node !== undefined));
    }
    return performance.now() - beganAt;
  };
  const recordOf = ({ id: nodeId, spaceId, name, kind, modifiedAtMs, etag }: NodeInfo) => {
    const isFolder = kind === "folder";
    const isDocument = !isFolder && nodeId % filesPerDocument === 0;
    const text = isDocument ? ("wanted" as const) : ("none" as const);
    const stamp = isFolder ? "" : etag;
    return { nodeId, spaceId, name, isFolder, above: storage.above(nodeId), modifiedAtMs, stamp, text };
  };
  const namesMs = timeOf((nodes) => void index.apply([{ records: nodes.map(recordOf), removed: [] }], 0));
  const textsMs = timeOf((nodes) =>
    db.transaction(() => {
      for (const { id: nodeId, etag: stamp } of nodes.filter(
        ({ id, kind }) => kind === "file" && id % filesPerDocument === 0,
      ))
        index.setText({ nodeId, stamp, text: text(wordsPerText), reason: null, atMs: 0 });
    }),
  );
  db.close();
  return { namesMs, textsMs };
}

import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { act, openTestStorage, type TestStorage, treeInIndex, treeOnDisk } from "../../src/storage/primary/testing.ts";
import { contentOf, hashOf } from "./crash/content.ts";
import { bootAnew, loseContents, loseEntries, type RedoRow } from "./crash/power.ts";
import { brokenInvariants, wrongSums } from "./invariants.ts";
import { davTree, diskTree, startSystem, treeDifference, untilNone, times } from "./support.ts";
import { entriesBelow, filesBelow } from "./walk.ts";

// A real power cut cannot be made here, and device-mapper's log-writes target needs a kernel module. What a journalling file
// system keeps is imitated: the entries of folders as they were at some earlier moment, and files whose content never arrived.

/** Syncs cost nothing in memory; what they guarantee is imitated here anyway. */
const fastFolder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

type Step =
  | { readonly kind: "put" | "large" | "folder"; readonly name: string; readonly into: number; readonly text: string }
  | { readonly kind: "move" | "copy"; readonly what: number; readonly into: number; readonly name: string }
  | { readonly kind: "remove" | "restore" | "purge"; readonly what: number };

const names = fc.constantFrom("a", "b", "c", "long".repeat(63));
const number = fc.nat(20);
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom("put", "large", "folder"),
        name: names,
        into: number,
        text: fc.string({ maxLength: 30 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom("move", "copy"), what: number, into: number, name: names }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("remove", "restore", "purge"), what: number }) },
  ) as fc.Arbitrary<Step>,
  { minLength: 1, maxLength: 14 },
);

/** Does one step; one that is refused changes nothing. */
async function run(t: TestStorage, step: Step): Promise<void> {
  const { storage, home } = t;
  const all = [...walk(t, home.rootId)];
  const folders = [home.rootId, ...all.filter((node) => node.kind === "folder").map((node) => node.id)];
  const folder = (index: number) => folders[index % folders.length] as number;
  const node = (index: number) => all[index % Math.max(all.length, 1)]?.id ?? -1;
  const trash = storage.trash.list(home.id, { offset: 0, limit: 50 }).items;
  const item = (index: number) => trash[index % Math.max(trash.length, 1)]?.id ?? "none";
  const place = (into: number, name: string) => ({ parentId: folder(into), name });
  const replace = { ...act, replace: true };
  const work = {
    put: (s: Extract<Step, { text: string }>) => storage.put(place(s.into, s.name), Buffer.from(s.text), act),
    large: (s: Extract<Step, { text: string }>) =>
      storage.put(place(s.into, s.name), Buffer.alloc(70_000, `${s.text}.`), act),
    folder: (s: Extract<Step, { text: string }>) => storage.makeFolder(place(s.into, s.name), act),
  };
  const ask = (): Promise<unknown> => {
    if ("text" in step) return work[step.kind](step);
    if (step.kind === "move") return storage.move(node(step.what), place(step.into, step.name), replace);
    if (step.kind === "copy") return storage.copy(node(step.what), place(step.into, step.name), replace);
    if (step.kind === "remove") return storage.remove(node(step.what), act);
    if (step.kind === "restore") return storage.trash.restore(item(step.what), act);
    return storage.trash.purge(item(step.what));
  };
  await Promise.resolve()
    .then(ask)
    .catch(() => undefined);
}

function* walk(t: TestStorage, folderId: number): Generator<{ id: number; kind: string }> {
  for (const node of t.storage.children(folderId)) {
    yield node;
    if (node.kind === "folder") yield* walk(t, node.id);
  }
}

interface Snapshot {
  readonly path: string;
  /** Inode and birth time of every folder of the volume → the same of its copy. */
  readonly folders: Map<number, { ino: number; btimeUs: number }>;
}

/** The volume as it is now. Files are linked, so that they stay the same files; folders are new ones. */
function snapshot(volumePath: string, path: string): Snapshot {
  Bun.spawnSync(["cp", "-al", volumePath, path]);
  const folders = new Map<number, { ino: number; btimeUs: number }>();
  const below = entriesBelow(volumePath).filter(({ kind }) => kind === "folder");
  for (const name of ["", ...below.map((entry) => entry.path)]) {
    const stats = lstatSync(join(volumePath, name));
    const copy = lstatSync(join(path, name));
    folders.set(stats.ino, { ino: copy.ino, btimeUs: Math.round(copy.birthtimeMs * 1000) });
  }
  return { path, folders };
}

/** A large file is synced in the stage before its rename is logged: it is never lost, only its rename. */
function keepStaged(volumePath: string, copyPath: string, database: Database): void {
  const rows = database
    .query<RedoRow, []>("SELECT * FROM redo WHERE act = 'rename' AND source LIKE '.hearth/stage/%'")
    .all();
  const kept = inodesIn(copyPath);
  const now = inodesIn(volumePath);
  for (const { ino, source } of rows) {
    const path = now.get(ino);
    if (path !== undefined && !kept.has(ino)) linkSync(path, join(copyPath, source ?? ""));
  }
}

function inodesIn(root: string): Map<number, string> {
  return new Map(filesBelow(root).map((path) => [statSync(path).ino, path]));
}

type History = [Step[], Step[], number, fc.Stream<boolean>];

/** A file is replaced, its folder renamed, and the file restored to the folder's old path, where it stood before the power cut. */
function restoredIntoRenamed(): History {
  const text = "";
  const before: Step[] = [
    { kind: "folder", name: "a", into: 0, text },
    { kind: "put", name: "long", into: 0, text },
    { kind: "move", what: 0, into: 0, name: "a" },
  ];
  const since: Step[] = [
    { kind: "put", name: "a", into: 13, text },
    { kind: "move", what: 8, into: 3, name: "a" },
    { kind: "move", what: 0, into: 0, name: "b" },
    { kind: "restore", what: 0 },
  ];
  return [before, since, 1, fc.stream(Iterator.from({ next: () => ({ done: false as const, value: false }) }))];
}

/** What is kept of earlier contents, by file and number. */
function versionsOf(t: TestStorage): Record<string, string> {
  const rows = t.db
    .prepare<{ node_id: number; number: number }, []>(
      "SELECT node_id, number FROM version WHERE node_id IN (SELECT id FROM node) ORDER BY node_id, number",
    )
    .all();
  return Object.fromEntries(
    rows.map(({ node_id, number: kept }) => {
      const file = t.storage.versions.open(node_id, kept);
      try {
        return [`${node_id} ${kept}`, readFileSync(file.fd, "utf8")];
      } finally {
        file.close();
      }
    }),
  );
}

const trashOf = (t: TestStorage) => treeOnDisk(join(t.volumePath, ".hearth", "trash"));

test(
  "whatever was lost since the last sync of the volume, the redo log brings it back",
  async () => {
    const property = fc.asyncProperty(
      steps,
      steps,
      fc.nat(14),
      fc.infiniteStream(fc.boolean()),
      async (before, since, at, lost) => {
        const dir = mkdtempSync(join(fastFolder, "hearth-power-"));
        let t = await openTestStorage({ durability: "strict", dir: join(dir, "one") });
        try {
          for (const step of before) await run(t, step);
          // Stopping syncs the volume.
          t = await t.reopen();
          mkdirSync(join(dir, "two"));
          // The copy of a folder syncs the whole volume before it is put into its place.
          const synced = since.findLastIndex((step) => step.kind === "copy") + 1;
          const cut = synced + (at % (since.length + 1 - synced));
          let kept: Snapshot | undefined;
          for (const [index, step] of [...since, undefined].entries()) {
            if (index === cut) kept = snapshot(t.volumePath, join(dir, "two", "volume"));
            if (step !== undefined) await run(t, step);
          }
          const expected = { tree: treeOnDisk(t.path), trash: trashOf(t), versions: versionsOf(t) };
          t.db.prepare<never, [string]>("VACUUM INTO ?").run(join(dir, "two", "hearth.db"));
          const database = new Database(join(dir, "two", "hearth.db"));
          bootAnew(database);
          keepStaged(t.volumePath, join(dir, "two", "volume"), database);
          await t.close();
          const written = new Set(
            database
              .query<{ ino: number }, []>("SELECT ino FROM redo WHERE act = 'write'")
              .all()
              .map(({ ino }) => ino),
          );
          for (const [ino, copy] of kept?.folders ?? []) {
            const isFolder =
              "ino = ? AND NOT EXISTS (SELECT 1 FROM redo AS made WHERE made.ino = redo.ino AND made.act = 'write')";
            database.query(`UPDATE redo SET ino = ?, btime_us = ? WHERE ${isFolder}`).run(-copy.ino, copy.btimeUs, ino);
          }
          database.run("UPDATE redo SET ino = -ino WHERE ino < 0");
          database.close();
          loseContents(join(dir, "two", "volume"), written, () => lost.next().value === true);
          t = await openTestStorage({ durability: "strict", dir: join(dir, "two") });
          await t.storage.settled();
          expect({ tree: treeOnDisk(t.path), trash: trashOf(t), versions: versionsOf(t) }).toEqual(expected);
          expect(treeInIndex(t.storage, t.home.rootId)).toEqual(expected.tree);
          const own = readdirSync(join(t.volumePath, ".hearth")).filter((name) => name !== "versions");
          expect(own.toSorted()).toEqual(["sentinel", "stage", "trash", "uploads"]);
          expect(readdirSync(join(t.volumePath, ".hearth", "stage"))).toEqual([]);
          const index = new Database(join(dir, "two", "hearth.db"), { readonly: true });
          expect(wrongSums(index)).toEqual([]);
          index.close();
        } finally {
          await t.close();
          rmSync(dir, { recursive: true, force: true });
        }
      },
    );
    await fc.assert(property, { numRuns: 60 * times, examples: [restoredIntoRenamed()] });
  },
  170_000 * times,
);

test(
  "the program starts on a disk that lost the last entries and contents, and has everything it acknowledged",
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "hearth-power-"));
    let server = await startSystem({ dataDir });
    try {
      const expected = new Map<string, string | null>();
      const send = async (method: string, path: string, init: RequestInit = {}) => {
        const response = await server.fetch(`/dav/home/${path}`, { ...init, method });
        expect(response.ok).toBe(true);
      };
      const put = async (path: string, sizeBytes: number) => {
        const content = contentOf(expected.size + 1, sizeBytes);
        await send("PUT", path, { body: new Uint8Array(content) });
        expected.set(path, hashOf(content));
      };
      // Several rounds, so that some acts are synced with the volume already and some are not.
      for (let round = 0; round < 4; round++) {
        await send("MKCOL", `d${round}`);
        expected.set(`d${round}`, null);
        await Promise.all(Array.from({ length: 30 }, (_, index) => put(`d${round}/small${index}`, 100 + index * 50)));
        await put(`d${round}/large`, 400_000);
        await put(`moving${round}`, 100);
        const destination = `${server.url}/dav/home/d${round}/moved`;
        await send("MOVE", `moving${round}`, { headers: { destination } });
        expected.set(`d${round}/moved`, expected.get(`moving${round}`) ?? null);
        expected.delete(`moving${round}`);
        await send("DELETE", `d${round}/small7`);
        expected.delete(`d${round}/small7`);
      }
      await server.kill();
      const database = new Database(join(dataDir, "hearth.db"));
      const rows = database.query<RedoRow, []>("SELECT * FROM redo ORDER BY id").all();
      bootAnew(database);
      database.close();
      expect(rows.length).toBeGreaterThan(30);
      expect(loseEntries(server.volumePath, rows.slice(rows.length >> 1))).toBeGreaterThan(15);
      const written = new Set(rows.filter((row) => row.act === "write").map((row) => row.ino));
      loseContents(server.volumePath, written, (index) => index % 2 === 0);
      server = await startSystem({ dataDir });
      expect(diskTree(server.homePath)).toEqual(new Map([...expected].toSorted(([a], [b]) => (a < b ? -1 : 1))));
      expect(await untilNone(async () => treeDifference(server.homePath, await davTree(server)))).toEqual([]);
      expect(await untilNone(() => brokenInvariants(server))).toEqual([]);
      expect(readdirSync(join(server.volumePath, ".hearth", "trash"))).toHaveLength(4);
      expect(server.log()).toContain("acts repeated from the redo log");
    } finally {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
  60_000 * times,
);

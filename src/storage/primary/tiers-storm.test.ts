import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AppError } from "#platform/errors";
import { act, openTestStorage, type TestStorage } from "./testing.ts";

const signal = new AbortController().signal;
const fastFolder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const sizeBytes = 70_000;
const content = (seed: number) => Uint8Array.from({ length: sizeBytes + seed }, (_, at) => (at * 31 + seed * 7) & 255);

type Step =
  | {
      readonly kind: "put" | "out" | "fetch" | "read" | "range" | "trash" | "shell-edit" | "shell-touch";
      readonly at: number;
      readonly seed: number;
    }
  | { readonly kind: "restore" | "shell-remove" | "restore-version"; readonly at: number; readonly seed: number }
  | { readonly kind: "move" | "copy" | "shell-rename" | "shell-copy"; readonly at: number; readonly seed: number }
  | { readonly kind: "restart" | "kill" | "lost-commit" | "sweep"; readonly at: number; readonly seed: number };

const kinds = [
  ...["put", "put", "put", "out", "out", "out", "out", "fetch", "read", "range", "trash", "restore", "restore-version"],
  ...["move", "copy", "shell-edit", "shell-touch", "shell-rename", "shell-copy", "shell-remove"],
  ...["restart", "kill", "lost-commit", "sweep"],
] as Step["kind"][];
const steps = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(20), seed: fc.nat(60) }) as fc.Arbitrary<Step>,
  { minLength: 8, maxLength: 30 },
);
const names = ["a", "b", "c", "d", "e"];

/** What every name must hold, and what lies in the trash. */
interface Model {
  readonly files: Map<string, number>;
  readonly trash: Map<string, { name: string; seed: number }>;
}

interface House {
  test: TestStorage;
  nowMs: number;
  readonly model: Model;
}

async function readAll(test: TestStorage, nodeId: number): Promise<Uint8Array> {
  const file = test.storage.open(nodeId, { remote: true });
  try {
    if (file.remote === undefined) return new Uint8Array(readFileSync(file.fd));
    await file.remote.ready();
    return await new Response(file.remote.stream(0, file.sizeBytes)).bytes();
  } finally {
    file.close();
  }
}

const nodeOf = (test: TestStorage, name: string) => {
  test.storage.refresh(test.home.rootId);
  return test.storage.child(test.home.rootId, name);
};

/** Refusals are part of the game; they change nothing. */
async function perform(house: House, step: Step): Promise<void> {
  try {
    await doStep(house, step);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!["conflict", "exists", "not-found"].includes(error.code)) throw error;
  }
}

async function doStep(house: House, { kind, at, seed }: Step): Promise<void> {
  const { model, test } = house;
  const { storage, home } = test;
  const known = [...model.files.keys()];
  const name = known[at % Math.max(known.length, 1)];
  const free = names.find((one) => !model.files.has(one) && nodeOf(test, one) === undefined);
  house.nowMs += 60_000;
  if (kind === "put") {
    const target = names[at % names.length] ?? "a";
    await storage.put({ parentId: home.rootId, name: target }, content(seed), { ...act, keepAlways: true });
    model.files.set(target, seed);
  } else if (kind === "restart") house.test = await test.reopen();
  else if (kind === "kill") house.test = await test.crash();
  else if (kind === "sweep") {
    house.nowMs += 26 * 3600_000;
    await storage.tiers.sweep(signal);
  } else if (kind === "restore") {
    const [id, item] = [...model.trash][at % Math.max(model.trash.size, 1)] ?? [];
    if (id === undefined || item === undefined) return;
    const node = await storage.trash.restore(id, act);
    model.trash.delete(id);
    model.files.set(node.name, item.seed);
  } else if (name !== undefined) await toFile(house, kind, { name, free, seed });
}

async function toFile(
  house: House,
  kind: Step["kind"],
  { name, free, seed }: { name: string; free: string | undefined; seed: number },
): Promise<void> {
  const { model, test } = house;
  const { storage, home } = test;
  const path = join(test.path, name);
  const node = nodeOf(test, name);
  const held = model.files.get(name) ?? 0;
  const id = node?.id ?? 0;
  const { etag } = node ?? {};
  const same = () => expect(storage.refresh(id).etag).toBe(etag ?? "");
  if (kind === "out") {
    await storage.tiers.moveOut(id, "cold", { signal });
    same();
  } else if (kind === "fetch") {
    await storage.tiers.fetch(id, { signal });
    same();
  } else if (kind === "lost-commit") {
    // The disk has the exchange, the database has not: killed in between, or its last moments were lost.
    const isCold = storage.tiers.states([id]).length > 0;
    const dir = dirname(test.volumePath);
    test.db.prepare<never, [string]>("VACUUM INTO ?").run(join(dir, "before.db"));
    if (isCold) await storage.tiers.fetch(id, { signal });
    else await storage.tiers.moveOut(id, "cold", { signal });
    house.test = await test.reopen(() => {
      for (const ending of ["", "-wal", "-shm"]) rmSync(join(dir, `hearth.db${ending}`), { force: true });
      renameSync(join(dir, "before.db"), join(dir, "hearth.db"));
    });
    rmSync(join(dir, "before.db"), { force: true });
    expect(house.test.storage.refresh(id).sha1).toBe(node?.sha1 ?? null);
  } else if (kind === "read") expect(Buffer.compare(await readAll(test, id), content(held))).toBe(0);
  else if (kind === "range") {
    const file = storage.open(id, { remote: true });
    if (file.remote === undefined) return file.close();
    const part = await new Response(file.remote.stream(100, 60_000)).bytes();
    expect(Buffer.compare(part, content(held).subarray(100, 60_000))).toBe(0);
  } else if (kind === "trash") {
    const { trashId } = await storage.remove(id, act);
    model.files.delete(name);
    model.trash.set(trashId, { name, seed: held });
  } else if (kind === "restore-version") {
    const [version] = storage.versions.list(id);
    if (version === undefined) return;
    const file = storage.versions.open(id, version.number, { remote: true });
    const bytes =
      file.remote === undefined
        ? new Uint8Array(readFileSync(file.fd))
        : await new Response(file.remote.stream(0, file.sizeBytes)).bytes();
    file.close();
    await storage.put({ parentId: home.rootId, name }, bytes, { ...act, keepAlways: true });
    const back = bytes.length - sizeBytes;
    expect(Buffer.compare(bytes, content(back))).toBe(0);
    model.files.set(name, back);
  } else if (kind === "shell-edit") {
    writeFileSync(path, content(seed));
    model.files.set(name, seed);
    storage.refresh(id);
  } else if (kind === "shell-touch") {
    utimesSync(path, 1_000_000 + seed, 1_000_000 + seed);
    storage.refresh(id);
  } else if (kind === "shell-remove") {
    rmSync(path);
    model.files.delete(name);
    storage.refresh(home.rootId);
  } else if (free !== undefined) await toFree(house, kind, { name, free, id, held });
}

async function toFree(
  { model, test }: House,
  kind: Step["kind"],
  { name, free, id, held }: { name: string; free: string; id: number; held: number },
): Promise<void> {
  const { storage, home } = test;
  const from = join(test.path, name);
  if (kind === "move") {
    await storage.move(id, { parentId: home.rootId, name: free }, act);
    model.files.delete(name);
  } else if (kind === "copy") await storage.copy(id, { parentId: home.rootId, name: free }, act);
  else if (kind === "shell-rename") {
    renameSync(from, join(test.path, free));
    model.files.delete(name);
  } else copyFileSync(from, join(test.path, free));
  model.files.set(free, held);
  storage.refresh(home.rootId);
}

test("whatever is done to files that are here or elsewhere, every one holds what it should", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const cold = mkdtempSync(join(fastFolder, "hearth-cold-"));
      const dir = mkdtempSync(join(fastFolder, "hearth-tiers-"));
      const model: Model = { files: new Map(), trash: new Map() };
      const house = { nowMs: Date.now(), model } as House;
      const clock = { now: () => house.nowMs };
      const tiers = [{ name: "cold", kind: "disk" as const, path: cold, role: "cold" as const }];
      house.test = await openTestStorage({ dir, clock, tiers });
      try {
        for (const step of list) await perform(house, step);
        const { storage, home, path } = house.test;
        storage.refresh(home.rootId);
        await storage.settled();
        expect(storage.children(home.rootId).map(({ name }) => name)).toEqual([...model.files.keys()].toSorted());
        for (const [name, seed] of model.files) {
          const node = nodeOf(house.test, name);
          expect(statSync(join(path, name)).size).toBe(sizeBytes + seed);
          expect(Buffer.compare(await readAll(house.test, node?.id ?? 0), content(seed))).toBe(0);
        }
      } finally {
        await house.test.close();
        rmSync(cold, { recursive: true, force: true });
      }
    }),
    { numRuns: 120 },
  );
}, 120_000);

interface RedoRow {
  readonly path: string;
  readonly source: string;
}

test("a power cut that takes the exchange from the disk, but not from the database, loses nothing", async () => {
  for (const act of ["out", "fetch"] as const) {
    const cold = mkdtempSync(join(fastFolder, "hearth-cold-"));
    const dir = mkdtempSync(join(fastFolder, "hearth-tiers-"));
    const tiers = [{ name: "cold", kind: "disk" as const, path: cold, role: "cold" as const }];
    let house = await openTestStorage({ dir, tiers, durability: "strict" });
    const { node } = await house.storage.put({ parentId: house.home.rootId, name: "a.bin" }, content(1), {
      ...{ actor: (await import("#platform/usecase")).systemActor },
    });
    house = await house.reopen();
    if (act === "fetch") {
      await house.storage.tiers.moveOut(node.id, "cold", { signal });
      house = await house.reopen();
    }
    const path = join(house.path, "a.bin");
    const before = { bytes: readFileSync(path), mtime: statSync(path).mtimeMs / 1000 };
    if (act === "out") await house.storage.tiers.moveOut(node.id, "cold", { signal });
    else await house.storage.tiers.fetch(node.id, { signal });
    const redo = house.db
      .prepare<RedoRow, []>("SELECT path, source FROM redo WHERE act = 'rename' ORDER BY id DESC LIMIT 1")
      .get();
    // The disk is as it was before the rename; a file of that time is older than the log says.
    house.db.prepare<never, []>("UPDATE redo SET boot = 'before', at_ms = at_ms + 3600000").run();
    house = await house.crash(() => {
      const staged = join(house.volumePath, redo?.source ?? "");
      mkdirSync(dirname(staged), { recursive: true });
      renameSync(path, staged);
      writeFileSync(path, before.bytes);
      utimesSync(path, before.mtime, before.mtime);
    });
    expect(Buffer.compare(await readAll(house, node.id), content(1))).toBe(0);
    expect(house.storage.refresh(node.id).etag).toBe(node.etag);
    expect(readdirSync(house.path)).toEqual(["a.bin"]);
    await house.close();
    rmSync(cold, { recursive: true, force: true });
  }
});

import { expect, test } from "bun:test";
import fc from "fast-check";
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openTestStorage, type TestStorage } from "../../src/storage/primary/testing.ts";
import { hashOf } from "./crash/content.ts";
import { decoy, doByApi, doOnDisk, type Moved, type Step, step } from "./index/steps.ts";
import { brokenInvariants } from "./invariants.ts";
import { diskTree, times, untilNone } from "./support.ts";

interface Seen {
  readonly id: number;
  readonly etag: string;
  /** Folder and name; an entry that gets another one may get another etag too. */
  readonly place: string;
  /** Of a folder: of everything below it; equal exactly when nothing in it changed. */
  readonly signature: string;
}

/** The index as its clients see it: path → id, etag and what it says of the content. */
function look(t: TestStorage): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  const walk = (folderId: number, prefix: string): string => {
    const lines = t.storage.children(folderId).map((node) => {
      const path = prefix + node.name;
      const stats = lstatSync(join(t.path, path));
      const own =
        node.kind === "folder"
          ? `(${walk(node.id, `${path}/`)})`
          : `${stats.ino} ${stats.mtimeMs} ${hashOf(readFileSync(join(t.path, path)))}`;
      const place = `${folderId} ${node.name}`;
      seen.set(path, { id: node.id, etag: node.etag, place, signature: hashOf(Buffer.from(own)) });
      return `${node.id} ${node.name} ${node.kind} ${own}`;
    });
    return lines.join("\n");
  };
  const signature = hashOf(Buffer.from(walk(t.home.rootId, "")));
  const root = t.storage.node(t.home.rootId);
  seen.set("", { id: t.home.rootId, etag: root?.etag ?? "", place: "", signature });
  return seen;
}

/** Where the index and the disk say different things. */
function differences(t: TestStorage): string[] {
  const listed = new Map<string, string | null>();
  const walk = (folderId: number, prefix: string) => {
    for (const node of t.storage.children(folderId)) {
      listed.set(prefix + node.name, node.kind === "folder" ? null : String(node.sizeBytes));
      if (node.kind === "folder") walk(node.id, `${prefix}${node.name}/`);
    }
  };
  walk(t.home.rootId, "");
  const onDisk = diskTree(t.path);
  return [
    ...[...onDisk].flatMap(([path, hash]) => {
      const size = hash === null ? null : String(lstatSync(join(t.path, path)).size);
      return listed.get(path) === size
        ? []
        : [`${path}: ${size ?? "folder"} on disk, ${listed.get(path)} in the index`];
    }),
    ...[...listed.keys()].filter((path) => !onDisk.has(path)).map((path) => `${path} is only in the index`),
  ];
}

async function settle(t: TestStorage): Promise<string[]> {
  return untilNone(async () => {
    await t.storage.settled();
    // Notices that were being read when it was asked arrive within a turn of the event loop.
    await Bun.sleep(2);
    await t.storage.settled();
    return differences(t);
  }, 4_000 * times);
}

/** An etag changes exactly when something below it did, and never comes back. */
function checkEtags(
  before: Map<string, Seen>,
  after: Map<string, Seen>,
  used: Map<string, string>,
  isBurst: boolean,
): void {
  const earlier = new Map([...before.values()].map((seen) => [seen.id, seen]));
  for (const [path, { id, etag, place, signature }] of after) {
    const was = earlier.get(id);
    const isSame = was?.signature === signature;
    // In a burst a thing may change and change back.
    if (was?.place === place && !(isBurst && isSame)) expect([path, was.etag === etag]).toEqual([path, isSame]);
    const key = `${id} ${etag}`;
    expect([path, used.get(key) ?? signature]).toEqual([path, signature]);
    used.set(key, signature);
  }
}

function checkIds(before: Map<string, Seen>, after: Map<string, Seen>, { from, to }: Moved): void {
  for (const [path, { id }] of before) {
    if (path !== from && !path.startsWith(`${from}/`)) continue;
    expect([path, after.get(to + path.slice(from.length))?.id]).toEqual([path, id]);
  }
}

async function run(t: TestStorage, todo: Step): Promise<{ t: TestStorage; moved?: Moved }> {
  if ("disk" in todo) return { t, moved: doOnDisk(t.path, todo) };
  if ("api" in todo) await doByApi(t, todo);
  else if ("restart" in todo) return { t: await t.reopen(() => todo.restart.forEach((one) => doOnDisk(t.path, one))) };
  else {
    for (const one of todo.burst) {
      if ("disk" in one) doOnDisk(t.path, one);
      else await doByApi(t, one);
    }
  }
  return { t };
}

/** Read in order, the names are the same before and after; only the folder they stand in tells the two apart. */
const lastIntoTheFolderBeforeIt: Step[] = [
  { api: "folder", into: 0, name: "a", text: "" },
  { api: "put", into: 1, name: "b", text: "" },
  { api: "put", into: 0, name: "x y.txt", text: "" },
  { api: "move", what: 2, into: 1, name: "x y.txt" },
];

test(
  "whatever happens through the storage and behind its back, index and disk come to agree",
  async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      let t = await openTestStorage();
      const outside = join(t.path, "..", decoy);
      mkdirSync(join(outside, "inner"), { recursive: true });
      writeFileSync(join(outside, "inner", "file"), "not ours");
      const untouched = diskTree(outside);
      const used = new Map<string, string>();
      try {
        let before = look(t);
        for (const todo of steps) {
          const done = await run(t, todo);
          t = done.t;
          expect(await settle(t)).toEqual([]);
          const dataDir = dirname(t.volumePath);
          expect(brokenInvariants({ dataDir, volumePath: t.volumePath })).toEqual([]);
          const after = look(t);
          checkEtags(before, after, used, "burst" in todo || "restart" in todo);
          if (done.moved !== undefined) checkIds(before, after, done.moved);
          before = after;
        }
        expect(diskTree(outside)).toEqual(untouched);
      } finally {
        await t.close();
      }
    });
    await fc.assert(property, {
      examples: [[lastIntoTheFolderBeforeIt]],
      numRuns: 100 * times,
      interruptAfterTimeLimit: 100_000 * times,
      markInterruptAsFailure: true,
    });
  },
  170_000 * times,
);

import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";
import type { NodeInfo } from "#storage/primary";

/** Random entries on a real tree: every listing shows what can be asked for by itself, and nothing else. */
let cloud: TestCloud;
let nodes: readonly NodeInfo[] = [];
const slowMachineMs = 30_000;
const folders = ["a", "a/b", "a/b/c", "d", "d/e"];

beforeAll(async () => {
  cloud = await openTestCloud();
  for (const folder of folders) cloud.plant("anna", `${folder}/file-in-${folder.replaceAll("/", "-")}.txt`, "12345");
  const walk = (folderId: number): NodeInfo[] =>
    cloud.storage.children(folderId).flatMap((node) => [node, ...(node.kind === "folder" ? walk(node.id) : [])]);
  nodes = walk(cloud.homeOf("anna").rootId);
  expect(nodes).toHaveLength(10);
  await cloud.search.settled();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const entries = fc.uniqueArray(
  fc.record({
    at: fc.nat({ max: 9 }),
    effect: fc.constantFrom("allow" as const, "deny" as const),
    actions: fc.constantFrom(1, 7, 15),
    isForAll: fc.boolean(),
  }),
  { selector: ({ at, isForAll }) => `${at} ${isForAll}`, minLength: 1, maxLength: 5 },
);

function settle(drawn: readonly { at: number; effect: "allow" | "deny"; actions: number; isForAll: boolean }[]): void {
  for (const { id } of [...cloud.access.entries()]) cloud.access.removeEntry(id);
  for (const { at, effect, actions, isForAll } of drawn) {
    cloud.access.putEntry({
      resource: { kind: "node", id: nodes[at]?.id ?? 0 },
      subject: isForAll ? { kind: "everyone" } : { kind: "user", id: cloud.actor("ben").userId },
      effect,
      actions: effect === "deny" && (actions & 1) !== 0 ? 15 : actions,
      expiresAtMs: null,
      createdBy: 1,
      createdAtMs: 0,
    });
  }
}

interface Shown {
  readonly id: number;
  readonly sizeBytes: number;
  readonly count: number;
}

test(
  "lists, searches and recent files hold exactly what can be got by id; folders count, and archives pack, no more",
  async () => {
    await fc.assert(
      fc.asyncProperty(entries, async (drawn) => {
        settle(drawn);
        const readable = new Map<number, Shown>();
        for (const { id } of nodes) {
          const { node } = await cloud.call("ben", "files.get", { id });
          if (node !== undefined) readable.set(id, node);
        }
        const files = nodes.filter(({ id, kind }) => kind === "file" && readable.has(id));
        const ids = (answer: { nodes: Shown[] }) => answer.nodes.map(({ id }) => id).toSorted();
        for (const [folderId, { sizeBytes, count }] of readable) {
          if (nodes.find(({ id }) => id === folderId)?.kind !== "folder") continue;
          const listed = await cloud.call("ben", "files.list", { folderId });
          const children = nodes.filter(({ parentId, id }) => parentId === folderId && readable.has(id));
          expect(ids(listed)).toEqual(children.map(({ id }) => id).toSorted());
          expect(listed.total).toBe(children.length);
          const below = nodes.filter(
            ({ id }) => readable.has(id) && id !== folderId && cloud.storage.isWithin(id, folderId),
          );
          expect(count).toBe(below.length);
          expect(sizeBytes).toBe(below.filter(({ kind }) => kind === "file").length * 5);
          const zip = await (await cloud.fetchAs("ben", `/api/files/archive?ids=${folderId}`)).text();
          for (const file of nodes.filter(({ kind }) => kind === "file")) {
            if (zip.includes(file.name)) expect(readable.has(file.id)).toBe(true);
          }
        }
        const found = await cloud.call("ben", "search.find", { query: "file-in" });
        expect(found.hits.map(({ node }: { node: Shown }) => node.id).toSorted()).toEqual(
          files.map(({ id }) => id).toSorted(),
        );
        expect(ids(await cloud.call("ben", "files.recent", {}))).toEqual(files.map(({ id }) => id).toSorted());
      }),
      { numRuns: 40 },
    );
  },
  slowMachineMs,
);

test(
  "everything readable lies below something that was shared, and no path shows a name that cannot be read",
  async () => {
    await fc.assert(
      fc.asyncProperty(entries, async (drawn) => {
        settle(drawn);
        const { items } = await cloud.call("ben", "files.sharedWithMe", {});
        const tops = new Set(items.map(({ node }: { node: Shown }) => node.id));
        for (const { id } of nodes) {
          const { path } = await cloud.call("ben", "files.get", { id });
          if (path === undefined) continue;
          expect(tops.has(path[0].id)).toBe(true);
          for (const step of path)
            expect((await cloud.call("ben", "files.get", { id: step.id })).node.name).toBe(step.name);
        }
      }),
      { numRuns: 25 },
    );
  },
  slowMachineMs,
);

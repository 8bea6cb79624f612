import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";
import type { NodeInfo } from "#storage/primary";
import { dayMs, forecastOf, foretoldLevel } from "./forecast.ts";
import { largestFiles } from "./largest.ts";

let cloud: TestCloud;
let nowMs = Date.UTC(2026, 0, 1, 12);
beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs }, quotaBytes: 1000 });
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const overview = (name: string, everyone = false) => cloud.call(name, "usage.overview", { everyone });
const sample = () => cloud.runJob(cloud.usage.jobHandlers[0]);

test("own places by kind, also after a change; those of others and disks only for whoever looks after the server", async () => {
  cloud.plant("ben", "kinds/a.pdf", "12345");
  cloud.plant("ben", "b.mp4", "1234567");
  const { places, disks, seesEveryone } = await overview("ben", true);
  expect(disks).toEqual([]);
  expect(seesEveryone).toBe(false);
  expect(places).toHaveLength(1);
  expect(places[0]).toMatchObject({
    name: "BEN",
    usedBytes: 12,
    trashBytes: 0,
    versionBytes: 0,
    quotaBytes: 1000,
    byKind: [
      { kind: "video", sizeBytes: 7, count: 1 },
      { kind: "document", sizeBytes: 5, count: 1 },
    ],
  });
  cloud.plant("ben", "c.mp4", "123");
  expect((await overview("ben")).places[0].byKind[0]).toEqual({ kind: "video", sizeBytes: 10, count: 2 });
  const all = await overview("root", true);
  expect(all.disks).toHaveLength(1);
  expect(all.places.map(({ name }: { name: string }) => name)).toEqual(["BEN", "ROOT", "ANNA"]);
  expect(all.places[0]).toMatchObject({ rootId: null, personId: cloud.actor("ben").userId });
  expect((await overview("root")).places).toHaveLength(1);
});

test("a place that grows is foretold to be full, and warned of before it is", async () => {
  const first = nowMs;
  for (let day = 0; day < 10; day += 1) {
    nowMs = first + day * dayMs;
    cloud.plant("anna", `day-${day}.bin`, "x".repeat(20));
    await sample();
    await sample();
  }
  const place = (await overview("anna")).places[0];
  expect(place.fill).toMatchObject({ level: "fine", growthBytesPerDay: 20, fullAtMs: nowMs + 40 * dayMs });
  expect(place.fill.history.map(({ usedBytes }: { usedBytes: number }) => usedBytes)).toEqual(
    Array.from({ length: 10 }, (_, day) => (day + 1) * 20),
  );
  cloud.plant("anna", "more.bin", "x".repeat(620));
  expect((await overview("anna")).places[0].fill.level).toBe("soon");
  cloud.plant("anna", "most.bin", "x".repeat(150));
  expect((await overview("anna")).places[0].fill.level).toBe("nearly");
  cloud.plant("anna", "last.bin", "x".repeat(130));
  expect((await overview("anna")).places[0].fill.level).toBe("full");
});

test("the largest files are named to whoever may see them", async () => {
  const spaceId = cloud.homeOf("anna").id;
  const { files, complete } = await cloud.call("anna", "usage.largest", { spaceId, limit: 2 });
  expect(files.map(({ name }: { name: string }) => name)).toEqual(["more.bin", "most.bin"]);
  expect(complete).toBe(true);
  for (const name of ["ben", "root"])
    expect((await cloud.call(name, "usage.largest", { spaceId })).code).toBe("not-found");
});

test("the quota of a shared space is set by whoever manages people; that of a home is its person's", async () => {
  const members = [{ userId: cloud.actor("anna").userId, role: "manager" }];
  const { space } = await cloud.call("root", "files.createSpace", { name: "Family", members });
  const set = (name: string, spaceId: number, quotaBytes: number | null) =>
    cloud.call(name, "usage.setQuota", { spaceId, quotaBytes });
  expect((await set("anna", space.id, 5)).code).toBe("forbidden");
  expect(await set("root", space.id, 500)).toEqual({});
  expect(cloud.storage.space(space.id).quotaBytes).toBe(500);
  expect((await set("root", cloud.homeOf("anna").id, 5)).code).toBe("bad-request");
  expect((await set("root", 999, 5)).code).toBe("not-found");
  expect((await set("root", space.id, 0)).code).toBe("bad-request");
});

test("no line is drawn through less than a week, and none to the horizon", () => {
  const samples = (days: number, perDay: number) =>
    Array.from({ length: days }, (_, day) => ({ day, usedBytes: 100 + day * perDay }));
  expect(forecastOf([], 500, 0)).toEqual({ growthBytesPerDay: null, fullAtMs: null });
  expect(forecastOf(samples(7, 10), 500, 0).growthBytesPerDay).toBeNull();
  expect(forecastOf(samples(8, 10), 500, 0)).toEqual({ growthBytesPerDay: 10, fullAtMs: 33 * dayMs });
  expect(forecastOf(samples(30, -1), 500, 0)).toEqual({ growthBytesPerDay: -1, fullAtMs: null });
  expect(forecastOf(samples(30, 1), 1e9, 0).fullAtMs).toBeNull();
  expect(forecastOf(samples(30, 1), null, 0)).toEqual({ growthBytesPerDay: 1, fullAtMs: null });
  expect(foretoldLevel(10, 100, 30 * dayMs, 0)).toBe("soon");
  expect(foretoldLevel(10, null, null, 0)).toBe("fine");
});

interface Folder {
  readonly sizes: readonly number[];
  readonly folders: readonly Folder[];
}
const tree: (depth?: number) => fc.Arbitrary<Folder> = fc.memo((depth) =>
  fc.record({
    sizes: fc.array(fc.nat(50), { maxLength: 5 }),
    folders: depth <= 1 ? fc.constant([]) : fc.array(tree(depth - 1), { maxLength: 3 }),
  }),
);

test("the largest files are those that a look at every file finds", () => {
  fc.assert(
    fc.property(tree(4), fc.integer({ min: 1, max: 8 }), (root, limit) => {
      const children = new Map<number, NodeInfo[]>();
      const sizes: number[] = [];
      let nextId = 1;
      const node = (kind: "file" | "folder", id: number, sizeBytes: number): NodeInfo => ({
        ...{ id, spaceId: 1, parentId: 1, name: `${id}`, kind, sizeBytes, count: 0 },
        ...{ modifiedAtMs: 0, createdAtMs: 0, etag: "", sha1: null },
      });
      const plant = (folder: Folder): NodeInfo => {
        const id = nextId++;
        const files = folder.sizes.map((size) => node("file", nextId++, size));
        const entries = [...files, ...folder.folders.map(plant)];
        sizes.push(...folder.sizes.filter((size) => size > 0));
        children.set(id, entries);
        return node(
          "folder",
          id,
          entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        );
      };
      const storage = { children: (id: number) => children.get(id) ?? [] };
      const { files, complete } = largestFiles(storage, plant(root), { limit, filter: undefined });
      expect(complete).toBe(true);
      expect(files.map(({ sizeBytes }) => sizeBytes)).toEqual(sizes.toSorted((a, b) => b - a).slice(0, limit));
    }),
  );
});

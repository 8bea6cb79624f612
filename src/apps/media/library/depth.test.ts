import { afterEach, expect, test } from "bun:test";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";
import { systemActor } from "#platform/usecase";
import { kindOfFile } from "./kinds.ts";
import { openTestLibrary } from "./testing.ts";

let cloud: TestCloud;
let house: ReturnType<typeof openTestLibrary>;
const open = async () => {
  cloud = await openTestCloud();
  house = openTestLibrary(cloud);
};
afterEach(async () => {
  await house.closeLibrary();
  await cloud.close();
});

const rootId = () => cloud.homeOf("anna").rootId;
const folder = async (parentId: number, name: string) =>
  (await cloud.storage.makeFolder({ parentId, name }, { actor: systemActor })).id;
const put = async (parentId: number, name: string, text = name) =>
  (await cloud.storage.put({ parentId, name }, new TextEncoder().encode(text), { actor: systemActor })).node.id;
const libraryOf = (folderId: number) => {
  const library = house.library.libraries().find((one) => one.folderId === folderId);
  if (library === undefined) throw new Error("no library");
  return library;
};
const items = (libraryId: number) => house.library.itemsAfter(libraryId, 0, 100_000);
const shown = (libraryId: number) => items(libraryId).filter(({ state }) => state !== "gone");

/** Resolves when no scan is left. */
async function scanned(): Promise<void> {
  const isOpen = ({ kind, state }: { kind: string; state: string }) =>
    kind === "libraries.scan" && (state === "queued" || state === "running");
  for (let tries = 0; house.jobs.list(100).some(isOpen); tries += 1) {
    if (tries > 12_000) throw new Error("the scan did not end");
    house.jobs.wake();
    await Bun.sleep(5);
  }
}

/** Rows of the index alone, as a large folder has them. */
function plantRows(folderId: number, folders: number, filesEach: number): void {
  const { db } = cloud.deps;
  const { id: spaceId } = cloud.homeOf("anna");
  const insert = db.prepare<never, (number | string)[]>(
    `INSERT INTO node (id, space_id, parent_id, name, fold, kind, size_bytes, count, mtime_us, btime_us, ino, etag)
       VALUES (?, ?, ?, ?, ?, ?, 1000, 0, 1000000, 1000000, ?, 1)`,
  );
  let id = 1_000_000;
  db.transaction(() => {
    for (let at = 0; at < folders; at += 1) {
      const parent = (id += 1);
      insert.run(parent, spaceId, folderId, `f${at}`, `f${at}`, 1, parent);
      for (let file = 0; file < filesEach; file += 1) {
        id += 1;
        insert.run(id, spaceId, parent, `p${file}.jpg`, `p${file}.jpg`, 0, id);
      }
    }
  });
}

/** Items of planted rows, as a scan has made them. */
function plantItems(libraryId: number): void {
  cloud.deps.db
    .prepare<never, [number]>(
      `INSERT INTO media_item (library_id, node_id, space_id, folder_id, kind, path, size_bytes, modified_at_ms, etag, node_etag, state, added_at_ms)
         SELECT ?, node.id, node.space_id, node.parent_id, 'image', folder.name || '/' || node.name, 1000, 1000, '', 1, 'found', 0
         FROM node JOIN node AS folder ON folder.id = node.parent_id WHERE node.id > 1000000 AND node.kind = 0`,
    )
    .run(libraryId);
}

test("a rescan of 100,000 files that have not changed takes seconds, and touches nothing", async () => {
  await open();
  const photos = await folder(rootId(), "Photos");
  await cloud.storage.settled();
  // There are no such files on the disk: whoever would read one stands back.
  house.setPlaying(true);
  await house.settled();
  const library = libraryOf(photos);
  plantRows(photos, 500, 200);
  plantItems(library.id);
  const startedAt = performance.now();
  expect(await house.call("anna", "libraries.scan", { libraryId: library.id })).toEqual({});
  await scanned();
  const tookMs = performance.now() - startedAt;
  expect(house.events).toEqual([]);
  expect(shown(library.id)).toHaveLength(100_000);
  expect((await house.call("anna", "libraries.get", { libraryId: library.id })).library.scan).toMatchObject({
    state: "done",
    secondsLeft: null,
  });
  // It is two seconds of the processor; the machine may be busy with more.
  expect(tookMs).toBeLessThan(60_000);
}, 120_000);

test("a scan that is killed goes on where it was; one that is cancelled stops, and what it saw stays", async () => {
  await open();
  const photos = await folder(rootId(), "Photos");
  await cloud.storage.settled();
  house.setPlaying(true);
  plantRows(photos, 300, 100);
  await house.library.followed();
  const library = libraryOf(photos);
  const { db } = cloud.deps;
  const stateNow = () => db.prepare<{ state: string }, []>("SELECT state FROM media_scan").get()?.state;
  // With the first items that it tells of, not after a time: it may be quick.
  const isUnderWay = Promise.withResolvers<Promise<void>>();
  house.library.events.subscribe("itemsChanged", () => isUnderWay.resolve(house.closeLibrary()));
  house.jobs.wake();
  await isUnderWay.promise;
  expect(stateNow()).toBe("running");
  const before = shown(library.id).length;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(30_000);
  house = openTestLibrary(cloud);
  house.setPlaying(true);
  await scanned();
  expect(shown(library.id)).toHaveLength(30_000);
  expect(new Set(shown(library.id).map(({ id }) => id)).size).toBe(30_000);

  expect(await house.call("anna", "libraries.scan", { libraryId: library.id })).toEqual({});
  expect(await house.call("anna", "libraries.cancel", { libraryId: library.id })).toEqual({});
  await scanned();
  expect((await house.call("anna", "libraries.get", { libraryId: library.id })).library.scan.state).toBe("cancelled");
  expect(shown(library.id)).toHaveLength(30_000);
}, 60_000);

test("a disk that is away keeps every item; when it is back, so are they", async () => {
  await open();
  const films = await folder(rootId(), "Films");
  await put(films, "Alien (1979).mkv");
  const trashed = await put(films, "Heat (1995).mkv");
  await house.settled();
  await cloud.storage.remove(trashed, { actor: systemActor });
  await house.settled();
  const library = libraryOf(films);
  const volume = join(cloud.dir, "volume");
  renameSync(volume, `${volume}-away`);
  mkdirSync(volume);
  await until(
    () => cloud.storage.volumes()[0]?.online === false,
    () => tryRefresh(films),
  );
  await house.settled();
  await until(
    () => shown(library.id)[0]?.state === "away",
    () => undefined,
  );
  expect(shown(library.id)).toMatchObject([{ path: "Alien (1979).mkv", state: "away" }]);
  const list = await house.call("anna", "libraries.list", {});
  expect(list.libraries[0]).toMatchObject({ state: "disk-away", counts: { video: 1 } });
  expect((await house.call("anna", "libraries.items", { libraryId: library.id, state: "away" })).total).toBe(1);
  expect((await house.call("anna", "libraries.scan", { libraryId: library.id })).code).toBe("storage-offline");
  // Nobody can tell what is gone on a disk that is not there.
  const { db } = cloud.deps;
  db.prepare("UPDATE media_item SET gone_at_ms = 0 WHERE state = 'gone'").run();
  await cloud.runJob(house.library.jobHandlers.find(({ kind }) => kind.name === "libraries.forget"));
  expect(items(library.id)).toHaveLength(2);
  renameSync(volume, `${volume}-empty`);
  renameSync(`${volume}-away`, volume);
  await until(
    () => cloud.storage.volumes()[0]?.online === true,
    () => tryRefresh(films),
  );
  await house.settled();
  // Whether a disk is there is looked at once a second.
  await until(
    () => shown(library.id)[0]?.state === "found",
    () => undefined,
  );
  expect(shown(library.id)).toMatchObject([{ path: "Alien (1979).mkv", state: "found" }]);
}, 60_000);

async function until(condition: () => boolean, nudge: () => void): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 400) throw new Error("it never came true");
    nudge();
    await Bun.sleep(50);
  }
}
const tryRefresh = (nodeId: number) => {
  try {
    cloud.storage.refresh(nodeId);
  } catch {
    // Refused while the disk is away: the look itself is what is wanted.
  }
};

test("libraries do not lie in one another; one that is off keeps what it knows; another kind reads the files anew", async () => {
  await open();
  const films = await folder(rootId(), "Films");
  const inside = await folder(films, "Old");
  await put(inside, "Alien (1979).mkv");
  await put(inside, "song.flac");
  await house.settled();
  const library = libraryOf(films);
  const create = (folderId: number, kind = "films") => house.call("anna", "libraries.create", { folderId, kind });
  expect((await create(inside)).code).toBe("conflict");
  expect((await create(rootId())).code).toBe("conflict");
  const [alien] = shown(library.id).filter(({ kind }) => kind === "video");
  const update = (change: object) => house.call("anna", "libraries.update", { libraryId: library.id, ...change });
  await update({ isOn: false });
  expect((await house.call("anna", "libraries.list", {})).libraries).toMatchObject([
    { isOn: false, counts: { video: 0 } },
  ]);
  await put(inside, "Heat (1995).mkv");
  await house.settled();
  const made = await create(inside);
  await house.settled();
  // The same files, in another library: their ids stay.
  expect(house.library.item(alien?.id ?? 0)).toMatchObject({ libraryId: made.library.id, path: "Alien (1979).mkv" });
  expect((await update({ isOn: true })).code).toBe("conflict");
  expect(await house.call("anna", "libraries.remove", { libraryId: library.id })).toEqual({});
  expect((await house.call("anna", "libraries.list", {})).libraries).toHaveLength(2);
  await house.call("anna", "libraries.update", { libraryId: made.library.id, kind: "music" });
  await house.settled();
  expect(
    shown(made.library.id)
      .map(({ path, kind }) => [path, kind])
      .toSorted(),
  ).toEqual([
    ["Alien (1979).mkv", "video"],
    ["Heat (1995).mkv", "video"],
    ["song.flac", "audio"],
  ]);
  expect(await house.call("anna", "libraries.remove", { libraryId: made.library.id })).toEqual({});
  // It is put away: nobody sees what is in it, and everything is known still.
  expect(house.library.seen(cloud.actor("anna"), [alien?.id ?? 0])).toEqual([]);
  expect(house.library.item(alien?.id ?? 0)).toMatchObject({ libraryId: made.library.id, path: "Alien (1979).mkv" });
});

const act = fc.oneof(
  fc.record({ do: fc.constant("put" as const), folder: fc.nat(3), name: fc.nat(5) }),
  fc.record({ do: fc.constant("move" as const), pick: fc.nat(20), folder: fc.nat(3), name: fc.nat(5) }),
  fc.record({ do: fc.constant("folder" as const), pick: fc.nat(3), to: fc.nat(3) }),
  fc.record({ do: fc.constant("trash" as const), pick: fc.nat(20) }),
  fc.record({ do: fc.constant("restore" as const) }),
  fc.record({ do: fc.constant("follow" as const) }),
);

test("however files and folders are moved about, the items are the files that are there, each under the id it began with", async () => {
  await open();
  const films = await folder(rootId(), "Films");
  const outside = await folder(rootId(), "Outside");
  const library = await house.settled().then(() => libraryOf(films));
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
      round += 1;
      const tops = [
        await folder(films, `a${round}`),
        await folder(films, `b${round}`),
        await folder(outside, `c${round}`),
        films,
      ];
      const itemOfNode = new Map<number, number>();
      const files: number[] = [];
      const trashIds: string[] = [];
      const quietly = async (work: () => Promise<unknown>) => {
        try {
          await work();
        } catch {
          // What is not there cannot be moved, and a name may be taken.
        }
      };
      for (const step of acts) {
        if (step.do === "put") {
          const place = tops[step.folder] ?? films;
          await quietly(async () =>
            files.push(
              await put(place, `r${round} ${step.name}.mkv`, `${round} ${Math.trunc(performance.now() * 1e6)}`),
            ),
          );
        } else if (step.do === "move") {
          const to = { parentId: tops[step.folder] ?? films, name: `r${round} ${step.name}.mkv` };
          await quietly(() => cloud.storage.move(files[step.pick] ?? 0, to, { actor: systemActor }));
        } else if (step.do === "folder") {
          const to = { parentId: tops[step.to] ?? films, name: `moved ${round}` };
          await quietly(() =>
            cloud.storage.move(tops[step.pick === 3 ? 0 : step.pick] ?? 0, to, { actor: systemActor }),
          );
        } else if (step.do === "trash") {
          await quietly(async () =>
            trashIds.push((await cloud.storage.remove(files[step.pick] ?? 0, { actor: systemActor })).trashId),
          );
        } else if (step.do === "restore") {
          await quietly(() => cloud.storage.trash.restore(trashIds.shift() ?? "", { actor: systemActor }));
        } else {
          await house.library.followed();
          for (const { nodeId, id } of shown(library.id)) {
            expect(itemOfNode.get(nodeId) ?? id).toBe(id);
            itemOfNode.set(nodeId, id);
          }
        }
      }
      await house.library.followed();
      const expected = new Map<number, string>();
      const walk = (at: number, prefix: string) => {
        for (const node of cloud.storage.children(at)) {
          if (node.kind === "folder") walk(node.id, `${prefix}${node.name}/`);
          else if (kindOfFile("films", node.name) !== undefined) expected.set(node.id, prefix + node.name);
        }
      };
      walk(films, "");
      const actual = new Map(shown(library.id).map(({ nodeId, path }) => [nodeId, path] as const));
      expect([...actual].toSorted(([one], [other]) => one - other)).toEqual(
        [...expected].toSorted(([one], [other]) => one - other),
      );
      for (const { nodeId, id } of shown(library.id)) expect(itemOfNode.get(nodeId) ?? id).toBe(id);
    }),
    { numRuns: 15 },
  );
}, 60_000);

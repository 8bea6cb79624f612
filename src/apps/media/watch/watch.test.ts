import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openTestCloud, type TestCloud } from "#kit";
import { createLibrary, libraryForget, libraryKeys, type LibraryReader, libraryScan } from "#apps/media/library";
import type { Room } from "#contract/apps/media/watch";
import { createJobs, type Jobs } from "#platform/jobs";
import { createRunner } from "#platform/usecase";
import { createLimits, type WatchLimits } from "./limits.ts";
import { createWatch } from "./service.ts";

let nowMs = 1_800_000_000_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;
let cloud: TestCloud;
let library: ReturnType<typeof createLibrary>;
let jobs: Jobs;
let limits: WatchLimits;
const told: { userIds: readonly number[]; room: Room; isOpen: boolean }[] = [];
// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
let call: (name: string, operation: string, input: unknown) => Promise<any>;

beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
  const { deps, storage, access } = cloud;
  // Whatever is in a folder called FSK is marked with it: works give marks in the program.
  const certificateSql =
    "CASE WHEN item.path LIKE 'FSK 16/%' THEN 'FSK 16' WHEN item.path LIKE 'FSK 6/%' THEN 'fsk-6' END";
  limits = createLimits({ ...deps, certificateSql });
  library = createLibrary({
    ...{ ...deps, storage, access, playing: () => false, limitsOf: limits.filterOf },
    jobs: () => jobs,
    personNamed: () => undefined,
  });
  const kinds = [libraryScan, libraryKeys, libraryForget];
  jobs = createJobs({ ...deps, kinds, handlers: library.jobHandlers, isAlone: true });
  jobs.start();
  const { implementations } = createWatch({
    ...deps,
    library,
    limits,
    personName: (id) => [...cloud.people.values()].find((p) => p.userId === id)?.name,
    tell: { changed: () => undefined, room: (userIds, room, isOpen) => void told.push({ userIds, room, isOpen }) },
  });
  const runner = createRunner({ implementations, log: deps.log, clock: deps.clock, audit: () => undefined });
  call = async (name, operation, input) => {
    const caller = { requestId: "t", address: "::1", userAgent: "", secure: false, replyHeaders: new Headers() };
    try {
      return await runner.run(operation, input, { ...caller, actor: cloud.actor(name) });
    } catch (error) {
      return { code: (error as { code?: string }).code };
    }
  };
  for (const path of [
    "Series/Show/Show S01E1.mkv",
    "Series/Show/Show S01E2.mkv",
    "Series/Show/Show S01E10.mkv",
    "Films/FSK 16/Alien.mkv",
    "Films/FSK 6/Shaun.mkv",
    "Films/Unknown.mkv",
    "Music/song.flac",
  ]) {
    cloud.plant("anna", path, path);
  }
  await settled(library);
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await jobs.stop();
  await library.stop();
  await cloud.close();
});

async function settled(reader: ReturnType<typeof createLibrary>): Promise<void> {
  for (let tries = 0; tries < 2000; tries += 1) {
    await reader.followed();
    jobs.wake();
    if (itemsOf(reader).length >= 7) return;
    await Bun.sleep(5);
  }
  throw new Error(
    `only ${itemsOf(reader)
      .map(({ path }) => path)
      .join(", ")}`,
  );
}
const itemsOf = (reader: LibraryReader) => reader.libraries().flatMap(({ id }) => reader.itemsAfter(id, 0, 100));
const item = (end: string): number => {
  const found = itemsOf(library).find(({ path }) => path.endsWith(end));
  if (found === undefined) throw new Error(`no item ${end}`);
  return found.id;
};
const save = (name: string, itemId: number, positionMs: number, ageMs = 0) =>
  call(name, "watch.save", { itemId, positionMs, durationMs: hourMs, atMs: 5_000_000 - ageMs, sentAtMs: 5_000_000 });
const resumeOf = async (name: string) => (await call(name, "watch.resume", {})).items;
const actorId = (name: string) => cloud.actor(name).userId;

describe("progress", () => {
  test("it is kept, shown to go on with, and the later one stays", async () => {
    const alien = item("Alien.mkv");
    expect(await save("anna", alien, 20 * minuteMs)).toMatchObject({ itemId: alien, positionMs: 20 * minuteMs });
    nowMs += minuteMs;
    expect(await save("anna", alien, 5 * minuteMs, 10 * minuteMs)).toMatchObject({ positionMs: 20 * minuteMs });
    expect(await resumeOf("anna")).toMatchObject([
      { itemId: alien, title: "Alien", subtitle: "FSK 16", positionMs: 20 * minuteMs, isNext: false },
    ]);
  });

  test("after an episode comes the next by number, until it is begun itself", async () => {
    const [first, second, tenth] = [item("E1.mkv"), item("E2.mkv"), item("E10.mkv")];
    nowMs += minuteMs;
    expect(await save("anna", first, 58 * minuteMs)).toMatchObject({ isWatched: true, playCount: 1 });
    expect(await save("anna", first, 60 * minuteMs)).toMatchObject({ playCount: 1 });
    expect((await resumeOf("anna"))[0]).toMatchObject({ itemId: second, isNext: true });
    const shown = await call("anna", "watch.item", { itemId: second });
    expect([shown.previous.itemId, shown.next.itemId]).toEqual([first, tenth]);
    nowMs += minuteMs;
    await save("anna", second, 30 * minuteMs);
    expect((await resumeOf("anna"))[0]).toMatchObject({ itemId: second, isNext: false });
    await call("anna", "watch.setWatched", { itemIds: [second, tenth], isWatched: true });
    expect((await resumeOf("anna")).map(({ itemId }: { itemId: number }) => itemId)).toEqual([item("Alien.mkv")]);
  });

  test("everything is in the history, and the newest of an item can be taken back", async () => {
    const shaun = item("Shaun.mkv");
    await save("anna", shaun, 30 * minuteMs);
    await call("anna", "watch.setFavourite", { itemId: shaun, isFavourite: true });
    await call("anna", "watch.setRating", { itemId: shaun, rating: 9 });
    await call("anna", "watch.forget", { itemId: shaun });
    const entries = async () =>
      (await call("anna", "watch.history", {})).entries.filter(
        (one: { item: { itemId: number } }) => one.item.itemId === shaun,
      );
    expect((await entries()).map(({ act, canUndo }: { act: string; canUndo: boolean }) => [act, canUndo])).toEqual([
      ["forgotten", true],
      ["rated", false],
      ["favourite", false],
      ["played", false],
    ]);
    const [newest, , older] = await entries();
    expect(await call("anna", "watch.undo", { entryId: older.id })).toEqual({ code: "conflict" });
    expect(await call("ben", "watch.undo", { entryId: newest.id })).toEqual({ code: "not-found" });
    expect(await call("anna", "watch.undo", { entryId: newest.id })).toMatchObject({
      positionMs: 30 * minuteMs,
      isFavourite: true,
      rating: 9,
    });
  });
});

describe("who may", () => {
  test("nobody watches, or hears of, what they cannot see", async () => {
    const alien = item("Alien.mkv");
    const { nodeId } = library.item(alien) ?? { nodeId: 0 };
    expect(await save("ben", alien, minuteMs)).toEqual({ code: "not-found" });
    expect(await call("ben", "watch.states", { itemIds: [alien] })).toEqual({ states: [] });
    expect(await call("ben", "watch.item", { itemId: alien })).toEqual({ code: "not-found" });
    expect(await call("ben", "watch.ofNode", { nodeId })).toEqual({ item: null });
    expect(await call("ben", "watch.openRoom", { itemId: alien, positionMs: 0 })).toEqual({ code: "not-found" });
    expect(await resumeOf("ben")).toEqual([]);
    expect(await call("anna", "watch.ofNode", { nodeId })).toMatchObject({ item: { itemId: alien } });
  });

  test("limits of age and library hold in every list, at once, and end with them", async () => {
    const userId = actorId("anna");
    const all = {
      userId,
      maxAge: null,
      allowsUnrated: true,
      libraryIds: null,
      maxHeight: null,
      maxBitsPerSecond: null,
    };
    const ids = itemsOf(library).map(({ id }) => id);
    const names = () =>
      library
        .seen(cloud.actor("anna"), ids)
        .map(({ path }) => path)
        .toSorted();
    const changes: number[] = [];
    const end = limits.onChanged((id) => changes.push(id));
    expect(await call("anna", "watch.setLimits", { ...all, maxAge: 12 })).toEqual({ code: "forbidden" });
    await call("root", "watch.setLimits", { ...all, maxAge: 12 });
    expect(names()).not.toContain("FSK 16/Alien.mkv");
    expect(names()).toContain("FSK 6/Shaun.mkv");
    expect(names()).toContain("Unknown.mkv");
    expect((await resumeOf("anna")).map(({ title }: { title: string }) => title)).toEqual(["Shaun"]);
    expect(await save("anna", item("Alien.mkv"), minuteMs)).toEqual({ code: "not-found" });
    await call("root", "watch.setLimits", { ...all, maxAge: 12, allowsUnrated: false });
    expect(names()).toEqual(["FSK 6/Shaun.mkv", "song.flac"]);
    const music = library.libraries().find(({ name }) => name === "Music")?.id ?? 0;
    await call("root", "watch.setLimits", { ...all, libraryIds: [music] });
    expect(names()).toEqual(["song.flac"]);
    // What is set survives a start.
    expect(createLimits(cloud.deps).of(userId)).toMatchObject({ libraryIds: [music] });
    await call("root", "watch.setLimits", all);
    expect(names()).toHaveLength(7);
    expect(limits.of(userId)).toBeUndefined();
    expect(changes).toEqual([userId, userId, userId, userId]);
    end();
  });
});

describe("a room", () => {
  test("members hear of play, pause and seek; the position runs by the server's clock", async () => {
    const itemId = item("Unknown.mkv");
    const subject = { kind: "user", id: actorId("ben") };
    const { nodeId } = library.item(itemId) ?? { nodeId: 0 };
    await cloud.call("anna", "access.set", {
      resource: { kind: "node", id: nodeId },
      subject,
      effect: "allow",
      role: "viewer",
    });
    const room = await call("anna", "watch.openRoom", { itemId, positionMs: 1000 });
    expect(await call("ben", "watch.controlRoom", { roomId: room.id, isPlaying: true, positionMs: 0 })).toEqual({
      code: "forbidden",
    });
    expect((await call("ben", "watch.joinRoom", { roomId: room.id })).members).toMatchObject([
      { name: "anna" },
      { name: "ben" },
    ]);
    told.length = 0;
    await call("ben", "watch.controlRoom", { roomId: room.id, isPlaying: true, positionMs: 2000 });
    expect(told).toMatchObject([
      { userIds: [actorId("anna"), actorId("ben")], room: { isPlaying: true, positionMs: 2000 } },
    ]);
    nowMs += 1500;
    expect(await call("anna", "watch.joinRoom", { roomId: room.id })).toMatchObject({
      positionMs: 2000,
      atMs: nowMs - 1500,
      serverMs: nowMs,
    });
    expect((await call("ben", "watch.rooms", {})).rooms).toHaveLength(1);
    expect((await call("root", "watch.rooms", {})).rooms).toHaveLength(0);
    await call("anna", "watch.leaveRoom", { roomId: room.id });
    expect(await call("ben", "watch.joinRoom", { roomId: room.id })).toMatchObject({ hostId: actorId("ben") });
    nowMs += 2 * minuteMs;
    // Nobody has said that they are there: it is closed.
    expect(await call("ben", "watch.joinRoom", { roomId: room.id })).toEqual({ code: "not-found" });
  });
});

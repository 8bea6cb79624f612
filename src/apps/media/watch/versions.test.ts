import { afterAll, beforeAll, expect, test } from "bun:test";
import { openTestCloud, type TestCloud } from "#kit";
import { createLibrary, libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import { createWorks, matchOf } from "#apps/media/works";
import { createJobs, type Jobs } from "#platform/jobs";
import { createRunner } from "#platform/usecase";
import { createLimits } from "./limits.ts";
import { createWatch } from "./service.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const film = "Ran (1985)/Ran (1985)";
const lengths: Readonly<Record<string, number>> = {
  [`${film} - 1080p.mkv`]: hourMs,
  [`${film} - 2160p.mkv`]: hourMs + 30_000,
  [`${film} {edition-Long}.mkv`]: 1.5 * hourMs,
};
let nowMs = 1_800_000_000_000;
let userAgent = "Firefox on Linux";
let cloud: TestCloud;
let jobs: Jobs;
let library: ReturnType<typeof createLibrary>;
let works: ReturnType<typeof createWorks>;
const told: number[][] = [];
let thin: () => Promise<void>;
// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
let call: (operation: string, input: unknown) => Promise<any>;

beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
  const { deps, storage, access } = cloud;
  const common = { ...deps, storage, access, playing: () => false };
  library = createLibrary({ ...common, jobs: () => jobs, personNamed: () => undefined });
  const kinds = [libraryScan, libraryKeys, libraryForget];
  jobs = createJobs({ ...deps, kinds, handlers: library.jobHandlers, isAlone: true });
  works = createWorks({
    ...common,
    library,
    cache: { get: (_key, produce) => produce() },
    facts: ({ path }) => {
      const durationMs = lengths[path];
      return durationMs === undefined ? undefined : factsOf(durationMs);
    },
  });
  jobs.start();
  works.start();
  const { implementations, jobHandlers } = createWatch({
    ...{ ...deps, library, works, match: matchOf, limits: createLimits(deps), personName: () => "anna" },
    tell: { changed: (_, itemIds) => void told.push([...itemIds]), room: () => undefined },
  });
  thin = async () => {
    const context = {
      id: 1,
      attempt: 1,
      signal: new AbortController().signal,
      log: deps.log,
      progress: () => undefined,
    };
    for (const handler of jobHandlers) await handler.run(context, {});
  };
  const all = [...implementations, ...works.implementations];
  const runner = createRunner({ implementations: all, log: deps.log, clock: deps.clock, audit: () => undefined });
  call = async (operation, input) => {
    const caller = { requestId: "t", address: "::1", userAgent, secure: false, replyHeaders: new Headers() };
    try {
      return await runner.run(operation, input, { ...caller, actor: cloud.actor("anna") });
    } catch (error) {
      return { code: (error as { code?: string }).code };
    }
  };
  for (const path of Object.keys(lengths)) cloud.plant("anna", `Films/${path}`, path);
  for (const episode of ["E01.720p", "E01.1080p", "E02.720p"]) {
    cloud.plant("anna", `Series/Show/Show S01${episode}.mkv`, episode);
  }
  for (let tries = 0; tries < 2000 && itemIds().length < 6; tries += 1) {
    await library.followed();
    jobs.wake();
    await Bun.sleep(5);
  }
  await works.settled();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await jobs.stop();
  await works.stop();
  await library.stop();
  await cloud.close();
});

/** Only its length counts here. */
function factsOf(durationMs: number): MediaFacts {
  const none = { video: [], audio: [], subtitles: [], chapters: [], attachments: [], covers: [], tags: {} };
  return { ...none, durationMs } as unknown as MediaFacts;
}
const items = () => library.libraries().flatMap(({ id }) => library.itemsAfter(id, 0, 100));
const itemIds = () => items().map(({ id }) => id);
const item = (end: string): number => {
  const found = items().find(({ path }) => path.endsWith(end));
  if (found === undefined) throw new Error(`no item ${end}`);
  return found.id;
};
const save = (itemId: number, positionMs: number, durationMs = hourMs) => {
  nowMs += minuteMs;
  return call("watch.save", { itemId, positionMs, durationMs, atMs: nowMs, sentAtMs: nowMs });
};
const stateOf = async (itemId: number) => (await call("watch.states", { itemIds: [itemId] })).states[0];
const goOn = async () =>
  (await call("watch.resume", {})).items.map((one: { itemId: number; positionMs: number | null }) => [
    one.itemId,
    one.positionMs,
  ]);

test("where somebody is in a film they are in every version of it; another edition has a place of its own", async () => {
  const [small, large, long] = [item("1080p.mkv"), item("2160p.mkv"), item("{edition-Long}.mkv")];
  await save(small, 20 * minuteMs);
  expect(await stateOf(large)).toMatchObject({ itemId: large, positionMs: 20 * minuteMs });
  expect((await stateOf(long)).positionMs).toBeNull();
  expect(told.at(-1)?.toSorted()).toEqual([small, large, long].toSorted());
  expect(await goOn()).toEqual([[small, 20 * minuteMs]]);
  await save(large, 30 * minuteMs);
  expect(await stateOf(small)).toMatchObject({ positionMs: 30 * minuteMs });
  expect(await goOn()).toEqual([[large, 30 * minuteMs]]);
  await save(long, 40 * minuteMs, 1.5 * hourMs);
  expect(await stateOf(large)).toMatchObject({ positionMs: 30 * minuteMs });
  expect(await goOn()).toEqual([[long, 40 * minuteMs]]);
  await save(large, 59 * minuteMs);
  expect(await stateOf(long)).toMatchObject({ isWatched: true, playCount: 1, positionMs: 40 * minuteMs });
  expect(await stateOf(small)).toMatchObject({ isWatched: true, positionMs: null });
  expect(await goOn()).toEqual([]);
});

test("what was done with one version is taken back for all, the newest first", async () => {
  const [small, large] = [item("1080p.mkv"), item("2160p.mkv")];
  await call("watch.setWatched", { itemIds: [small], isWatched: false });
  expect(await stateOf(large)).toMatchObject({ isWatched: false });
  const { entries } = await call("watch.history", {});
  expect(entries[0]).toMatchObject({ act: "unwatched", canUndo: true, item: { itemId: small } });
  expect(entries.slice(1).some(({ canUndo }: { canUndo: boolean }) => canUndo)).toBe(false);
  const ofLarge = entries.find((entry: { item: { itemId: number } }) => entry.item.itemId === large);
  expect(await call("watch.undo", { entryId: ofLarge.id })).toEqual({ code: "conflict" });
  expect(await call("watch.undo", { entryId: entries[0].id })).toMatchObject({ isWatched: true });
  expect(await stateOf(large)).toMatchObject({ isWatched: true, playCount: 1 });
});

test("an episode watched in one version is followed by the next, and a version that is deleted leaves its place", async () => {
  const [small, large, second] = [item("E01.720p.mkv"), item("E01.1080p.mkv"), item("E02.720p.mkv")];
  await save(small, 30 * minuteMs);
  const { nodeId } = library.item(small) ?? { nodeId: 0 };
  const { trashId } = await cloud.storage.remove(nodeId, { actor: cloud.actor("anna") });
  await library.followed();
  expect(await goOn()).toEqual([[large, 30 * minuteMs]]);
  await cloud.storage.trash.restore(trashId, { actor: cloud.actor("anna") });
  await library.followed();
  await works.settled();
  await save(large, 58 * minuteMs);
  expect(await goOn()).toEqual([[second, null]]);
  await call("watch.forget", { itemId: second });
});

test("the history says on which device; it is searched by title, thinned and cleared, which can be undone", async () => {
  userAgent = "Safari on iPhone";
  await save(item("E02.720p.mkv"), 10 * minuteMs);
  const history = async (search = "") => (await call("watch.history", { search })).entries;
  const all = await history();
  expect(all[0]).toMatchObject({ device: "Safari on iPhone", item: { subtitle: "Show · S01E02" } });
  expect(all.at(-1)).toMatchObject({ device: "Firefox on Linux", item: { title: "Ran" } });
  const found = await history("RÄN 1985");
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThan(all.length);
  expect(await history("nothing like it")).toEqual([]);
  const removed = await call("watch.removeEntries", { entryIds: [all[0].id] });
  expect(removed.count).toBe(1);
  expect(await history()).toEqual(all.slice(1));
  expect(await stateOf(item("E02.720p.mkv"))).toMatchObject({ positionMs: 10 * minuteMs });
  const { removedAtMs } = removed;
  expect(await call("watch.restoreEntries", { removedAtMs })).toEqual({ count: 1 });
  expect(await history()).toEqual(all);
  nowMs += minuteMs;
  const cleared = await call("watch.removeEntries", { entryIds: null });
  expect(cleared.count).toBe(all.length);
  expect(await history()).toEqual([]);
  const kept = () =>
    cloud.deps.db.prepare<{ count: number }, []>("SELECT count(*) AS count FROM media_watch_event").get()?.count;
  const keptCount = kept();
  await thin();
  expect(kept()).toBe(keptCount);
  // Nobody does anything any more: the job forgets it all the same.
  nowMs += 2 * hourMs;
  await thin();
  expect(kept()).toBe(0);
  await save(item("E02.720p.mkv"), 20 * minuteMs);
  expect(await call("watch.restoreEntries", { removedAtMs: cleared.removedAtMs })).toEqual({ count: 0 });
});

test("what was done with two files before they were versions of one film holds for both, until it is changed", async () => {
  const [small, large] = [item("1080p.mkv"), item("2160p.mkv")];
  const { db } = cloud.deps;
  db.prepare("DELETE FROM media_watch").run();
  const { userId } = cloud.actor("anna");
  const put = db.prepare<never, (number | null)[]>(
    `INSERT INTO media_watch (user_id, item_id, position_ms, duration_ms, is_watched, play_count, is_favourite, rating, position_at_ms, at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  put.run(userId, small, null, hourMs, 1, 1, 0, 5, 100, 100);
  put.run(userId, large, 20 * minuteMs, hourMs, 0, 0, 1, null, 200, 200);
  const both = { isWatched: true, playCount: 1, isFavourite: true, rating: 5, positionMs: 20 * minuteMs };
  expect([await stateOf(small), await stateOf(large)]).toMatchObject([both, both]);
  await call("watch.setRating", { itemId: large, rating: null });
  await call("watch.setFavourite", { itemId: small, isFavourite: false });
  await call("watch.setWatched", { itemIds: [large], isWatched: false });
  const none = { isWatched: false, isFavourite: false, rating: null };
  expect([await stateOf(small), await stateOf(large)]).toMatchObject([none, none]);
});

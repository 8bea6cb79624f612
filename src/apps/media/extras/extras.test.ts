// needs: ffmpeg
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";
import { createLibrary, libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import { createProbe, mediaProbe } from "#apps/media/probe";
import { createDerivedCache } from "#cache/derived";
import type { Route } from "#platform/http";
import { createJobs, type Jobs } from "#platform/jobs";
import type { Exec, RunResult } from "#platform/exec";
import { createRunner, type Implementation } from "#platform/usecase";
import { mediaExtras } from "./jobs.ts";
import { createExtraRows } from "./repository.ts";
import { createExtras, type Extras, type ExtrasDeps } from "./service.ts";
import { openTestExtras } from "./testing.ts";

setDefaultTimeout(60_000);
const made = openTestExtras();
let cloud: TestCloud;
let jobs: Jobs;
let extras: Extras;
let library: ReturnType<typeof createLibrary>;
let probe: ReturnType<typeof createProbe>;
let extrasDeps: ExtrasDeps;
// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
type Call = (name: string, operation: string, input: unknown) => Promise<any>;
let call: Call;
let nowMs = Date.now();

beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
  const { deps, storage, access } = cloud;
  const playing = () => false;
  library = createLibrary({ ...deps, storage, access, playing, jobs: () => jobs, personNamed: () => undefined });
  const cache = createDerivedCache({ ...deps, folder: made.path("cache"), budgetBytes: 10_000_000 });
  const enqueue: Jobs["enqueue"] = (...job) => jobs.enqueue(...job);
  probe = createProbe({ ...deps, storage, access, cache, library, playing, enqueue });
  extrasDeps = { ...deps, storage, access, library, probe, playing, enqueue, dataDir: made.path("data") };
  extras = createExtras(extrasDeps);
  const modules = [library, probe, extras];
  const kinds = [libraryScan, libraryKeys, libraryForget, mediaProbe, mediaExtras];
  jobs = createJobs({ ...deps, kinds, handlers: modules.flatMap(({ jobHandlers }) => jobHandlers), isAlone: true });
  jobs.start();
  for (const { start } of modules) start();
  call = callerOf(modules.flatMap(({ implementations }) => implementations));
});
function callerOf(implementations: readonly Implementation[]): Call {
  const { log, clock } = cloud.deps;
  const runner = createRunner({ implementations, log, clock, audit: () => undefined });
  return async (name, operation, input) => {
    const caller = { requestId: "t", address: "::1", userAgent: "", secure: false, replyHeaders: new Headers() };
    try {
      return await runner.run(operation, input, { ...caller, actor: cloud.actor(name) });
    } catch (error) {
      return { code: (error as { code?: string }).code };
    }
  };
}
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await jobs.stop();
  await extras.stop();
  await probe.stop();
  await library.stop();
  await cloud.close();
  await made.close();
});

const openJobs = () => jobs.list(100).filter(({ state }) => state === "queued" || state === "running");
const settled = async () => {
  await library.followed();
  for (let tries = 0; tries < 2000; tries += 1) {
    // What is put off until more files have come is due at once.
    nowMs += 10_000;
    jobs.wake();
    await Bun.sleep(10);
    if (openJobs().length === 0) return;
  }
  throw new Error(`jobs did not end: ${JSON.stringify(openJobs())}`);
};
const get = async (name: string, path: string, from: Extras = extras) => {
  const [route] = from.routes;
  const context = {
    actor: () => Promise.resolve(cloud.actor(name)),
    path: path.replace(/\?.*/, ""),
    setIdleTimeout: () => undefined,
  };
  try {
    return await route?.handle(
      new Request(`http://house${path}`),
      context as unknown as Parameters<Route["handle"]>[1],
    );
  } catch (error) {
    return new Response(String((error as { code?: string }).code), { status: 404 });
  }
};

test("a film is probed and what is in it is there for its owner, and nobody else", async () => {
  writeFileSync(made.path("a.srt"), "1\n00:00:01,000 --> 00:00:02,000\nHallo\n");
  await made.make(
    ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=3", "-f", "lavfi", "-i", "sine=d=3", "-i", "a.srt", "-map", "0"],
    ...["-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-c:s", "srt", "film.mkv"],
  );
  const film = new Uint8Array(await Bun.file(made.path("film.mkv")).arrayBuffer());
  cloud.plant("anna", "Films/A Film (2001)/A Film (2001).mkv", film);
  cloud.plant("anna", "Films/A Film (2001)/A Film (2001).de.forced.srt", "1\n00:00:01,000 --> 00:00:02,000\nbeside\n");
  const styled = "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Grüße";
  const wide = new Uint8Array(Buffer.from(`\ufeff${styled}`, "utf16le"));
  cloud.plant("anna", "Films/A Film (2001)/A Film (2001).fr.ass", wide);
  cloud.plant("anna", "Films/Broken (2002).mkv", "no film");
  await settled();
  const [films] = library.libraries();
  const items = library.itemsAfter(films?.id ?? 0, 0, 10);
  const item = items.find(({ path }) => path.endsWith("(2001).mkv"));
  const itemId = item?.id ?? 0;
  expect(item).toMatchObject({ state: "ready", reason: null });
  expect(items.find(({ path }) => path.startsWith("Broken"))).toMatchObject({ state: "broken" });
  expect(await call("anna", "probe.facts", { itemId })).toMatchObject({ facts: { container: "matroska" } });
  const found = await call("anna", "extras.get", { itemId });
  expect(found).toMatchObject({
    subtitles: [
      { key: "s2", origin: "embedded", format: "subrip", isPending: false },
      { origin: "sidecar", format: "subrip", language: "de", isForced: true },
      { origin: "sidecar", format: "ass", language: "fr", originalShiftMs: 0 },
    ],
    trickplay: { intervalMs: 10_000, width: 320, height: 180, count: 1 },
    isPending: false,
  });
  const [embedded, beside, drawn] = found.subtitles;
  expect(await (await get("anna", drawn.originalUrl))?.text()).toBe(styled);
  expect(await (await get("anna", drawn.vttUrl))?.text()).toContain("Grüße");
  expect(await (await get("anna", embedded.vttUrl))?.text()).toMatch(/00:00:01\.0\d\d --> 00:00:02\.0\d\d\nHallo/);
  expect(await (await get("anna", beside.vttUrl))?.text()).toContain("beside");
  expect((await get("anna", found.trickplay.sheetUrls[0]))?.headers.get("content-type")).toBe("image/jpeg");
  expect(await extras.webVtt(item ?? never(), { streamIndex: 2 })).toContain("Hallo");
  for (const [operation, input] of [
    ["probe.facts", { itemId }],
    ["extras.get", { itemId }],
    ["probe.again", { itemId }],
    ["extras.prepare", { itemId }],
    ["extras.make", { itemId }],
  ] as const) {
    expect(await call("ben", operation, input)).toEqual({ code: "not-found" });
  }
  for (const path of [
    embedded.vttUrl,
    beside.vttUrl,
    drawn.originalUrl,
    found.trickplay.vttUrl,
    found.trickplay.sheetUrls[0],
  ]) {
    expect((await get("ben", path))?.status).toBe(404);
  }
});

const never = () => {
  throw new Error("not there");
};

test("subtitles that are lost from the disk are made again while somebody waits", async () => {
  const [films] = library.libraries();
  const item = library.itemsAfter(films?.id ?? 0, 0, 10).find(({ path }) => path.endsWith("(2001).mkv")) ?? never();
  const key = item.contentKey ?? "";
  const folder = join(made.path("data"), "media", "extras", key.slice(-2), key);
  const [taken, converted] = [Bun.file(join(folder, "s2.srt")), Bun.file(join(folder, "s2.vtt"))];
  const ask = async () => (await get("anna", `/media/extras/${item.id}/s2.vtt`))?.text();
  await Promise.all([taken.delete(), converted.delete()]);
  expect(await ask()).toContain("Hallo");
  // Not converted when they were taken out, as on a busy day: what lies there is converted now, without another pass.
  await converted.delete();
  await taken.write("1\n00:00:01,000 --> 00:00:02,000\nServus\n");
  expect(await ask()).toContain("Servus");
  expect(await extras.webVtt(item, { streamIndex: 2 })).toContain("Servus");
  // There is nothing to show in it: that is an answer, and is not kept.
  await converted.delete();
  await taken.write("nothing");
  expect(await ask()).toBe("WEBVTT\n");
  expect(await converted.exists()).toBe(false);
  expect(await extras.webVtt(item, { streamIndex: 2 })).toBeNull();
  await taken.delete();
  expect(await ask()).toContain("Hallo");
  expect((await get("anna", `/media/extras/${item.id}/s7.vtt`))?.status).toBe(404);
});

test("a pass that takes long is one for all, tells how far it is, and goes on when nobody waits; a failed one is said and tried again when wanted", async () => {
  const [films] = library.libraries();
  const item = library.itemsAfter(films?.id ?? 0, 0, 10).find(({ path }) => path.endsWith("(2001).mkv")) ?? never();
  let passes = 0;
  let gate = Promise.withResolvers<Partial<RunResult>>();
  const { exec } = made;
  const run: Exec["run"] = async (argv, options) => {
    passes += 1;
    const failed = await gate.promise;
    return { ...(await exec.run(argv, options)), ...failed };
  };
  const slow = createExtras({ ...extrasDeps, exec: { ...exec, run }, dataDir: made.path("slow"), patienceMs: 50 });
  const ask = callerOf(slow.implementations);
  const prepare = (isAnew = false) => ask("anna", "extras.prepare", { itemId: item.id, isAnew });
  const prepared = async () => {
    for (let tries = 0; tries < 2000; tries += 1) {
      const found = await prepare();
      if (found.state !== "running" && found.state !== "waiting") return found;
      await Bun.sleep(10);
    }
    throw new Error("it did not end");
  };
  const track = `/media/extras/${item.id}/s2.vtt`;
  const codeOf = async () => (await get("anna", track, slow))?.text();

  expect((await prepare(true)).why).toBeNull();
  expect(await prepare(true)).toMatchObject({ state: "running", totalBytes: item.sizeBytes });
  expect(await codeOf()).toBe("unavailable");
  expect(await slow.webVtt(item, { streamIndex: 2 }).catch(({ code }: { code: string }) => code)).toBe("unavailable");
  expect(passes).toBe(1);
  gate.resolve({});
  expect(await prepared()).toMatchObject({ state: "ready", why: null });
  expect(passes).toBe(1);
  expect(await codeOf()).toContain("Hallo");

  // The disk is emptied, and the next pass is killed, as for want of memory.
  const folder = join(made.path("slow"), "media", "extras", item.contentKey?.slice(-2) ?? "", item.contentKey ?? "");
  const lose = () => Promise.all(["s2.srt", "s2.vtt"].map((name) => Bun.file(join(folder, name)).delete()));
  await lose();
  gate = Promise.withResolvers();
  gate.resolve({ exitCode: 137 });
  expect((await prepare(true)).why).toBeNull();
  expect(await prepared()).toMatchObject({ state: "failed", why: "ended" });
  expect(await codeOf()).toBe("unavailable");
  expect(await ask("anna", "extras.get", { itemId: item.id })).toMatchObject({ isPending: false });
  expect(passes).toBe(2);
  gate = Promise.withResolvers();
  gate.resolve({ stderr: "file:/proc/1/fd/7: Input/output error" });
  await prepare(true);
  expect(await prepared()).toMatchObject({ state: "failed", why: "read-error" });
  // Ended with the program: nothing is remembered of it.
  gate = Promise.withResolvers();
  await prepare(true);
  expect(passes).toBe(4);
  gate.resolve({});
  await slow.stop();
  expect(createExtraRows(cloud.deps.db, cloud.deps.clock).failure(item.contentKey ?? "", "subtitles")?.why).toBe(
    "read-error",
  );
});

test("what failed is tried again after a restart or a day, a few times", () => {
  const [films] = library.libraries();
  const item = library.itemsAfter(films?.id ?? 0, 0, 10).find(({ path }) => path.endsWith("(2001).mkv")) ?? never();
  const key = item.contentKey ?? "";
  let atMs = nowMs;
  const start = () => createExtraRows(cloud.deps.db, { now: () => atMs });
  let rows = start();
  const isDue = () => {
    const isMissing = rows.missing(item.libraryId, "video", "trickplay", 0, 10).includes(item.id);
    expect(rows.isDue(key, "trickplay")).toBe(isMissing);
    return isMissing;
  };
  rows.forget(key, "trickplay");
  expect(isDue()).toBe(true);
  for (const isRestart of [true, false, false]) {
    rows.keepFailure(key, "trickplay", "ended");
    expect(rows.get(key, "trickplay")).toBeUndefined();
    expect(isDue()).toBe(false);
    atMs += isRestart ? 1 : 86_400_000;
    if (isRestart) rows = start();
    expect(isDue()).toBe(true);
  }
  rows.keepFailure(key, "trickplay", "ended");
  atMs += 10 * 86_400_000;
  rows = start();
  expect(isDue()).toBe(false);
  rows.keep(key, "trickplay", null);
  expect([rows.get(key, "trickplay"), rows.failure(key, "trickplay")]).toEqual([null, undefined]);
});

test("a broken film that is mended is read again on request", async () => {
  const [films] = library.libraries();
  const items = library.itemsAfter(films?.id ?? 0, 0, 10);
  const broken = items.find(({ path }) => path.startsWith("Broken")) ?? never();
  const again = await call("anna", "probe.again", { itemId: broken.id });
  expect(again).toEqual({});
  expect(library.item(broken.id)).toMatchObject({ state: "broken" });
  expect(library.item(broken.id)?.reason).toMatch(/damaged|cut short|no media file/);
});

// needs: ffmpeg
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";
import { createLibrary, libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import { createProbe, mediaProbe } from "#apps/media/probe";
import { createDerivedCache } from "#cache/derived";
import type { OfflineCopy } from "#contract/apps/media/offline";
import { createHttp } from "#platform/http";
import { createJobs, type Jobs } from "#platform/jobs";
import { createRunner } from "#platform/usecase";
import { choicesFor, copyKey } from "./choices.ts";
import { offlineMake } from "./jobs.ts";
import { keptMs } from "./copies.ts";
import { createOffline } from "./service.ts";

setDefaultTimeout(60_000);
let cloud: TestCloud;
let jobs: Jobs;
let library: ReturnType<typeof createLibrary>;
let probe: ReturnType<typeof createProbe>;
let offline: ReturnType<typeof createOffline>;
let itemId = 0;
let isPlaying = false;
let nowMs = Date.now();
let limits: { maxHeight: number | null; maxBitsPerSecond: number | null } | undefined;
let budgetBytes = 1e9;
const told: { userIds: readonly number[]; copyId: number }[] = [];

const folder = () => join(cloud.dir, "offline");
const files = () => readdirSync(folder());

/** The program as it begins: what was running when the last one ended goes on. */
async function start(): Promise<void> {
  const { deps, storage, access } = cloud;
  const playing = () => isPlaying;
  library = createLibrary({ ...deps, storage, access, playing, jobs: () => jobs, personNamed: () => undefined });
  const cache = createDerivedCache({ ...deps, folder: join(cloud.dir, "cache"), budgetBytes: 10_000_000 });
  const enqueue: Jobs["enqueue"] = (...job) => jobs.enqueue(...job);
  probe = createProbe({ ...deps, storage, access, cache, library, playing: () => false, enqueue });
  offline = createOffline({
    ...{ ...deps, storage, library, probe, playing, enqueue, folder: folder(), budgetBytes, transcoding: true },
    limitsOf: () => limits,
    tell: (userIds, copyId) => void told.push({ userIds, copyId }),
  });
  const modules = [library, probe, offline];
  const kinds = [libraryScan, libraryKeys, libraryForget, mediaProbe, offlineMake];
  jobs = createJobs({ ...deps, kinds, handlers: modules.flatMap(({ jobHandlers }) => jobHandlers), isAlone: true });
  jobs.start();
  for (const { start: begin } of modules) begin();
  await Promise.resolve();
}
async function stop(): Promise<void> {
  await jobs.stop();
  offline.stop();
  await probe.stop();
  await library.stop();
}
async function until(isDone: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3000; tries += 1) {
    if (isDone()) return;
    jobs.wake();
    await Bun.sleep(10);
  }
  throw new Error(`it did not come: ${JSON.stringify(jobs.list(20))}`);
}

const make = (path: string, ...argv: string[]) => {
  const made = Bun.spawnSync(["ffmpeg", "-v", "error", "-nostdin", "-y", ...argv, path]);
  expect(made.stderr.toString()).toBe("");
};

beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
  const srt = join(cloud.dir, "a.srt");
  const chapters = join(cloud.dir, "chapters.txt");
  writeFileSync(srt, "1\n00:00:01,000 --> 00:00:02,000\nHallo\n");
  writeFileSync(chapters, ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=One\n");
  const film = join(cloud.dir, "film.mkv");
  make(
    film,
    ...["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=3", "-f", "lavfi", "-i", "sine=d=3", "-f", "lavfi"],
    ...["-i", "sine=f=880:d=3", "-i", srt, "-i", chapters, "-map", "0", "-map", "1", "-map", "2", "-map", "3"],
    ...["-map_chapters", "4", "-c:v", "mpeg4", "-c:a", "ac3", "-c:s", "srt", "-metadata:s:a:1", "language=deu"],
  );
  await start();
  cloud.plant("anna", "Films/Some film.mkv", readFileSync(film));
  await library.followed();
  const found = () => library.libraries().flatMap(({ id }) => library.itemsAfter(id, 0, 10))[0];
  await until(() => {
    nowMs += 10_000;
    return found()?.state === "ready";
  });
  itemId = found()?.id ?? 0;
});
afterAll(async () => {
  await stop();
  await cloud.close();
  expect(cloud.failures).toEqual([]);
});

async function call<T>(person: string, name: string, input: object): Promise<T> {
  const { log, clock } = cloud.deps;
  const runner = createRunner({ implementations: offline.implementations, log, clock, audit: () => undefined });
  const caller = { requestId: "t", address: "::1", userAgent: "", secure: false, replyHeaders: new Headers() };
  return (await runner.run(name, input, { ...caller, actor: cloud.actor(person) })) as T;
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code?: string }) => error.code,
  );
const request = (person: string, rung = "240p") => call<OfflineCopy>(person, "offline.request", { itemId, rung });
const list = async (person: string) => (await call<{ copies: OfflineCopy[] }>(person, "offline.list", {})).copies;
async function ready(person: string, id: number): Promise<OfflineCopy> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const copy = (await list(person)).find((one) => one.id === id);
    if (copy?.state === "failed") throw new Error(copy.reason ?? "");
    if (copy?.state === "ready") return copy;
    await Bun.sleep(30);
  }
  throw new Error("it was not made");
}
async function get(person: string, path: string, headers: Record<string, string> = {}, method = "GET") {
  const { log, clock } = cloud.deps;
  const handle = createHttp({
    ...{ routes: offline.routes, log, clock },
    authenticate: () => cloud.actor(person),
  });
  return handle(new Request(`http://house${path}`, { method, headers }), {
    address: "::1",
    setIdleTimeout: () => undefined,
  });
}

test("a film comes as one MP4 with its picture, the chosen sound, subtitles and chapters, by ranges", async () => {
  const options = await call<{
    qualities: { rung: string; estimatedBytes: number }[];
    audio: { index: number; isDefault: boolean }[];
    original: { url: string } | null;
  }>("anna", "offline.options", { itemId });
  expect(options.qualities.map(({ rung }) => rung)).toEqual(["360p", "240p"]);
  expect(options.original?.url).toBe(`/media/items/${itemId}/file/Some%20film.mkv`);
  expect(options.audio.map(({ index }) => index)).toEqual([1, 2]);
  const { id } = await call<OfflineCopy>("anna", "offline.request", { itemId, rung: "360p", audioIndex: 2 });
  const copy = await ready("anna", id);
  expect(copy).toMatchObject({ name: "Some film (360p).mp4", progress: 1, reason: null, audioIndex: 2 });
  expect(told.some(({ copyId, userIds }) => copyId === id && userIds.length === 1)).toBe(true);
  const whole = await get("anna", copy.url ?? "");
  expect(whole.headers.get("content-disposition")).toContain("Some%20film%20(360p).mp4");
  const bytes = new Uint8Array(await whole.arrayBuffer());
  expect(bytes.length).toBe(copy.sizeBytes);
  const text = Buffer.from(bytes).toString("latin1");
  expect(text.indexOf("moov")).toBeLessThan(text.indexOf("mdat"));
  const part = await get("anna", copy.url ?? "", { range: "bytes=4-7" });
  expect([part.status, await part.text()]).toEqual([206, "ftyp"]);
  const head = await get("anna", copy.url ?? "", {}, "HEAD");
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(bytes.length)]);
  const probed = Bun.spawnSync([
    ...["ffprobe", "-v", "error", "-show_streams", "-show_chapters", "-of", "json"],
    join(folder(), `${id}.mp4`),
  ]);
  const { streams, chapters } = JSON.parse(probed.stdout.toString()) as {
    streams: { codec_name: string; duration: string; height?: number; tags?: { language?: string } }[];
    chapters: { tags: { title: string } }[];
  };
  expect(streams.slice(0, 3).map(({ codec_name }) => codec_name)).toEqual(["h264", "aac", "mov_text"]);
  expect(streams[0]?.height).toBe(360);
  expect(streams[1]?.tags?.language).toBe("deu");
  for (const { duration } of streams.slice(0, 2)) expect(Math.abs(Number(duration) - 3)).toBeLessThan(0.1);
  expect(chapters.map(({ tags }) => tags.title)).toEqual(["One"]);
  await call("anna", "offline.remove", { id });
  expect(await list("anna")).toEqual([]);
  expect(files()).toEqual([]);
});

test("what is made waits while somebody plays, is given up at once, and begins again after a crash", async () => {
  isPlaying = true;
  const first = await request("anna");
  const waits = async () => (await list("anna")).map(({ id, state }) => [id, state]);
  for (let tries = 0; tries < 500 && (await waits())[0]?.[1] !== "paused"; tries += 1) await Bun.sleep(10);
  expect(await waits()).toEqual([[first.id, "paused"]]);
  expect((await get("anna", `/media/offline/${first.id}/file`)).status).toBe(409);
  // Asked for twice it is one.
  expect((await request("anna")).id).toBe(first.id);
  await call("anna", "offline.cancel", { id: first.id });
  expect(await waits()).toEqual([]);
  const second = await request("anna");
  await until(() => rowOf(second.id)?.state === "making");
  await stop();
  // What a killed program leaves.
  cloud.deps.db.prepare("UPDATE media_offline_copy SET state = 'making', attempts = 1").run();
  writeFileSync(join(folder(), `${second.id}.part.mp4`), "half");
  writeFileSync(join(folder(), "999.mp4"), "nobody's");
  isPlaying = false;
  await start();
  const copy = await ready("anna", second.id);
  expect(files()).toEqual([`${second.id}.mp4`]);
  expect(await codeOf(call("anna", "offline.cancel", { id: copy.id }))).toBe("conflict");
});

const rowOf = (id: number) =>
  cloud.deps.db.prepare<{ state: string }, [number]>("SELECT state FROM media_offline_copy WHERE id = ?").get(id);

test("somebody else has nothing of it before they may see the film, shares the copy then, and loses it with the right", async () => {
  const copy = (await list("anna"))[0];
  const url = copy?.url ?? "";
  expect(await codeOf(request("ben"))).toBe("not-found");
  expect(await codeOf(call("ben", "offline.options", { itemId }))).toBe("not-found");
  expect(await codeOf(call("ben", "offline.remove", { id: copy?.id ?? 0 }))).toBe("not-found");
  expect((await get("ben", url)).status).toBe(404);
  const nodeId = library.item(itemId)?.nodeId ?? 0;
  const { entry } = (await cloud.call("anna", "access.set", {
    ...{ resource: { kind: "node", id: nodeId }, subject: { kind: "user", id: cloud.actor("ben").userId } },
    ...{ effect: "allow", actions: ["read"] },
  })) as { entry: { id: number } };
  // Not asked for yet.
  expect((await get("ben", url)).status).toBe(404);
  const shared = await request("ben");
  expect([shared.id, shared.state]).toEqual([copy?.id ?? 0, "ready"]);
  expect((await get("ben", url)).status).toBe(200);
  // Limits hold at each download.
  limits = { maxHeight: 144, maxBitsPerSecond: 1 };
  expect([(await get("ben", url)).status, (await list("ben")).length]).toEqual([404, 0]);
  limits = undefined;
  await call("anna", "offline.remove", { id: shared.id });
  expect([(await get("anna", url)).status, (await get("ben", url)).status]).toEqual([404, 200]);
  await cloud.call("anna", "access.remove", { id: entry.id });
  expect([(await get("ben", url)).status, (await list("ben")).length]).toEqual([404, 0]);
  expect(await codeOf(request("ben"))).toBe("not-found");
});

test("every quality and sound is a copy of its own, and a file that only passes for another's has its own", async () => {
  const item = library.item(itemId);
  const facts = item && probe.facts(item);
  if (item === undefined || facts === undefined) throw new Error("no film");
  const of = (audioIndex: number) =>
    choicesFor(item, facts, undefined, { audioIndex, allowsTranscoding: true }).recipes;
  const all = [...of(1), ...of(2)];
  expect(new Set(all.map((recipe) => copyKey("1-abc", null, recipe))).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(4);

  const annas = await request("anna");
  const as = { actor: cloud.actor("ben") };
  const films = await cloud.storage.makeFolder({ parentId: cloud.homeOf("ben").rootId, name: "Films" }, as);
  const { node } = await cloud.storage.put({ parentId: films.id, name: "Other.mkv" }, new Uint8Array(1000), as);
  expect(node.sha1).not.toBeNull();
  await library.followed();
  const { id } = library.itemOfNode(node.id) ?? { id: 0 };
  cloud.deps.db
    .prepare<never, (string | number | null)[]>("UPDATE media_item SET content_key = ?, state = 'ready' WHERE id = ?")
    .run(item.contentKey, id);
  const bens = await call<OfflineCopy>("ben", "offline.request", { itemId: id, rung: "240p" });
  expect(bens.id).not.toBe(annas.id);
  await call("ben", "offline.remove", { id: bens.id });
});

test("what does not fit is refused before it begins, a changed film fails with a reason, and old copies go", async () => {
  nowMs += keptMs + 1;
  expect(await list("anna")).toEqual([]);
  await stop();
  budgetBytes = 1000;
  await start();
  expect(files()).toEqual([]);
  expect(await codeOf(request("anna"))).toBe("quota-exceeded");
  await stop();
  budgetBytes = 1e9;
  await start();
  isPlaying = true;
  const { id } = await request("anna");
  await until(() => rowOf(id)?.state === "making");
  cloud.deps.db.prepare("UPDATE media_item SET content_key = 'another' WHERE id = ?").run(itemId);
  isPlaying = false;
  await until(() => rowOf(id)?.state === "failed");
  expect((await list("anna"))[0]).toMatchObject({ state: "failed", url: null });
  expect((await list("anna"))[0]?.reason).toContain("changed");
  expect(files()).toEqual([]);
});

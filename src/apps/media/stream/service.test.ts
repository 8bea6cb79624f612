// needs: ffmpeg
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Item } from "#apps/media/library";
import { createSegmentCache } from "#cache/segments";
import type { Session } from "#contract/apps/media/stream";
import { createHttp } from "#platform/http";
import { createRunner } from "#platform/usecase";
import { openTestCloud, type TestCloud } from "#kit";
import { createStream, type Stream } from "./service.ts";
import { factsOf, scanKeyframes } from "./testing.ts";

setDefaultTimeout(60_000);
let cloud: TestCloud;
let stream: Stream;
let item: Item;
let clip = "";
let holds = true;
let limits: { maxHeight: number | null; maxBitsPerSecond: number | null } | undefined;

beforeAll(async () => {
  cloud = await openTestCloud();
  clip = join(cloud.dir, "clip.mp4");
  const made = Bun.spawnSync([
    ...["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=8", "-f", "lavfi", "-i", "sine=d=8"],
    ...[
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-pix_fmt",
      "yuv420p",
      "-g",
      "25",
      "-c:a",
      "aac",
      "-movflags",
      "+faststart",
      clip,
    ],
  ]);
  expect(made.stderr.toString()).toBe("");
});
afterAll(async () => {
  await stream.stop();
  await cloud.close();
  expect(cloud.failures).toEqual([]);
});
beforeEach(async () => {
  if (item !== undefined) await stream.stop();
  holds = true;
  limits = undefined;
  const node = cloud.plant("anna", "Films/clip.mp4", await Bun.file(clip).bytes());
  const { id: nodeId, spaceId, sizeBytes, modifiedAtMs, etag } = node;
  item = {
    ...{ id: 5, libraryId: 1, nodeId, spaceId, kind: "video", path: "clip.mp4", sizeBytes, modifiedAtMs, etag },
    ...{ contentKey: "content", state: "ready", reason: null, addedAtMs: 0 },
  };
  const { deps, storage, access } = cloud;
  const facts = await factsOf(clip);
  stream = createStream({
    ...{ ...deps, storage, access },
    library: {
      item: () => item,
      seen: (actor, ids) => (ids.includes(5) && access.can(actor, "read", { spaceId, nodeId }) ? [item] : []),
    },
    probe: { facts: () => facts, keyframes: () => scanKeyframes(clip) },
    webVtt: () => Promise.resolve(null),
    segments: createSegmentCache({ ...deps, folder: join(cloud.dir, "segments"), budgetBytes: 1e9 }),
    folder: join(cloud.dir, "measured"),
    limitsOf: () => limits,
    personName: () => "Anna",
    credentialHolds: () => holds,
    options: { transcoding: true, maxTranscodes: null, maxSessionsPerPerson: 2 },
  });
});

const caller = { requestId: "r", address: "", userAgent: "", secure: true };
/** The answer of an operation; the code of the error when it is refused. */
async function call<T = Session>(person: string, name: string, input: object): Promise<T> {
  const { log, clock } = cloud.deps;
  const runner = createRunner({ implementations: stream.implementations, log, clock, audit: () => undefined });
  const actor = cloud.actor(person);
  return (await runner.run(name, input, { ...caller, actor, replyHeaders: new Headers() })) as T;
}
const refusal = async (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code?: string }) => error.code,
  );

async function get(path: string, init: RequestInit & { person?: string } = {}): Promise<Response> {
  const { log, clock } = cloud.deps;
  const { person = "", ...rest } = init;
  const http = createHttp({ routes: stream.routes, authenticate: () => cloud.actor(person), log, clock });
  return http(new Request(`http://cloud.test${path}`, rest), { address: "192.0.2.1", setIdleTimeout: () => undefined });
}
const player = {
  ...{ name: "the test", containers: [], hdr: [], switchesAudioInFile: false, deinterlaces: true, maxChannels: 2 },
  video: [
    {
      ...{ codec: "h264", ways: ["hls"], maxWidth: 1920, maxHeight: 1080, maxFramesPerSecond: 60, maxBitDepth: 8 },
      ...{ maxBitsPerSecond: null, maxLevel: null },
    },
  ],
  audio: [{ codec: "aac", ways: ["hls"], maxChannels: 2 }],
  subtitles: { text: true, styled: false, image: false, embedded: false },
  ...{ maxHeight: null, bitsPerSecond: null },
};
const begin = (person = "anna", more: object = {}) =>
  call(person, "stream.begin", { itemId: 5, capabilities: player, ...more });
const base = (session: Session) => `/media/play/${session.id}`;

test("the address of a playback is enough to play it: master, lists, init and segments with exact types", async () => {
  const session = await begin();
  const master = await get(session.masterUrl ?? "");
  expect(master.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
  const text = await master.text();
  expect(text).toContain("#EXT-X-INDEPENDENT-SEGMENTS");
  expect(text).toMatch(/CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2",RESOLUTION=640x360,FRAME-RATE=25\.000,VIDEO-RANGE=SDR/);
  const paths = text.split("\n").filter((line) => line.endsWith("index.m3u8"));
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) {
    const list = await (await get(`${base(session)}/${path}`)).text();
    const folder = `${base(session)}/${path.replace("index.m3u8", "")}`;
    const init = await get(`${folder}init.mp4`);
    expect([init.status, init.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    const segment = await get(`${folder}1.m4s`);
    expect(segment.headers.get("access-control-allow-origin")).toBe("*");
    const bytes = await segment.bytes();
    const part = await get(`${folder}1.m4s`, { headers: { range: "bytes=4-7" } });
    expect([part.status, await part.text()]).toEqual([206, "moof"]);
    const etag = segment.headers.get("etag") ?? "";
    expect((await get(`${folder}1.m4s`, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect(bytes.length).toBeGreaterThan(100);
    const count = [...list.matchAll(/#EXTINF/g)].length;
    expect((await get(`${folder}${count}.m4s`)).status).toBe(404);
  }
  const { sessions } = await call<{ sessions: { sentBytes: number; rung: string }[] }>("root", "stream.list", {});
  expect(sessions).toHaveLength(1);
  expect(sessions[0]?.sentBytes).toBeGreaterThan(0);
  expect(stream.playing()).toBe(true);
});

test("the file itself by ranges: below the playback, and for players that log in", async () => {
  const session = await begin("anna", { capabilities: undefined, profile: "player" });
  expect([session.plan.method, session.masterUrl]).toEqual(["direct", null]);
  const whole = await get(session.fileUrl);
  expect([whole.headers.get("content-type"), (await whole.bytes()).length]).toEqual(["video/mp4", item.sizeBytes]);
  const headers = { range: "bytes=4-7", "if-range": whole.headers.get("etag") ?? "" };
  const part = await get(session.fileUrl, { headers });
  expect([part.status, await part.text()]).toEqual([206, "ftyp"]);
  const head = await get("/media/items/5/file", { method: "HEAD", person: "anna" });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(item.sizeBytes)]);
  expect((await get("/media/items/5/file", { person: "ben" })).status).toBe(404);
  expect((await get("/media/items/5/file")).status).toBe(401);
  expect((await get("/media/items/6/file", { person: "anna" })).status).toBe(404);
});

test("nobody begins what they cannot read, or touches the playback of somebody else", async () => {
  expect(await refusal(begin("ben"))).toBe("not-found");
  const session = await begin();
  expect(await refusal(call("ben", "stream.change", { sessionId: session.id, wishes: {} }))).toBe("not-found");
  expect(await refusal(call("ben", "stream.end", { sessionId: session.id }))).toBe("not-found");
  expect(await refusal(call("ben", "stream.list", {}))).toBe("forbidden");
  expect((await get(`/media/play/${"x".repeat(32)}/master.m3u8`)).status).toBe(404);
  await call("root", "stream.end", { sessionId: session.id });
  expect((await get(session.masterUrl ?? "")).status).toBe(410);
});

test("a playback ends at once when the login is gone, and when the right is", async () => {
  const session = await begin();
  expect((await get(session.masterUrl ?? "")).status).toBe(200);
  holds = false;
  stream.recheck(session.id === "" ? 0 : cloud.actor("anna").userId);
  expect((await get(session.masterUrl ?? "")).status).toBe(410);
  holds = true;
  const shared = await cloud.call("anna", "access.set", {
    resource: { kind: "node", id: item.nodeId },
    subject: { kind: "user", id: cloud.actor("ben").userId },
    effect: "allow",
    actions: ["read"],
  });
  if (shared.code !== undefined) throw new Error(JSON.stringify(shared));
  const guest = await begin("ben");
  expect((await get(guest.masterUrl ?? "")).status).toBe(200);
  await cloud.call("anna", "access.remove", shared.entry === undefined ? { id: shared.id } : { id: shared.entry.id });
  expect((await get(guest.masterUrl ?? "")).status).toBe(410);
});

test("a file that is replaced or deleted while it plays ends the playback, and nothing of the new one is sent", async () => {
  const session = await begin();
  const line =
    (await (await get(session.masterUrl ?? "")).text()).split("\n").find((path) => path.startsWith("v/")) ?? "";
  const folder = `${base(session)}/${line.replace("index.m3u8", "")}`;
  expect((await get(`${folder}0.m4s`)).status).toBe(200);
  cloud.plant("anna", "Films/clip.mp4", "something else entirely");
  const answer = await get(`${folder}1.m4s`);
  expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
    410,
    "The file was replaced while it was played. Start it again to see the new one.",
  ]);
});

test("a report of the player leads to a new plan and address in the same playback; limits of a person hold", async () => {
  const session = await begin();
  expect(session.plan.method).toBe("copy");
  const failure = { part: "video", message: "could not decode" };
  const next = await call("anna", "stream.strike", { sessionId: session.id, failure });
  expect(next.id).toBe(session.id);
  expect([next.plan.method, next.masterUrl === session.masterUrl]).toEqual(["software", false]);
  const master = await (await get(next.masterUrl ?? "")).text();
  expect(master).toContain("RESOLUTION=640x360");
  limits = { maxHeight: 240, maxBitsPerSecond: null };
  const limited = await begin("anna", { capabilities: { ...player, name: "another" } });
  for (const rung of limited.plan.rungs) expect(Math.min(rung.width, rung.height)).toBeLessThanOrEqual(240);
});

test("the oldest playback of a person makes way for one too many", async () => {
  const first = await begin();
  await begin();
  await begin();
  expect((await get(first.masterUrl ?? "")).status).toBe(410);
});

test("many begun at once are no more than those begun one after the other", async () => {
  const begun = await Promise.all([1, 2, 3, 4, 5].map(() => begin()));
  const alive = await Promise.all(begun.map(({ id }) => get(`/media/play/${id}/master.m3u8`)));
  expect(alive.filter(({ status }) => status === 200)).toHaveLength(2);
});

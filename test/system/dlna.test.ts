// needs: ffmpeg, /usr/lib/python3/dist-packages/gi, /usr/lib/x86_64-linux-gnu/girepository-1.0/GUPnP-1.6.typelib, /usr/lib/x86_64-linux-gnu/girepository-1.0/GUPnPAV-1.0.typelib
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";

setDefaultTimeout(120_000);

const dir = mkdtempSync(join(tmpdir(), "hearth-dlna-"));
const name = `Hearth of test ${process.pid}`;
let hearth: RunningHearth;
let port = 0;

interface Found {
  readonly friendlyName: string;
  readonly containers: readonly string[];
  readonly items: readonly {
    readonly title: string;
    readonly class: string;
    readonly resources: readonly { url: string; protocol: string; size: number; seconds: number }[];
  }[];
  readonly updateIds: readonly number[];
  readonly sources: string;
}

function make(file: string, ...args: readonly string[]): string {
  const path = join(dir, file);
  const { exitCode, stderr } = Bun.spawnSync(["ffmpeg", "-v", "error", "-y", ...args, path], { timeout: 60_000 });
  if (exitCode !== 0) throw new Error(stderr.toString());
  return path;
}

const call = async <T>(operation: string, input: unknown): Promise<T> => {
  const headers = { "content-type": "application/json", origin: hearth.url, cookie: hearth.cookie };
  const response = await fetch(`${hearth.url}/api/${operation}`, {
    method: "POST",
    headers,
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

async function put(path: string, file: string): Promise<void> {
  const [folder = ""] = path.split("/");
  await hearth.fetch(`/dav/home/${folder}/`, { method: "MKCOL" });
  const response = await hearth.fetch(`/dav/home/${path}`, { method: "PUT", body: Bun.file(file) });
  expect(response.status).toBe(201);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await Bun.sleep(100)) if (await isSo()) return;
  throw new Error(`${what} did not come`);
}

beforeAll(async () => {
  const free = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  port = free.port ?? 0;
  await free.stop(true);
  const config = join(dir, "hearth.yaml");
  const dlna = { person: "alice", interfaces: ["lo"], port, name };
  writeFileSync(config, JSON.stringify({ services: { media: { dlna } } }));
  hearth = await startHearth({ user: "alice", args: ["--config", config] });
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3"];
  const tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=3"];
  await put(
    "Films/The%20Long%20Day%20(1999).mp4",
    make("film.mp4", ...picture, ...tone, "-c:v", "libx264", "-c:a", "aac"),
  );
  const tags = ["-metadata", "title=One & Two", "-metadata", "artist=Ann", "-metadata", "album=First"];
  await put("Music/one.mp3", make("one.mp3", ...tone, ...tags));
  await put("Photos/still.png", make("still.png", ...picture, "-frames:v", "1"));
  await until("the song", async () => (await call<{ songs: number }>("music.overview", {})).songs === 1);
  const listed = async () => (await call<{ total: number }>("works.list", {})).total;
  await until("the film", async () => (await listed()) === 1);
  const photos = { view: { kind: "all" } };
  await until("the picture", async () => (await call<{ total: number }>("photos.timeline", photos)).total === 1);
  await until("what is in them", async () => {
    const { libraries } = await call<{ libraries: { foundCount: number }[] }>("libraries.list", {});
    return libraries.length === 3 && libraries.every(({ foundCount }) => foundCount === 0);
  });
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("GSSDP finds every service by searching", async () => {
  const script = join(import.meta.dir, "dlna-search.py");
  const searching = Bun.spawn(["/usr/bin/python3", script, "lo"], { stdout: "pipe", stderr: "inherit" });
  const lines = (await new Response(searching.stdout).text()).split("\n");
  const at = lines.filter((line) => line.endsWith(`:${port}/dlna/device.xml`));
  for (const what of ["upnp:rootdevice", "MediaServer:1", "ContentDirectory:1", "ConnectionManager:1", "Registrar:1"]) {
    expect(at.some((one) => one.includes(what))).toBe(true);
  }
});

test("a control point of GUPnP walks the whole tree, fetches what is in it, and is told of what comes", async () => {
  const script = join(import.meta.dir, "dlna-control-point.py");
  const point = Bun.spawn(["/usr/bin/python3", "-W", "ignore", script, name, "lo"], { stdout: "pipe", stderr: "pipe" });
  const [lines, errors] = [new Response(point.stdout).text(), new Response(point.stderr).text()];
  await until("the first message", async () => {
    const { devices } = await call<{ devices: { agent: string }[] }>("dlna.status", {});
    return devices.some(({ agent }) => /gupnp/i.test(agent));
  });
  // Once it has walked the tree it is told of anything new.
  const more = setInterval(
    () => void hearth.fetch(`/dav/home/Music/more-${Date.now()}.lrc`, { method: "PUT", body: "x" }),
    1000,
  );
  expect(await point.exited, await errors).toBe(0);
  clearInterval(more);
  const found = JSON.parse((await lines).trim().split("\n").at(-1) ?? "") as Found;
  expect(found.friendlyName).toBe(name);
  expect(found.sources).toContain("http-get:*:video/*:*");
  for (const title of ["Films", "Music", "Albums", "First", "Artists", "Ann", "Photos"]) {
    expect(found.containers).toContain(title);
  }
  expect(found.updateIds.length).toBe(2);
  const film = found.items.find(({ title }) => title === "The Long Day (1999)");
  expect(film?.class).toBe("object.item.videoItem.movie");
  expect(film?.resources[0]).toMatchObject({ size: readFileSync(join(dir, "film.mp4")).length, seconds: 3 });
  expect(film?.resources[0]?.protocol).toStartWith("http-get:*:video/mp4:DLNA.ORG_OP=01");
  const song = found.items.find(({ title }) => title === "One & Two");
  expect(song?.class).toBe("object.item.audioItem.musicTrack");
  for (const [file, item] of [["film.mp4", film] as const, ["one.mp3", song] as const]) {
    const url = item?.resources[0]?.url ?? "";
    const part = await fetch(url, { headers: { range: "bytes=100-299", "getcontentfeatures.dlna.org": "1" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("contentfeatures.dlna.org")).toContain("DLNA.ORG_OP=01");
    expect(await part.bytes()).toEqual(new Uint8Array(readFileSync(join(dir, file)).subarray(100, 300)));
  }
  const picture = await fetch(found.items.find(({ title }) => title === "still")?.resources[0]?.url ?? "");
  expect(picture.headers.get("content-type")).toBe("image/jpeg");
  expect([...(await picture.bytes()).subarray(0, 2)]).toEqual([0xff, 0xd8]);
});

test("what somebody else has does not exist for televisions", async () => {
  const bob = { name: "bob", displayName: "Bob", password: "another horse battery", roles: ["member"] };
  await call("people.create", bob);
  const authorization = `Basic ${btoa(`bob:${bob.password}`)}`;
  const body = Bun.file(join(dir, "film.mp4"));
  await hearth.fetch("/dav/home/Films/", { method: "MKCOL", headers: { authorization } });
  const put = await hearth.fetch("/dav/home/Films/Secret%20(2001).mp4", {
    method: "PUT",
    body,
    headers: { authorization },
  });
  expect(put.status).toBe(201);
  const asBob = async (operation: string, input: unknown) =>
    (
      await fetch(`${hearth.url}/api/${operation}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body: JSON.stringify(input),
      })
    ).json() as Promise<{ works?: { itemId: number }[] }>;
  let itemId = 0;
  await until("Bob's film", async () => {
    itemId = (await asBob("works.list", {})).works?.[0]?.itemId ?? 0;
    return itemId > 0;
  });
  for (const path of [`item/${itemId}/x.mp4`, `picture/${itemId}.jpg`]) {
    expect((await fetch(`http://127.0.0.1:${port}/dlna/${path}`)).status).toBe(404);
  }
  const browse = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><u:Browse xmlns:u="x"><ObjectID>films</ObjectID><BrowseFlag>BrowseDirectChildren</BrowseFlag></u:Browse></s:Body></s:Envelope>`;
  const films = await fetch(`http://127.0.0.1:${port}/dlna/control/directory`, { method: "POST", body: browse });
  const text = await films.text();
  expect([text.includes("The Long Day"), text.includes("Secret"), text.includes("<TotalMatches>1<")]).toEqual([
    true,
    false,
    true,
  ]);
});

test("nothing but what that person sees, and no request that makes it call others", async () => {
  const base = `http://127.0.0.1:${port}/dlna`;
  expect((await fetch(`${base}/item/999999/x`)).status).toBe(404);
  expect((await fetch(`${base}/item/1%2e%2e/x`)).status).toBe(404);
  expect((await fetch(`${base}/control/directory`, { method: "POST", body: "x".repeat(70_000) })).status).toBe(413);
  const fault = await fetch(`${base}/control/directory`, { method: "POST", body: "<a>" });
  expect([fault.status, (await fault.text()).includes("<errorCode>402</errorCode>")]).toEqual([500, true]);
  const subscribe = (callback: string) =>
    fetch(`${base}/events/directory`, { method: "SUBSCRIBE", headers: { callback, nt: "upnp:event" } });
  expect((await subscribe("<http://192.0.2.1/hook>")).status).toBe(412);
  expect((await subscribe("<http://localhost:1/hook>")).status).toBe(412);
  expect((await subscribe("<http://127.0.0.1:1/hook>")).status).toBe(200);
  // The page of a stranger whose name was made to point here.
  const rebound = await fetch(`${base}/device.xml`, { headers: { host: `attacker.example:${port}` } });
  expect([rebound.status, await rebound.text()]).toEqual([403, ""]);
  // A shared secret of the page is of no use here, and the page is not here either.
  expect((await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie: hearth.cookie } })).status).toBe(404);
});

// needs: rclone, pgrep, unzip, smbd, smbpasswd, apache2, openssl, unshare, /root/.
// Root only: the account that Samba asks for exists in a mount of its own.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { basic, type RunningHearth, startHearth } from "#kit";
import { account, type PlaceServer, startApacheDav, startMute, startSmb } from "./places-servers.ts";
import { addressOf, createTusUpload, logIn, postOperation, sendTusPart, until } from "./places-house.ts";

setDefaultTimeout(60_000);

let hearth: RunningHearth;
let smb: PlaceServer;
let webdav: PlaceServer;
/** A member of the household without any right to a place at first. */
let ben: { cookie: string; id: number };
let nasId = 0;

const post = (operation: string, input: unknown, cookie = hearth.cookie) =>
  postOperation(hearth.url, operation, input, cookie);

async function must(operation: string, input: unknown, cookie?: string) {
  const { status, body } = await post(operation, input, cookie);
  expect(status, `${operation}: ${JSON.stringify(body)}`).toBe(200);
  return body;
}

async function carried(task: unknown) {
  const { id } = await must("places.carry", { onClash: "rename", ...(task as object) });
  return until(async () => {
    const { carries } = await must("places.carries", {});
    const carry = carries.find((one: { id: number }) => one.id === id);
    return ["done", "failed", "cancelled"].includes(carry.state) ? carry : undefined;
  });
}

const everyone = (role: "viewer" | "editor") => [{ subject: { kind: "everyone" }, role }];
const own = [{ subject: { kind: "user", id: 1 }, role: "editor" }];
const content = (path: string, init: RequestInit = {}, cookie = hearth.cookie, id = nasId) =>
  fetch(`${hearth.url}/api/places/content/${id}/${path}`, { ...init, headers: { cookie, ...init.headers } });

const tus = (path: string, body: Uint8Array, { onClash = "fail", cookie = hearth.cookie } = {}) =>
  createTusUpload(
    hearth.url,
    cookie,
    { parentId: String(nasId), path, modifiedAtMs: "1600000000000", onClash },
    body.length,
  );
const patchTus = (location: string, offset: number, body: Uint8Array<ArrayBuffer>) =>
  sendTusPart(hearth.url + location, hearth.cookie, offset, body);

const inShare = (...path: string[]) => join(smb.folder ?? "", ...path);

beforeAll(async () => {
  [hearth, smb, webdav] = await Promise.all([startHearth(), startSmb(), startApacheDav()]);
  const { person } = await must("people.create", {
    name: "ben",
    displayName: "Ben",
    roles: ["member"],
    quotaBytes: null,
    password: "correct horse battery ben",
  });
  ben = { id: person.id, cookie: await logIn(hearth.url, "ben", "correct horse battery ben") };
  const { secret } = account;
  const { place } = await must("places.add", {
    name: "NAS",
    address: addressOf(smb),
    secret,
    readOnly: false,
    members: own,
  });
  nasId = place.id;
});
afterAll(async () => {
  await hearth.stop();
  await smb.stop();
  await webdav.stop();
});

describe("who may", () => {
  test("look after places: nobody without the right, and a wrong address is never saved", async () => {
    const address = addressOf(smb);
    const input = { name: "Other", address, secret: "wrong", readOnly: false, members: [] };
    expect((await post("places.add", input, ben.cookie)).status).toBe(403);
    expect((await post("places.settings", { id: nasId }, ben.cookie)).status).toBe(403);
    const wrong = await post("places.add", input);
    expect([wrong.status, wrong.body.detail]).toEqual([400, "The server does not accept this name and password."]);
    for (const bad of ["http://user:pass@host/", "ftp://host/", "host with space"]) {
      const kind = bad.includes("//") ? "webdav" : "smb";
      expect((await post("places.add", { ...input, address: { ...address, kind, address: bad } })).status).toBe(400);
    }
    expect((await must("places.list", {})).places.map(({ name }: { name: string }) => name)).toEqual(["NAS"]);
  });

  test("use a place: whoever is not let in learns nothing of it; a viewer reads; a read-only place is read by all", async () => {
    writeFileSync(inShare("seen.txt"), "seen");
    const settings = await must("places.settings", { id: nasId });
    expect(JSON.stringify(settings)).not.toContain(account.secret);
    const change = (members: unknown, readOnly = false) => must("places.change", { ...settings, members, readOnly });
    const asBen = (operation: string, input: object) => post(operation, { id: nasId, ...input }, ben.cookie);
    const acts: [string, object][] = [
      ["places.browse", {}],
      ["places.makeFolder", { path: "x" }],
      ["places.move", { from: "seen.txt", to: "y" }],
      ["places.remove", { path: "seen.txt" }],
      [
        "places.carry",
        {
          from: { kind: "place", placeId: nasId, paths: ["seen.txt"] },
          to: { kind: "place", placeId: nasId, path: "x" },
          move: true,
        },
      ],
    ];
    expect((await must("places.list", {}, ben.cookie)).places).toEqual([]);
    for (const [operation, input] of acts) expect((await asBen(operation, input)).status, operation).toBe(404);
    expect((await content("seen.txt", {}, ben.cookie)).status).toBe(404);
    expect((await tus("a.txt", Buffer.from("a"), { cookie: ben.cookie })).status).toBe(404);

    await change([...own, ...everyone("viewer")]);
    const [shown] = (await must("places.list", {}, ben.cookie)).places;
    expect([shown.name, shown.canRead, shown.canWrite]).toEqual(["NAS", true, false]);
    expect((await asBen("places.browse", {})).body.entries.map(({ name }: { name: string }) => name)).toEqual([
      "seen.txt",
    ]);
    expect(await (await content("seen.txt", {}, ben.cookie)).text()).toBe("seen");
    for (const [operation, input] of acts.slice(1)) expect((await asBen(operation, input)).status, operation).toBe(403);
    expect((await tus("a.txt", Buffer.from("a"), { cookie: ben.cookie })).status).toBe(403);

    await change(everyone("editor"));
    const taking = { from: { kind: "nodes", nodeIds: [1] }, to: { kind: "place", placeId: nasId, path: "" } };
    expect((await post("places.carry", { ...taking, move: false }, ben.cookie)).status).toBe(404);
    await change(everyone("editor"), true);
    expect((await post("places.makeFolder", { id: nasId, path: "x" })).status).toBe(403);
    expect((await post("places.remove", { id: nasId, path: "seen.txt" })).status).toBe(403);
    await change(own);
    rmSync(inShare("seen.txt"));
    await must("places.browse", { id: nasId, fresh: true });
  });
});

test("no path leads out, and odd names stay what they are", async () => {
  for (const path of ["../etc", "a/../../b", "/etc", "a//b", ".", "a\0b", "a\nb"]) {
    for (const operation of ["places.browse", "places.makeFolder"]) {
      const { status } = await post(operation, { id: nasId, path });
      expect(status, `${operation} ${JSON.stringify(path)}`).toBe(400);
    }
  }
  for (const path of ["..%2f..%2fetc%2fpasswd", "%2e%2e/x", "a%00b", "%ff", "a%2fb"]) {
    expect([400, 404]).toContain((await content(path)).status);
  }
  const name = "100% ü #1 ?&+ 'x' [y].txt";
  const location = (await tus(name, Buffer.from("odd"))).headers.get("location") ?? "";
  expect((await patchTus(location, 0, Buffer.from("odd"))).status).toBe(204);
  expect(await (await content(encodeURIComponent(name))).text()).toBe("odd");
  await must("places.remove", { id: nasId, path: name });
});

test("an upload that was cut off goes on where it stopped; the time of the file is kept; names that are taken are asked about", async () => {
  const bytes = Buffer.alloc(3_000_000, "resumed ");
  const created = await tus("film.bin", bytes);
  expect(created.status).toBe(201);
  const location = created.headers.get("location") ?? "";
  expect((await patchTus(location, 0, bytes.subarray(0, 1_000_000))).headers.get("upload-offset")).toBe("1000000");
  expect(existsSync(inShare("film.bin"))).toBe(false);
  const head = await fetch(`${hearth.url}${location}`, {
    method: "HEAD",
    headers: { cookie: hearth.cookie, origin: hearth.url, "tus-resumable": "1.0.0" },
  });
  expect(head.headers.get("upload-offset")).toBe("1000000");
  expect((await patchTus(location, 1_000_000, bytes.subarray(1_000_000))).status).toBe(204);
  expect(readFileSync(inShare("film.bin")).equals(bytes)).toBe(true);
  expect(statSync(inShare("film.bin")).mtimeMs).toBe(1_600_000_000_000);
  expect(readdirSync(join(hearth.dataDir, "places", "stage"))).toEqual([]);
  expect((await tus("film.bin", bytes)).status).toBe(409);
  const renamed = await tus("film.bin", Buffer.from("x"), { onClash: "rename" });
  await patchTus(renamed.headers.get("location") ?? "", 0, Buffer.from("x"));
  expect(readFileSync(inShare("film (2).bin"), "utf8")).toBe("x");
  const part = await content("film.bin", { headers: { range: "bytes=8-15" } });
  expect([part.status, await part.text()]).toEqual([206, "resumed "]);
  const etag = (await content("film.bin", { method: "HEAD" })).headers.get("etag") ?? "";
  expect((await content("film.bin", { headers: { "if-none-match": etag } })).status).toBe(304);
  expect((await content("film.bin", { headers: { range: "bytes=9999999-" } })).status).toBe(416);
});

test("copies and moves between Hearth and places: whole trees, names that are taken, and nothing leaves before it has arrived", async () => {
  const homeId = (await must("files.spaces", {})).spaces[0].rootId;
  await hearth.fetch("/dav/home/trip", { method: "MKCOL" });
  await hearth.fetch("/dav/home/trip/days", { method: "MKCOL" });
  const files = new Map(
    ["one.txt", "days/ä two.txt", "days/three.bin"].map((name) => [
      name,
      crypto.getRandomValues(new Uint8Array(50_000)),
    ]),
  );
  for (const [name, body] of files) {
    const path = name.split("/").map(encodeURIComponent).join("/");
    expect(
      (await hearth.fetch(`/dav/home/trip/${path}`, { method: "PUT", body, headers: { "x-oc-mtime": "1500000000" } }))
        .status,
    ).toBe(201);
  }
  const { node } = await must("files.resolve", { spaceId: 1, path: "trip" });
  const out = { from: { kind: "nodes", nodeIds: [node.id] }, to: { kind: "place", placeId: nasId, path: "" } };
  expect(await carried({ ...out, move: false })).toMatchObject({
    state: "done",
    totalBytes: 150_000,
    doneBytes: 150_000,
  });
  for (const [name, body] of files) {
    expect(sha(readFileSync(inShare("trip", name)))).toBe(sha(body));
    expect(statSync(inShare("trip", name)).mtimeMs).toBe(1_500_000_000_000);
  }
  const zip = join(hearth.dataDir, "trip.zip");
  const archive = (cookie: string) => fetch(`${hearth.url}/api/places/archive/${nasId}/trip`, { headers: { cookie } });
  writeFileSync(zip, await (await archive(hearth.cookie)).bytes());
  expect(Bun.spawnSync(["unzip", "-tq", zip]).exitCode).toBe(0);
  const unzipped = Bun.spawnSync(["unzip", "-p", zip, "trip/days/three.bin"]).stdout;
  expect(sha(unzipped)).toBe(sha(files.get("days/three.bin") ?? unzipped));
  expect((await archive(ben.cookie)).status).toBe(404);
  expect(await carried({ ...out, move: true })).toMatchObject({ state: "done" });
  expect(
    readdirSync(inShare())
      .filter((name) => name.startsWith("trip"))
      .toSorted(),
  ).toEqual(["trip", "trip (2)"]);
  expect((await post("files.resolve", { spaceId: 1, path: "trip" })).status).toBe(404);

  const back = { from: { kind: "place", placeId: nasId, paths: ["trip"] }, to: { kind: "folder", folderId: homeId } };
  expect(await carried({ ...back, move: true })).toMatchObject({ state: "done" });
  expect(existsSync(inShare("trip"))).toBe(false);
  for (const [name, body] of files) {
    const path = name.split("/").map(encodeURIComponent).join("/");
    const reply = await hearth.fetch(`/dav/home/trip/${path}`);
    expect(sha(Buffer.from(await reply.arrayBuffer()))).toBe(sha(body));
    expect(reply.headers.get("last-modified")).toBe(new Date(1_500_000_000_000).toUTCString());
  }
  const skipped = await carried({ ...back, from: { ...back.from, paths: ["trip (2)"] }, move: false, onClash: "skip" });
  expect(skipped).toMatchObject({ state: "done", skipped: [] });
  const second = await carried({ ...back, from: { ...back.from, paths: ["trip (2)"] }, move: true, onClash: "skip" });
  expect(second).toMatchObject({ state: "done", skipped: ["trip (2)"] });
  expect(existsSync(inShare("trip (2)", "one.txt"))).toBe(true);

  const { secret } = account;
  const { place } = await must("places.add", {
    name: "Web",
    address: addressOf(webdav),
    secret,
    readOnly: false,
    members: own,
  });
  writeFileSync(inShare("constructor"), "odd"); // A name that means something to a program.
  const across = {
    from: { kind: "place", placeId: nasId, paths: ["trip (2)", "constructor"] },
    to: { kind: "place", placeId: place.id, path: "" },
  };
  expect(await carried({ ...across, move: true })).toMatchObject({ state: "done" });
  for (const [name, body] of files)
    expect(sha(readFileSync(join(webdav.folder ?? "", "trip (2)", name)))).toBe(sha(body));
  expect(existsSync(inShare("trip (2)"))).toBe(false);
  expect(readFileSync(join(webdav.folder ?? "", "constructor"), "utf8")).toBe("odd");

  const stranger = await post("places.carry", { ...back, move: false }, ben.cookie);
  expect(stranger.status).toBe(404);
  expect(
    (await post("places.carry", { ...out, from: { kind: "nodes", nodeIds: [1] }, move: false }, ben.cookie)).status,
  ).toBe(404);
  expect((await must("places.carries", {}, ben.cookie)).carries).toEqual([]);
});

test("a move that is stopped has lost nothing and left nothing half", async () => {
  const body = Buffer.alloc(96_000_000, "a large film ");
  expect((await hearth.fetch("/dav/home/large.bin", { method: "PUT", body })).status).toBe(201);
  const { node } = await must("files.resolve", { spaceId: 1, path: "large.bin" });
  const from = { kind: "nodes", nodeIds: [node.id] };
  const { id } = await must("places.carry", { from, to: { kind: "place", placeId: nasId, path: "" }, move: true });
  expect((await post("places.cancelCarry", { id }, ben.cookie)).status).toBe(404);
  await must("places.cancelCarry", { id });
  const ended = await until(async () => {
    const { carries } = await must("places.carries", {});
    const { state } = carries.find((one: { id: number }) => one.id === id);
    return ["done", "cancelled"].includes(state) ? state : undefined;
  });
  const isHome = (await post("files.resolve", { spaceId: 1, path: "large.bin" })).status === 200;
  expect([isHome, existsSync(inShare("large.bin"))]).toEqual(ended === "done" ? [false, true] : [true, false]);
  const parts = await until(async () =>
    readdirSync(inShare()).some((name) => name.includes("part")) ? undefined : [],
  );
  expect(parts).toEqual([]);
});

const sha = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex");

test("a folder is deleted only with its name; what was renamed has its new name; a place itself cannot be moved into itself", async () => {
  await must("places.makeFolder", { id: nasId, path: "old" });
  expect((await post("places.makeFolder", { id: nasId, path: "old" })).status).toBe(409);
  await must("places.move", { id: nasId, from: "old", to: "new" });
  expect((await post("places.move", { id: nasId, from: "new", to: "new/inner" })).status).toBe(409);
  expect((await post("places.remove", { id: nasId, path: "new" })).status).toBe(400);
  expect(existsSync(inShare("new"))).toBe(true);
  await must("places.remove", { id: nasId, path: "new", confirmName: "new" });
  expect(existsSync(inShare("new"))).toBe(false);
});

test("WebDAV below /dav/places: list, read, write, rename, delete; nothing of it for a stranger", async () => {
  const dav = (path: string, init: RequestInit = {}) => hearth.fetch(`/dav/places/${path}`, init);
  expect(await (await hearth.fetch("/dav/", { method: "PROPFIND", headers: { depth: "1" } })).text()).toContain(
    "/dav/places/",
  );
  expect(await (await dav("", { method: "PROPFIND", headers: { depth: "1" } })).text()).toContain("/dav/places/NAS/");
  expect(
    (await dav("NAS/dav.txt", { method: "PUT", body: "by dav", headers: { "x-oc-mtime": "1500000000" } })).status,
  ).toBe(201);
  expect(statSync(inShare("dav.txt")).mtimeMs).toBe(1_500_000_000_000);
  expect((await dav("NAS/dav.txt", { method: "PUT", body: "by dav 2" })).status).toBe(204);
  expect((await dav("NAS/none/dav.txt", { method: "PUT", body: "x" })).status).toBe(409);
  expect((await dav("NAS/sub", { method: "MKCOL" })).status).toBe(201);
  expect((await dav("NAS/sub", { method: "MKCOL" })).status).toBe(405);
  const destination = { destination: `${hearth.url}/dav/places/NAS/sub/moved.txt` };
  expect((await dav("NAS/dav.txt", { method: "COPY", headers: destination })).status).toBe(201);
  expect((await dav("NAS/dav.txt", { method: "MOVE", headers: { ...destination, overwrite: "F" } })).status).toBe(412);
  expect((await dav("NAS/dav.txt", { method: "MOVE", headers: destination })).status).toBe(204);
  expect(
    (await dav("NAS/sub", { method: "MOVE", headers: { destination: `${hearth.url}/dav/home/sub` } })).status,
  ).toBe(403);
  expect(await (await dav("NAS/sub/moved.txt")).text()).toBe("by dav 2");
  const listing = await (await dav("NAS/sub/", { method: "PROPFIND", headers: { depth: "1" } })).text();
  expect(listing).toContain("/dav/places/NAS/sub/moved.txt");
  expect(listing).toContain("<d:getcontentlength>8</d:getcontentlength>");
  expect((await dav("NAS/sub", { method: "DELETE" })).status).toBe(204);
  expect((await dav("NAS", { method: "DELETE" })).status).toBe(403);
  expect(existsSync(inShare("sub"))).toBe(false);
  const asBen = { headers: { authorization: basic("ben", "correct horse battery ben"), depth: "1" } };
  expect((await fetch(`${hearth.url}/dav/places/NAS/`, { ...asBen, method: "PROPFIND" })).status).toBe(404);
  expect(await (await fetch(`${hearth.url}/dav/`, { ...asBen, method: "PROPFIND" })).text()).not.toContain("places");
  expect((await fetch(`${hearth.url}/dav/places/`, { method: "PROPFIND" })).status).toBe(401);
  expect((await dav("NAS/..%2f..%2fx", {})).status).toBe(400);
});

test("a place that is away says so, with since when, and comes back; a hanging one holds up nobody; what is offline is 503 over WebDAV", async () => {
  const folder = inShare();
  renameSync(folder, `${folder}-away`);
  const away = await until(async () => {
    const answer = await must("places.browse", { id: nasId, fresh: true });
    return answer.status === "offline" ? answer : undefined;
  });
  expect(away.entries).toBeUndefined();
  expect(away.place.state).toMatchObject({ status: "offline" });
  expect(away.place.state.lastSeenMs).toBeGreaterThan(0);
  expect(away.place.state.reason).not.toBeNull();
  const gone = await hearth.fetch("/dav/places/NAS/", { method: "PROPFIND", headers: { depth: "1" } });
  expect([gone.status, gone.headers.has("retry-after")]).toEqual([503, true]);
  expect((await content("film.bin")).status).toBe(503);
  renameSync(`${folder}-away`, folder);
  await until(async () =>
    (await must("places.browse", { id: nasId, fresh: true })).status === "online" ? true : undefined,
  );

  const mute = startMute();
  const settings = await must("places.settings", { id: nasId });
  const startedAtMs = performance.now();
  const hanging = post("places.probe", {
    address: { ...settings.address, address: `127.0.0.1:${mute.port}` },
    secret: "x",
  });
  for (let count = 0; count < 10; count += 1) {
    expect((await must("places.browse", { id: nasId, fresh: true })).status).toBe("online");
  }
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  mute.stop();
  expect((await hanging).body.outcome).not.toBe("ok");
});

test("a kept password goes to no other address; a forgotten place leaves everything where it is", async () => {
  const settings = await must("places.settings", { id: nasId });
  const other = { ...settings.address, address: "127.0.0.1:1" };
  expect((await post("places.probe", { id: nasId, address: other })).status).toBe(400);
  expect((await post("places.change", { ...settings, address: other })).status).toBe(400);
  await must("places.change", { ...settings, name: "Store" });
  expect((await must("places.browse", { id: nasId })).place.name).toBe("Store");
  await must("places.forget", { id: nasId });
  expect((await post("places.browse", { id: nasId })).status).toBe(404);
  expect(existsSync(inShare("film.bin"))).toBe(true);
  expect(hearth.log()).not.toContain(account.secret);
  const database = readFileSync(join(hearth.dataDir, "hearth.db"));
  expect(database.includes(account.secret)).toBe(false);
});

test("a server that is killed takes the client program with it", async () => {
  const short = await startHearth();
  const settings = { name: "Web", address: addressOf(webdav), secret: account.secret, readOnly: false, members: own };
  const { status } = await postOperation(short.url, "places.add", settings, short.cookie);
  expect(status).toBe(200);
  const pids = () => Bun.spawnSync(["pgrep", "-x", "rclone"]).stdout.toString().split("\n").filter(Boolean).map(Number);
  const child = pids().find((pid) => readFileSync(`/proc/${pid}/status`, "utf8").includes(`PPid:\t${short.pid}\n`));
  expect(child).toBeGreaterThan(0);
  await short.kill();
  await until(async () => (pids().includes(child ?? 0) ? undefined : true));
});

// needs: nextcloudcmd
import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cipher, fill, household } from "../../src/apps/files/ransomware/traces.ts";
import { type RunningHearth, runNextcloudcmd, startHearth } from "#kit";
import {
  attackAll,
  call,
  davHand,
  expectWhole,
  incidentsOf,
  newAppPassword,
  rollBackIn,
  sha1,
  stoppedIn,
  until,
} from "./ransomware-support.ts";

let server: RunningHearth | undefined;
const folders: string[] = [];
afterEach(async () => {
  await server?.stop();
  server = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-ransomware-"));
  folders.push(folder);
  return folder;
};

test("a device that encrypts over WebDAV: stopped, told why, others wait; after a kill still so; everything comes back", async () => {
  const dataDir = temporary();
  server = await startHearth({ dataDir });
  const { basic: laptop, secret } = await newAppPassword(server, "Laptop");
  const files = household(1_200, 6_000);
  const good = davHand(server.davUrl, server.authorization);
  await fill(good, files);
  expect(good.refusals).toEqual([]);
  expect(await incidentsOf(server)).toEqual([]);
  const momentMs = Date.now();

  const socketOf = async (password: string) => {
    const socket = new WebSocket(`${server!.url.replace("http", "ws")}/push/ws`);
    const said: string[] = [];
    socket.addEventListener("message", ({ data }) => said.push(String(data)));
    socket.addEventListener("open", () => [server!.user, password].forEach((word) => socket.send(word)));
    await until(async () => said.find((word) => word === "authenticated"));
    return socket;
  };
  const [ofLaptop, ofPhone] = [await socketOf(secret), await socketOf(server.appPassword)];
  const direct = await directAddress(server, laptop, files[0]!.path);
  expect((await fetch(direct)).status).toBe(200);

  const evil = davHand(server.davUrl, laptop);
  const lost = await attackAll(evil, files, "overwrite, then a new ending");
  expect(lost).toBeLessThanOrEqual(50);
  const { id, device } = await stoppedIn(server);
  expect(device).toEqual({ kind: "app-password", label: "Laptop", person: server.user });

  // What the device had opened before is closed to it.
  expect((await fetch(direct)).status).toBe(404);
  await until(async () => (ofLaptop.readyState === WebSocket.CLOSED ? true : undefined));
  expect(ofPhone.readyState).toBe(WebSocket.OPEN);
  ofPhone.close();

  const ask = (authorization: string, path: string) =>
    fetch(`${server!.url}${path}`, { method: "PROPFIND", headers: { authorization, depth: "0" } });
  const clients = `/remote.php/dav/files/${server.user}/`;
  const refused = await ask(laptop, clients);
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("Hearth has stopped")]);
  const waiting = await ask(server.authorization, clients);
  expect([waiting.status, await waiting.text()]).toEqual([
    503,
    expect.stringContaining("Storage is temporarily not available"),
  ]);
  expect((await ask(server.authorization, "/dav/home/")).status).toBe(503);
  const { spaces } = await call<{ spaces: { rootId: number }[] }>(server, "files.spaces", {});
  const folder = await call<{ total: number }>(server, "files.list", { folderId: spaces[0]!.rootId });
  expect(folder.total).toBeGreaterThan(0);
  const { notices } = await call<{ notices: { kind: string; subject: string }[] }>(server, "notices.list", {});
  expect(notices).toContainEqual(expect.objectContaining({ kind: "ransomware-suspected", subject: "Laptop" }));
  const { entries } = await call<{ entries: { operation: string }[] }>(server, "audit.search", { limit: 50 });
  expect(entries.map(({ operation }) => operation)).toContain("ransomware.stop");

  await server.kill();
  server = await startHearth({ dataDir, again: server });
  expect((await ask(laptop, clients)).status).toBe(403);
  expect((await ask(server.authorization, clients)).status).toBe(503);

  await rollBackIn(server, id, momentMs);
  await call(server, "ransomware.release", { id, wasMe: false });
  expect((await ask(laptop, clients)).status).toBe(207);
  await expectWhole(server, files, server.authorization);
}, 120_000);

test("through a sync client: files encrypted in its folder are stopped on the way; released, it brings the good ones back", async () => {
  server = await startHearth();
  const root = temporary();
  const dir = join(root, "files");
  const files = household(600, 5_000);
  await fill(davHand(server.davUrl, server.authorization), files);
  const { url, user, appPassword: password } = server;
  mkdirSync(dir);
  const sync = () => runNextcloudcmd({ dir, url, user, password, home: root });
  expect((await sync()).code).toBe(0);
  const momentMs = Date.now();
  for (const [index, { path, content }] of files.entries()) {
    writeFileSync(join(dir, path), cipher(content, index));
    if (index >= 200) break;
  }
  await sync();
  const { id, device } = await stoppedIn(server);
  expect(device.label).toBe("test");
  const preview = await call<{ totals: { returns: number } }>(server, "ransomware.preview", { id, momentMs });
  expect(preview.totals.returns).toBeLessThanOrEqual(50);
  // Refused as a whole: nothing of the local folder is deleted for it.
  await sync();
  expect(readdirSync(dir).filter((name) => name.startsWith("year")).length).toBe(15);
  await rollBackIn(server, id, momentMs);
  const web = `Basic ${Buffer.from(`${user}:${server.password}`).toString("base64")}`;
  await call(server, "ransomware.release", { id, wasMe: false });
  await expectWhole(server, files, web);
  // As after cleaning: the device's own copy is thrown away before it goes on.
  rmSync(root, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  expect((await sync()).code).toBe(0);
  expect(sha1(readFileSync(join(dir, files[0]!.path)))).toBe(sha1(files[0]!.content));
}, 180_000);

test("behind our back: the space can only be read, and clients wait", async () => {
  const dataDir = temporary();
  server = await startHearth({ dataDir });
  const files = household(300, 6_000);
  await fill(davHand(server.davUrl, server.authorization), files);
  const home = dirname(findHome(dataDir, files[0]!.path));
  for (const [index, { path, content }] of files.entries()) {
    const onDisk = join(home, "..", path);
    writeFileSync(`${onDisk}.locked`, cipher(content, index));
    rmSync(onDisk);
    if (index % 10 === 0) await Bun.sleep(30);
    if (index > 60 && (await incidentsOf(server)).length > 0) break;
  }
  const { device, spaces } = await stoppedIn(server);
  expect(device.kind).toBe("disk");
  expect(spaces[0]?.readOnly).toBe(true);
  const written = await fetch(`${server.davUrl}new.txt`, {
    method: "PUT",
    body: "x",
    headers: { authorization: server.authorization },
  });
  expect(written.status).toBe(503);
}, 120_000);

/** Where the data folder keeps a file, found by its path in the home. */
function findHome(dataDir: string, path: string): string {
  const found = readdirSync(dataDir, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith(path));
  if (found === undefined) throw new Error(`${path} is nowhere`);
  return join(dataDir, found);
}

/** An address without a password, as apps ask for one for a player. */
async function directAddress(server: RunningHearth, authorization: string, path: string): Promise<string> {
  const address = `${server.davUrl}${path.split("/").map(encodeURIComponent).join("/")}`;
  const body = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/></d:prop></d:propfind>`;
  const found = await fetch(address.replace("/dav/home/", `/remote.php/dav/files/${server.user}/`), {
    method: "PROPFIND",
    headers: { authorization, depth: "0" },
    body,
  });
  const fileId = /<oc:fileid>(\d+)/.exec(await found.text())?.[1];
  const response = await fetch(`${server.url}/ocs/v2.php/apps/dav/api/v1/direct?format=json`, {
    method: "POST",
    headers: { authorization, "ocs-apirequest": "true", "content-type": "application/x-www-form-urlencoded" },
    body: `fileId=${fileId}`,
  });
  return ((await response.json()) as { ocs: { data: { url: string } } }).ocs.data.url;
}

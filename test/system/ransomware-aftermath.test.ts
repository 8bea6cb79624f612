// needs: nextcloudcmd
import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  rolledBack,
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
  const folder = mkdtempSync(join(tmpdir(), "hearth-aftermath-"));
  folders.push(folder);
  return folder;
};

test("a client that goes on with ruined files in its folder overwrites none that came back, and is stopped again soon", async () => {
  server = await startHearth();
  const root = temporary();
  const dir = join(root, "files");
  const files = household(300, 5_000);
  await fill(davHand(server.davUrl, server.authorization), files);
  const { url, user, appPassword: password } = server;
  mkdirSync(dir);
  const sync = () => runNextcloudcmd({ dir, url, user, password, home: root });
  expect((await sync()).code).toBe(0);
  const momentMs = Date.now();
  for (const [index, { path, content }] of files.entries()) writeFileSync(join(dir, path), cipher(content, index));
  await sync();
  const { id } = await stoppedIn(server);
  const ruined = await pathsThatReturn(server, id, momentMs);
  expect(ruined.size).toBeGreaterThan(0);
  await rollBackIn(server, id, momentMs);
  await call(server, "ransomware.release", { id, wasMe: false });
  const home = `Basic ${Buffer.from(`${user}:${server.password}`).toString("base64")}`;
  await expectWhole(server, files, home);

  await sync();
  const restored = files.filter(({ path }) => ruined.has(path));
  await expectWhole(server, restored, home);
  expect(conflictsIn(dir)).toBe(ruined.size);
  // What the client had not sent before is nothing that a restored server can tell it of: it is stopped again, and sooner.
  forgetRefusals(dir);
  await sync();
  const again = await stoppedIn(server);
  expect(again.id).toBeGreaterThan(id);
  const second = await pathsThatReturn(server, again.id, again.beganAtMs);
  console.info(`${ruined.size} files lost before the first stop, ${second.size} before the second`);
  expect([...second].filter((path) => ruined.has(path))).toEqual([]);
  expect(second.size).toBeLessThanOrEqual(24);
  await rollBackIn(server, again.id, again.beganAtMs);
  await call(server, "ransomware.release", { id: again.id, wasMe: false });
  await expectWhole(server, files, home);
}, 180_000);

const conflictsIn = (dir: string): number =>
  readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("conflict")).length;

/** The client tries what was refused again only after half a minute, and then after longer and longer times. */
function forgetRefusals(dir: string): void {
  const journal = readdirSync(dir).find((name) => /^\.sync_\w+\.db$/.test(name));
  if (journal === undefined) throw new Error("the client has no journal");
  const database = new Database(join(dir, journal));
  database.run("DELETE FROM blacklist");
  database.close();
}

async function pathsThatReturn(server: RunningHearth, id: number, momentMs: number): Promise<Set<string>> {
  const input = { id, momentMs, only: "returns", limit: 500 };
  const { items } = await call<{ items: { path: string }[] }>(server, "ransomware.preview", input);
  return new Set(items.map(({ path }) => path));
}

test("killed in the middle of a roll-back of 800 files, it goes on by itself to the end", async () => {
  const dataDir = temporary();
  server = await startHearth({ dataDir });
  const files = household(200, 6_000);
  await fill(davHand(server.davUrl, server.authorization), files);
  const { basic: laptop } = await newAppPassword(server, "Laptop");
  const evil = davHand(server.davUrl, laptop);
  const momentMs = Date.now();
  const own = Array.from({ length: 800 }, (_, index) => ({ path: `new/${index}.txt`, content: files[3]!.content }));
  await fill(evil, own);
  await attackAll(evil, files, "overwrite, then a new ending");
  const { id } = await stoppedIn(server);

  await call(server, "ransomware.rollBack", { id, momentMs });
  const rollBack = async () => (await incidentsOf(server!)).find((one) => one.id === id)?.rollBack;
  await until(async () => ((await rollBack())?.done ?? 0) > 0 || undefined);
  await server.kill();
  server = await startHearth({ dataDir, again: server });
  const resumed = await rollBack();
  console.info(`killed with ${resumed?.done} of ${resumed?.total} done`);
  await rolledBack(server, id);
  await call(server, "ransomware.release", { id, wasMe: false });
  await expectWhole(server, files, server.authorization);
  const listing = await fetch(`${server.davUrl}new/`, {
    method: "PROPFIND",
    headers: { authorization: server.authorization, depth: "1" },
  });
  expect([404, 207]).toContain(listing.status);
  expect((await listing.text()).match(/\.txt<\/[dD]:href>/g)).toBeNull();
}, 120_000);

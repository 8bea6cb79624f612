// needs: nextcloudcmd
import { afterEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { createSyncClient } from "../conformance/nextcloud-support.ts";
import { eventually } from "./browser-support.ts";

// Content in another store, with the real program, real clients, kills, and a disk that is full.

const folders: string[] = [];
const mounts: string[] = [];
let hearth: RunningHearth | undefined;
afterEach(async () => {
  await hearth?.stop();
  hearth = undefined;
  for (const path of mounts.splice(0)) spawnSync("umount", ["-l", path]);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "hearth-tiers-"));
  folders.push(dir);
  mkdirSync(join(dir, "cold"));
  writeFileSync(
    join(dir, "hearth.yaml"),
    "services:\n  storage:\n    tiers:\n      - { name: cold, kind: disk, path: cold }\n",
  );
  return dir;
}

async function call(house: RunningHearth, operation: string, input: unknown = {}) {
  const response = await fetch(`${house.url}/api/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: house.url, cookie: house.cookie },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
  // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
  return (await response.json()) as any;
}

const content = (seed: number, sizeBytes: number): Buffer => {
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at++) bytes[at] = (at * 31 + seed * 7 + (at >> 8)) & 255;
  return bytes;
};
const rule = { id: "all", enabled: true, tier: "cold", folderId: null, notOpenedDays: null, olderThanDays: 0 };
const rules = [{ ...rule, largerThanBytes: 100_000, opensAtLeast: null }];

/** Files that were written a moment ago wait until the disk has them for certain; the rules are applied until all are gone. */
async function sendAway(house: RunningHearth, files: readonly string[]): Promise<void> {
  const home = join(house.dataDir, "volumes/main/home", house.user);
  await call(house, "tiers.setRules", { rules, nightly: false, onOpen: "fetch" });
  await eventually("all content is in the store", async () => {
    await call(house, "tiers.apply");
    return files.every((name) => statSync(join(home, name)).blocks < 64);
  });
}

test("a sync client has nothing to do when content moves, and fetches what it needs from the store", async () => {
  const house = (hearth = await startHearth({ dataDir: makeDir() }));
  const first = createSyncClient(() => house);
  const second = createSyncClient(() => house);
  try {
    const names = ["a.bin", "b.bin"];
    for (const [seed, name] of names.entries()) {
      await house.fetch(`/dav/home/${name}`, { method: "PUT", body: new Uint8Array(content(seed, 500_000)) });
    }
    await first.sync();
    const etag = async () => (await house.fetch("/dav/home/a.bin", { method: "HEAD" })).headers.get("etag");
    const before = await etag();
    await sendAway(house, names);
    expect(await etag()).toBe(before);
    const again = await first.sync();
    expect(again.output).not.toMatch(/GETFileJob|PUTFileJob/);
    // Another client, which has nothing yet.
    await second.sync();
    for (const [seed, name] of names.entries()) {
      expect(readFileSync(second.path(name)).equals(content(seed, 500_000))).toBe(true);
    }
    // What was read as a whole is back.
    const home = join(house.dataDir, "volumes/main/home", house.user);
    await eventually("both are back", () => names.every((name) => statSync(join(home, name)).blocks > 500));
    second.write("a.bin", "changed by the client");
    await second.sync();
    expect(readFileSync(join(home, "a.bin"), "utf8")).toBe("changed by the client");
  } finally {
    first.remove();
    second.remove();
  }
}, 90_000);

test("killed in the middle of a run, again and again, every file is whole and the run goes on", async () => {
  const dataDir = makeDir();
  let house = (hearth = await startHearth({ dataDir }));
  const again = { url: house.url, cookie: house.cookie, appPassword: house.appPassword };
  const names = Array.from({ length: 12 }, (_, index) => `film-${index}.bin`);
  for (const [seed, name] of names.entries()) {
    await house.fetch(`/dav/home/${name}`, { method: "PUT", body: new Uint8Array(content(seed, 3_000_000)) });
  }
  await call(house, "tiers.setRules", { rules, nightly: false, onOpen: "stream" });
  const home = join(dataDir, "volumes/main/home", house.user);
  const away = () => names.filter((name) => statSync(join(home, name)).blocks < 64).length;
  for (const act of ["tiers.apply", "tiers.bringBack", "tiers.apply"]) {
    const had = away();
    await call(house, act);
    await eventually("something moved", () => away() !== had, 3_000).catch(() => undefined);
    await house.kill();
    house = hearth = await startHearth({ dataDir, again });
    for (const [seed, name] of names.entries()) {
      const read = Buffer.from(await (await house.fetch(`/dav/home/${name}`)).arrayBuffer());
      expect([name, read.equals(content(seed, 3_000_000))]).toEqual([name, true]);
    }
  }
  await call(house, "tiers.bringBack");
  await eventually("all are back", () => away() === 0, 30_000);
  for (const [seed, name] of names.entries()) {
    expect(readFileSync(join(home, name)).equals(content(seed, 3_000_000))).toBe(true);
  }
  expect(readdirSync(home)).toHaveLength(names.length);
}, 120_000);

if (process.getuid?.() === 0) {
  test("on a full disk content is read from the store and not kept; fetching it says why not", async () => {
    const dataDir = makeDir();
    const volume = join(dataDir, "volumes/main");
    mkdirSync(volume, { recursive: true });
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=120m", "tmpfs", volume]);
    expect(status).toBe(0);
    mounts.push(volume);
    const house = (hearth = await startHearth({ dataDir }));
    const bytes = content(1, 30_000_000);
    await house.fetch("/dav/home/film.bin", { method: "PUT", body: new Uint8Array(bytes) });
    await sendAway(house, ["film.bin"]);
    writeFileSync(join(volume, "filler"), Buffer.alloc(100_000_000));
    const read = Buffer.from(await (await house.fetch("/dav/home/film.bin")).arrayBuffer());
    expect(read.equals(bytes)).toBe(true);
    await call(house, "tiers.bringBack");
    await eventually("the run says why", async () => {
      const { runs } = await call(house, "tiers.runs");
      return runs[0]?.state === "failed" && /does not fit/.test(runs[0].error ?? "");
    });
    expect(statSync(join(volume, "home", house.user, "film.bin")).blocks).toBeLessThan(64);
    rmSync(join(volume, "filler"));
    await call(house, "tiers.bringBack");
    await eventually("it is back", () => statSync(join(volume, "home", house.user, "film.bin")).blocks > 1000);
  }, 60_000);
}

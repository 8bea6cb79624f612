// needs: rclone
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentOf } from "../system/crash/content.ts";
import { brokenInvariants } from "../system/invariants.ts";
import { diskTree, startSystem, type System, untilNone } from "../system/support.ts";
import { filesBelow } from "../system/walk.ts";

const timeoutMs = 90_000;
let dir: string;
let server: System;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "hearth-rclone-"));
  server = await startSystem({ dataDir: join(dir, "data") });
  const pass = (await run("rclone", "obscure", server.appPassword)).output.trim();
  const url = `${server.url}/remote.php/dav/files/${server.user}`;
  plant("rclone.conf", `[h]\ntype = webdav\nurl = ${url}\nvendor = nextcloud\nuser = ${server.user}\npass = ${pass}\n`);
});
afterEach(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

function plant(path: string, content: string | Uint8Array): void {
  mkdirSync(join(dir, path, ".."), { recursive: true });
  writeFileSync(join(dir, path), content);
}

async function run(...argv: readonly string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, HOME: dir, XDG_CACHE_HOME: join(dir, "cache") };
  const child = Bun.spawn([...argv], { cwd: dir, env, stdout: "pipe", stderr: "pipe", timeout: timeoutMs });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: out + err };
}

const rclone = (...args: readonly string[]) => run("rclone", "--config", join(dir, "rclone.conf"), "-v", ...args);

async function must(...args: readonly string[]): Promise<string> {
  const { code, output } = await rclone(...args);
  expect(code, output).toBe(0);
  return output;
}

test("the server dies while rclone copies: rclone tries again, and every byte is there", async () => {
  for (let index = 0; index < 300; index++)
    plant(`src/${index % 12}/file ${index}.bin`, contentOf(index, 3000 + index));
  for (let index = 0; index < 4; index++) plant(`src/large/${index}.bin`, contentOf(5000 + index, 6_000_000));
  const copying = rclone(
    "sync",
    "--retries",
    "10",
    "--retries-sleep",
    "500ms",
    "--low-level-retries",
    "2",
    "src",
    "h:tree",
  );
  const copied = () => filesBelow(server.homePath).length;
  for (const enough of [60, 180]) {
    for (let waits = 0; copied() < enough && waits < 2000; waits++) await Bun.sleep(5);
    await server.kill();
    server = await startSystem({ dataDir: join(dir, "data"), again: server });
  }
  const { code, output } = await copying;
  expect(code, output.slice(-3000)).toBe(0);
  expect(await must("check", "--download", "src", "h:tree")).toContain("0 differences found");
  expect(diskTree(join(server.homePath, "tree"))).toEqual(diskTree(join(dir, "src")));
  expect(await untilNone(() => brokenInvariants(server))).toEqual([]);
}, 120_000);

test("bisync: changes on both sides, on the disk as well, meet; a file changed on both stays twice", async () => {
  for (const name of ["a", "b", "c", "both"]) plant(`here/${name}.txt`, `${name}\n`);
  await must("mkdir", "h:there");
  await must("bisync", "--resync", "here", "h:there");
  await Bun.sleep(1100);
  const there = join(server.homePath, "there");
  plant("here/a.txt", "a changed here\n");
  renameSync(join(dir, "here/b.txt"), join(dir, "here/b moved.txt"));
  writeFileSync(join(there, "c.txt"), "c changed by a shell on the server\n");
  mkdirSync(join(there, "inner"));
  writeFileSync(join(there, "inner/new.txt"), "new on the server\n");
  plant("here/both.txt", "changed here, too\n");
  await server.fetch(`/remote.php/dav/files/${server.user}/there/both.txt`, { method: "PUT", body: "changed there\n" });
  await must("bisync", "--force", "here", "h:there");
  await must("bisync", "--force", "here", "h:there");
  expect(diskTree(join(dir, "here"))).toEqual(diskTree(there));
  const contents = filesBelow(there).map((path) => readFileSync(path, "utf8"));
  for (const text of ["a changed here\n", "b\n", "c changed by a shell on the server\n", "new on the server\n"])
    expect(contents).toContain(text);
  expect(contents).toContain("changed here, too\n");
  expect(contents).toContain("changed there\n");
  expect(await must("check", "--download", "here", "h:there")).toContain("0 differences found");
}, 120_000);

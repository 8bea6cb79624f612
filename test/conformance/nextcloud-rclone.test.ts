// needs: rclone
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";

const timeoutMs = 60_000;
let hearth: RunningHearth;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "hearth-rclone-"));
  hearth = await startHearth();
  const pass = (await run("rclone", "obscure", hearth.appPassword)).trim();
  const url = `${hearth.url}/remote.php/dav/files/${hearth.user}`;
  plant("rclone.conf", `[h]\ntype = webdav\nurl = ${url}\nvendor = nextcloud\nuser = ${hearth.user}\npass = ${pass}\n`);
});
afterAll(async () => {
  await hearth.stop();
  rmSync(dir, { recursive: true, force: true });
});

function plant(path: string, content: string | Uint8Array): void {
  mkdirSync(join(dir, path, ".."), { recursive: true });
  writeFileSync(join(dir, path), content);
}

async function run(...argv: readonly string[]): Promise<string> {
  const env = { ...process.env, HOME: dir, XDG_CACHE_HOME: join(dir, "cache") };
  const child = Bun.spawn([...argv], { cwd: dir, env, stdout: "pipe", stderr: "pipe", timeout: timeoutMs });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect(await child.exited, `${argv.join(" ")}\n${out}${err}`).toBe(0);
  return out + err;
}

const rclone = (...args: readonly string[]) =>
  run("rclone", "--config", join(dir, "rclone.conf"), "--retries", "1", "-v", ...args);

test("vendor nextcloud: copies with times and sums, syncs, moves, tells the space left", async () => {
  for (let index = 0; index < 25; index += 1) plant(`src/many/file ${index}.bin`, `content ${index}`);
  plant("src/ünï & <x> #1%.txt", "a name with everything");
  plant("src/empty.txt", "");
  plant("src/big.bin", new Uint8Array(3_000_000).fill(7));
  utimesSync(join(dir, "src/empty.txt"), 1_580_702_706, 1_580_702_706);
  await rclone("copy", "src", "h:tree");
  expect(await rclone("check", "--download", "src", "h:tree")).toContain("0 differences found");
  expect(await rclone("check", "src", "h:tree")).not.toContain("could not be checked");
  expect(await rclone("sync", "src", "h:tree")).not.toMatch(/Copied|Deleted/);
  expect(await rclone("lsl", "h:tree")).toMatch(/ 0 2020-02-03 0\d:05:06/);
  renameSync(join(dir, "src/big.bin"), join(dir, "src/moved.bin"));
  const synced = await rclone("sync", "--track-renames", "src", "h:tree");
  expect(synced).toContain("Renamed");
  await rclone("copyto", "h:tree/moved.bin", "h:tree/again.bin");
  expect(await rclone("about", "h:")).toMatch(/Free:\s+\d/);
  await rclone("purge", "h:tree");
  expect(await rclone("lsf", "h:")).not.toContain("tree");
}, 120_000);

test("bisync keeps two folders the same", async () => {
  plant("both/a.txt", "a");
  plant("both/inner/b.txt", "b");
  await rclone("mkdir", "h:both");
  await rclone("bisync", "--resync", "both", "h:both");
  plant("both/inner/c.txt", "from here");
  await hearth.fetch("/remote.php/dav/files/alice/both/d.txt", { method: "PUT", body: "from there" });
  await hearth.fetch("/remote.php/dav/files/alice/both/a.txt", { method: "DELETE" });
  // It looks at times in whole seconds.
  await rclone("bisync", "--force", "both", "h:both");
  await rclone("copy", "h:both", "back");
  expect(await run("diff", "-r", "both", "back")).toBe("");
  expect(await rclone("lsf", "-R", "h:both")).toMatch(/d\.txt[\s\S]*inner\/c\.txt/);
}, 120_000);

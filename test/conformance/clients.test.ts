// needs: rclone, cadaver, curl
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";

const timeoutMs = 30_000;
let hearth: RunningHearth;
let dir: string;

beforeAll(async () => {
  hearth = await startHearth();
});
afterAll(() => hearth.stop());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hearth-client-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a program to its end; answers everything it printed. Fails the test when the program fails. */
async function run(argv: readonly string[], { input = "", expectCode = 0 } = {}): Promise<string> {
  const child = Bun.spawn([...argv], {
    cwd: dir,
    env: { ...process.env, HOME: dir },
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
    timeout: timeoutMs,
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect(await child.exited, `${argv.join(" ")}\n${out}${err}`).toBe(expectCode);
  return out + err;
}

function plant(path: string, content: string | Uint8Array): string {
  const full = join(dir, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, content);
  return full;
}

const pattern = (sizeBytes: number, seed: number) =>
  Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + seed + (index >> 8)) & 0xff);

async function rclone(...args: readonly string[]): Promise<string> {
  const obscured = (await run(["rclone", "obscure", hearth.appPassword])).trim();
  const remote = `[h]\ntype = webdav\nurl = ${hearth.davUrl}\nvendor = nextcloud\nuser = ${hearth.user}\npass = ${obscured}\n`;
  const config = plant("rclone.conf", remote);
  return run(["rclone", "--config", config, "--retries", "1", "--low-level-retries", "1", "-v", ...args]);
}

test("rclone copies, checks with download, syncs, moves and removes", async () => {
  for (let index = 0; index < 30; index += 1) plant(`src/many/file ${index}.bin`, pattern(index * 100, index));
  plant("src/ünï & <x> #1%.txt", "a name with everything");
  plant("src/deep/er/big.bin", pattern(3_000_000, 7));
  plant("src/empty.txt", "");
  utimesSync(join(dir, "src/empty.txt"), new Date("2020-02-03T04:05:06Z"), new Date("2020-02-03T04:05:06Z"));
  const source = join(dir, "src");
  await rclone("copy", source, "h:tree");
  expect(await rclone("check", "--download", source, "h:tree")).toContain("0 differences found");
  // Without --download it compares the SHA-1 that the server tells.
  expect(await rclone("check", source, "h:tree")).not.toContain("could not be checked");
  expect(await rclone("lsl", "h:tree")).toMatch(/ 0 2020-02-03 0\d:05:06/);
  expect(await rclone("sync", source, "h:tree")).not.toMatch(/Copied|Deleted/);

  await rclone("moveto", "h:tree/deep/er/big.bin", "h:tree/moved.bin");
  renameSync(join(dir, "src/deep/er/big.bin"), join(dir, "src/moved.bin"));
  rmSync(join(dir, "src/deep"), { recursive: true });
  renameSync(join(dir, "src/many/file 3.bin"), join(dir, "src/renamed 3.bin"));
  plant("src/many/file 4.bin", "changed");
  const synced = await rclone("sync", "--track-renames", source, "h:tree");
  expect(synced).toContain("Renamed");
  expect(synced).not.toContain("moved.bin: Copied");
  expect(await rclone("check", "--download", source, "h:tree")).toContain("0 differences found");

  await rclone("copy", "h:tree", join(dir, "back"));
  expect(await run(["diff", "-r", "src", "back"])).toBe("");
  expect(await rclone("about", "h:")).toMatch(/Free:\s+\d/);
  await rclone("purge", "h:tree");
  expect(await rclone("lsf", "h:")).not.toContain("tree");
}, 120_000);

test("cadaver uploads, sets properties, locks, copies, moves and deletes", async () => {
  plant("a.bin", pattern(70_000, 3));
  const host = new URL(hearth.url).hostname;
  plant(".netrc", `machine ${host} login ${hearth.user} password ${hearth.appPassword}\n`);
  const commands = [
    "mkcol cad",
    "cd cad",
    "put a.bin",
    "propset a.bin color blue",
    "propget a.bin color",
    "lock a.bin",
  ];
  commands.push(
    "discover a.bin",
    "put a.bin",
    "unlock a.bin",
    "copy a.bin b.bin",
    "move b.bin c.bin",
    "get c.bin back.bin",
  );
  commands.push("delete a.bin", "ls", "cd ..", "rmcol cad", "quit");
  const output = await run(["cadaver", hearth.davUrl], { input: `${commands.join("\n")}\n` });
  expect(output).not.toContain("failed");
  expect(output).toContain("Value of color is: blue");
  expect(output).toContain("Scope: exclusive");
  expect(readFileSync(join(dir, "back.bin"))).toEqual(readFileSync(join(dir, "a.bin")));
}, 60_000);

const curl = (...args: readonly string[]) =>
  run(["curl", "-sS", "--max-time", "20", "-u", `${hearth.user}:${hearth.appPassword}`, ...args]);

test("curl uploads, resumes a download, reads ranges and honours conditions", async () => {
  const content = pattern(500_000, 5);
  const file = plant("big.bin", content);
  const url = `${hearth.davUrl}curl.bin`;
  expect(await curl("-w", "%{http_code}", "-T", file, url)).toBe("201");
  expect(await curl("-w", "%{http_code}", "-H", "Transfer-Encoding: chunked", "-T", file, url)).toBe("204");

  plant("part.bin", content.slice(0, 123_456));
  await curl("-C", "-", "-o", "part.bin", url);
  expect(readFileSync(join(dir, "part.bin"))).toEqual(Buffer.from(content));
  for (const [range, start, end] of [
    ["0-0", 0, 1],
    ["100-70099", 100, 70_100],
    ["499990-", 499_990, 500_000],
    ["-100000", 400_000, 500_000],
    ["10-99999999", 10, 500_000],
  ] as const) {
    expect(await curl("-r", range, "-o", "range.bin", "-w", "%{http_code}", url)).toBe("206");
    expect(readFileSync(join(dir, "range.bin"))).toEqual(Buffer.from(content.slice(start, end)));
  }
  expect(await curl("-r", "500000-", "-D", "-", url)).toMatch(/416[\s\S]*content-range: bytes \*\/500000/i);
  expect(await curl("-I", url)).toMatch(/200 OK[\s\S]*content-length: 500000/i);

  const etag = /^etag: (.*)\r$/im.exec(await curl("-I", url))?.[1] ?? "";
  const code = (...args: readonly string[]) => curl("-o", "out.bin", "-w", "%{http_code}", ...args, url);
  expect(await code("-H", `If-None-Match: ${etag}`)).toBe("304");
  expect(await code("-H", `If-None-Match: "other", W/${etag}`)).toBe("304");
  expect(await code("-H", `If-Match: W/${etag}`)).toBe("412");
  expect(await code("-H", `If-Range: ${etag}`, "-r", "0-9")).toBe("206");
  expect(await code("-H", 'If-Range: "old"', "-r", "0-9")).toBe("200");
  expect(await code("-H", `If-Modified-Since: ${new Date().toUTCString()}`)).toBe("304");
  expect(await code("-T", file, "-H", 'If-Match: "old"')).toBe("412");
  expect(await code("-T", file, "-H", `If-Match: ${etag}`)).toBe("204");
  expect(await code("-T", file, "-H", "If-None-Match: *")).toBe("412");
}, 60_000);

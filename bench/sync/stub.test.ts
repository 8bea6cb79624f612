// needs: nextcloudcmd
import { afterAll, beforeAll, expect, test } from "bun:test";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runNextcloudcmd } from "#kit";
import { startSyncStub, type SyncStub } from "./stub.ts";
import { makeSmallFiles } from "./tree.ts";

const files = 30;

let root = "";
let stub: SyncStub;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "hearth-stub-"));
  stub = startSyncStub();
});
afterAll(async () => {
  await stub.stop();
  rmSync(root, { recursive: true, force: true });
});

async function sync(dir: string): Promise<string> {
  const url = `http://127.0.0.1:${stub.port}`;
  const run = await runNextcloudcmd({ dir, url, user: "bench", password: "any", home: join(root, "home") });
  expect(run.code, run.output.slice(-2000)).toBe(0);
  return run.output;
}

function sizesAndTimes(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".txt"))
    .map((path) => ({ path, stat: lstatSync(join(dir, path)) }))
    .map(({ path, stat }) => `${path} ${stat.size} ${Math.trunc(stat.mtimeMs / 1000)}`)
    .toSorted();
}

test("the stub of the benchmark is a server to a real client: it sends, fetches, and then has nothing to do", async () => {
  const [sender, receiver] = [join(root, "sender"), join(root, "receiver")];
  for (const dir of [sender, receiver, join(root, "home")]) mkdirSync(dir);
  makeSmallFiles(sender, files);
  const sent = sizesAndTimes(sender);
  expect(sent).toHaveLength(files);
  await sync(sender);
  await sync(receiver);
  expect(sizesAndTimes(receiver)).toEqual(sent);
  await sync(receiver);
  const idle = await sync(receiver);
  expect(idle.match(/"(PROPFIND|GET|PUT)" "http/g)).toHaveLength(1);
  rmSync(join(sender, "folder 000", "note 000007.txt"));
  await sync(sender);
  await sync(receiver);
  expect(sizesAndTimes(receiver)).toEqual(sent.filter((line) => !line.includes("000007")));
}, 60_000);

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { act, eventually, openTestStorage } from "../../src/storage/primary/testing.ts";
import { type PlaceServer, startS3 } from "./places-servers.ts";

// Content in a bucket, against a server that speaks S3 and checks signatures.

let server: PlaceServer;
let dir: string;
beforeAll(async () => {
  server = await startS3();
  dir = mkdtempSync(join(tmpdir(), "hearth-tiers-s3-"));
  writeFileSync(join(dir, "secret"), `${server.settings.secret}\n`);
  writeFileSync(join(dir, "wrong"), "not the secret\n");
  mkdirSync(join(dir, "house"));
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const signal = new AbortController().signal;
const bucket = (secretKeyFile: string) => ({
  ...{ name: "bucket", kind: "s3" as const, prefix: "hearth/", readBack: true },
  endpoint: server.settings.address,
  bucket: server.settings.container,
  region: "us-east-1",
  accessKeyId: server.settings.user,
  secretKeyFile: join(dir, secretKeyFile),
});

function content(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at++) bytes[at] = (at * 31 + (at >> 9)) & 255;
  return bytes;
}

test("a large file goes to a bucket in parts, is read in ranges, and comes back whole", async () => {
  const house = await openTestStorage({ tiers: [bucket("secret")] });
  const { storage, home } = house;
  const bytes = content(21_000_000);
  const { node } = await storage.put({ parentId: home.rootId, name: "film.mkv" }, bytes, act);
  const before = process.memoryUsage.rss();
  await storage.tiers.moveOut(node.id, "bucket", { signal });
  expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
  expect(storage.tiers.stores()).toMatchObject([{ kind: "s3", files: 1, sizeBytes: bytes.length, freeBytes: null }]);
  const file = storage.open(node.id, { remote: true });
  await file.remote?.ready();
  const part = await new Response(file.remote?.stream(9_000_000, 9_100_000)).bytes();
  expect(Buffer.compare(part, bytes.subarray(9_000_000, 9_100_000))).toBe(0);
  const whole = await new Response(file.remote?.stream(0, bytes.length)).bytes();
  expect(Buffer.compare(whole, bytes)).toBe(0);
  await eventually(() => storage.tiers.states([node.id]).length === 0);
  const here = storage.open(node.id);
  expect(Buffer.compare(readFileSync(here.fd), bytes)).toBe(0);
  here.close();
  expect(storage.node(node.id)?.etag).toBe(node.etag);
  await house.close();
});

test("with a wrong secret, or without a server, nothing moves and the reason is named", async () => {
  const wrong = await openTestStorage({ tiers: [bucket("wrong")] });
  const { node } = await wrong.storage.put({ parentId: wrong.home.rootId, name: "a.bin" }, content(200_000), act);
  await expect(wrong.storage.tiers.moveOut(node.id, "bucket", { signal })).rejects.toThrow(/cannot be reached/);
  await wrong.storage.tiers.look();
  expect(wrong.storage.tiers.stores()[0]?.online).toBe(false);
  expect(wrong.storage.tiers.stores()[0]?.reason).toContain("cannot be reached");
  wrong.storage.open(node.id).close();
  await wrong.close();
  const missing = await openTestStorage({ tiers: [bucket("no-such-file")] });
  await missing.storage.tiers.look();
  expect(missing.storage.tiers.stores()[0]?.reason).toContain("secret key");
  await missing.close();
  expect(readdirSync(dir)).toContain("secret");
});

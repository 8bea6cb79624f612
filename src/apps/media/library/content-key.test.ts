import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Storage } from "#storage/primary";
import { AppError } from "#platform/errors";
import { createContentKeyOf } from "./content-key.ts";
import { createContentKeys } from "./key-thread.ts";

const folder = mkdtempSync(join(tmpdir(), "hearth-keys-"));
afterAll(() => rmSync(folder, { recursive: true }));

const salt = new Uint8Array(32).map((_, index) => index * 5);
const kib = 1024;
const around = (size: number) => [size - 1, size, size + 1];
const sizes = [0, 1, ...[64 * kib, 128 * kib, 192 * kib, 192 * kib + 4096, 1024 * kib].flatMap(around)];

/** As households have kept them since the salt came, over bytes in memory. */
function keptKey(bytes: Uint8Array): string {
  const size = bytes.length;
  const hash = createHash("sha256").update(`${size}:`);
  if (size <= 192 * kib) {
    hash.update(bytes);
  } else {
    const piece = 64 * kib;
    for (const at of [0, Math.floor((size - piece) / 2), size - piece]) hash.update(bytes.subarray(at, at + piece));
    const hidden = [0, 1, 2, 3].map((index) => {
      // The salt is the key of an HMAC.
      const digest = new Bun.CryptoHasher("sha256", salt).update(`${size}:${index}`).digest();
      return Number(digest.readBigUInt64BE(0) % BigInt(size - 4096 + 1));
    });
    for (const at of hidden.toSorted((a, b) => a - b)) hash.update(bytes.subarray(at, at + 4096));
  }
  return `${size.toString(36)}-${hash.digest("hex").slice(0, 32)}`;
}

const files = sizes.map((sizeBytes, id) => {
  const bytes = new Uint8Array(sizeBytes).map((_, index) => (index * 7919 + id) >> 3);
  const path = join(folder, String(id));
  writeFileSync(path, bytes);
  return { id, path, sizeBytes, key: keptKey(bytes) };
});

/** A storage of these files that counts what is open; a file of the id 900 is away, 901 is open no more when it is read. */
function openStorage() {
  let openCount = 0;
  const open = (id: number) => {
    if (id === 900) throw new AppError("unavailable");
    openCount += 1;
    const file = files[id === 901 ? 0 : id];
    if (file === undefined) throw new AppError("not-found");
    const fd = id === 901 ? 2 ** 20 : openSync(file.path, "r");
    const close = () => {
      openCount -= 1;
      if (id !== 901) closeSync(fd);
    };
    return { node: { id, etag: `e${id}` }, fd, sizeBytes: file.sizeBytes + Number(id === 901), close };
  };
  return { storage: { open } as unknown as Pick<Storage, "open">, openCount: () => openCount };
}

test("keys of all sizes are those that households have", () => {
  const contentKeyOf = createContentKeyOf(salt);
  for (const { path, sizeBytes, key } of files) {
    const fd = openSync(path, "r");
    expect(contentKeyOf(fd, sizeBytes)).toBe(key);
    closeSync(fd);
  }
});

test("a file that was cut off since it was opened has another key, and ends", () => {
  const path = join(folder, "cut");
  writeFileSync(path, new Uint8Array(1024 * kib));
  truncateSync(path, 100 * kib);
  const fd = openSync(path, "r");
  expect(createContentKeyOf(salt)(fd, 1024 * kib)).not.toBe(keptKey(new Uint8Array(1024 * kib)));
  closeSync(fd);
});

test("many are read at a time, on a thread; what cannot be read is left out, and nothing stays open", async () => {
  const { storage, openCount } = openStorage();
  const keys = createContentKeys(storage, salt);
  const read = await keys.read([901, 900, ...files.map(({ id }) => id)]);
  expect([...read]).toEqual(files.map(({ id, key }) => [id, { key, etag: `e${id}` }]));
  expect(openCount()).toBe(0);
  await keys.stop();
  expect([...(await keys.read([1]))]).toEqual([]);
  expect(openCount()).toBe(0);
});

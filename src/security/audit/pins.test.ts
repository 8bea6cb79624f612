import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSigner } from "./chain.ts";
import { openPinFile, readPins } from "./pins.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hearth-pins-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const signer = createSigner(new Uint8Array(32));
const startMs = 1_800_000_000_000;
const pin = (seq: number, atMs = startMs) => ({ seq, hash: "a".repeat(64), count: seq, atMs });

test("pins are there when they were promised, nobody else may read them, and a torn one is cut off", async () => {
  const path = join(folder, "security", "pins");
  const first = openPinFile(path, signer, true, startMs);
  await first.append(pin(5));
  expect(readPins(path).pins.map(({ seq }) => seq)).toEqual([0, 5]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  first.close();
  writeFileSync(path, `${readFileSync(path, "utf8")}{"seq":7,"ha`);
  expect(readPins(path)).toMatchObject({ unreadable: 0 });
  const second = openPinFile(path, signer, false, startMs);
  await second.append(pin(8));
  second.close();
  const { pins, unreadable } = readPins(path);
  expect(pins.map(({ seq }) => seq)).toEqual([0, 5, 8]);
  expect(unreadable).toBe(0);
  expect(pins.every((one) => signer.isPin(one))).toBe(true);
});

test("the file stays small however long the server runs: the first, the newest, and one an hour or a day", async () => {
  const path = join(folder, "pins");
  const everyMs = 10 * 60_000;
  const lines = Array.from({ length: 20_000 }, (_, i) => JSON.stringify(signer.pin(pin(i, startMs + i * everyMs))));
  writeFileSync(path, `${lines.join("\n")}\n`);
  const file = openPinFile(path, signer, false, startMs + 20_000 * everyMs);
  await file.append(pin(20_000, startMs + 20_000 * everyMs));
  file.close();
  const { pins, unreadable } = readPins(path);
  expect(unreadable).toBe(0);
  expect(pins.length).toBeLessThan(2000 + 30 * 24 + 120);
  expect(pins[0]?.seq).toBe(0);
  expect(pins.at(-1)?.seq).toBe(20_000);
  const seqs = pins.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  // Never a day without one.
  const gaps = pins.slice(1).map(({ atMs }, index) => atMs - (pins[index]?.atMs ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * 86_400_000);
});

// needs: ffmpeg, prlimit
import { afterAll, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#platform/clock";
import { type ChildLimits, createExec } from "#platform/exec";
import { createLogger } from "#platform/log";
import { bounds, ffmpegInput, pathForChild } from "./index.ts";
import { emptyPng } from "./testing.ts";

const folder = mkdtempSync(join(tmpdir(), "hearth-bounds-"));
const exec = createExec({
  log: createLogger({ clock: systemClock, level: "error", write: () => undefined }),
  clock: systemClock,
});
afterAll(async () => {
  await exec.stopAll();
  rmSync(folder, { recursive: true });
});

/** A kilobyte that says that it is gigabytes. */
const bomb = (side: number) => emptyPng(side, "deep", 4);

/** The same as the picture of a film, in Matroska. */
function asFilm(picture: Uint8Array, side: number): Uint8Array {
  const element = (id: string, ...content: (Uint8Array | number)[]): Uint8Array => {
    const body = Buffer.concat(content.map((part) => (typeof part === "number" ? numberBytes(part) : part)));
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
    return Buffer.concat([Buffer.from(id, "hex"), length, body]);
  };
  const numberBytes = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const text = (value: string) => Buffer.from(value);
  const bitmap = Buffer.alloc(40);
  bitmap.writeUInt32LE(40, 0);
  bitmap.writeUInt32LE(side, 4);
  bitmap.writeUInt32LE(side, 8);
  bitmap.writeUInt32LE(0x20_0001, 12);
  bitmap.write("MPNG", 16);
  const track = element(
    "ae",
    ...[
      element("d7", 1),
      element("73c5", 1),
      element("83", 1),
      element("86", text("V_MS/VFW/FOURCC")),
      element("63a2", bitmap),
    ],
    element("e0", element("b0", side), element("ba", side)),
  );
  const head = element("1a45dfa3", element("4282", text("matroska")), element("4287", 4), element("4285", 2));
  const block = element("a3", Buffer.from([0x81, 0, 0, 0x80]), picture);
  const body = [element("1549a966", element("2ad7b1", 1_000_000)), element("1654ae6b", track)];
  return Buffer.concat([head, element("18538067", ...body, element("1f43b675", element("e7", 0), block))]);
}

async function decode(name: string, content: Uint8Array, limits: ChildLimits, isVouchedFor = false) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const fd = openSync(path, "r");
  try {
    const input = isVouchedFor ? ["-i", pathForChild(fd)] : ffmpegInput(fd);
    const argv = ["ffmpeg", "-v", "error", "-nostdin", "-xerror", "-threads", "1", ...input];
    const output = ["-vf", "scale=8:8", "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"];
    return await exec.run([...argv, ...output], { timeoutMs: 60_000, maxOutputBytes: 1e6, limits });
  } finally {
    closeSync(fd);
  }
}

test("a file that says it is gigabytes ends with an error, and this program's memory does not grow", async () => {
  const before = process.memoryUsage.rss();
  for (const side of [30_000, 16_000]) {
    for (const [name, content] of [
      ["bomb.png", bomb(side)],
      ["bomb.mkv", asFilm(bomb(side), side)],
    ] as const) {
      const { stdout, exitCode } = await decode(name, content, bounds.look);
      expect([name, side, stdout.byteLength, exitCode === 0]).toEqual([name, side, 0, false]);
    }
  }
  // Without the bound on pictures its memory is what stops it.
  const { stdout, stderr } = await decode("bomb.png", bomb(16_000), { memoryBytes: 2 ** 30 }, true);
  expect(stdout.byteLength).toBe(0);
  expect(stderr).toMatch(/get_buffer\(\) failed|Cannot allocate memory/);
  expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
}, 60_000);

test("a plain picture of the same making is read", async () => {
  const side = 4;
  const { stdout } = await decode("plain.mkv", asFilm(bomb(side), side), bounds.look);
  expect(stdout.byteLength).toBeGreaterThan(0);
});

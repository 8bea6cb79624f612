// needs: heif-enc
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { openTestCloud, type TestCloud } from "#kit";
import { largestJpeg } from "./raw-preview.ts";
import { shrink } from "./shrink.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openTestCloud();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const usual = { timeoutMs: 60_000, maxOutputBytes: 2 ** 20 };
/** A picture of two colours: the left half and the right half. */
function halves(width: number, height: number, left: string, right: string) {
  const half = { create: { width: Math.floor(width / 2), height, channels: 3 as const, background: left } };
  const whole = sharp({ create: { width, height, channels: 3, background: right } });
  return whole.composite([{ input: half, left: 0, top: 0 }]);
}
async function heicOf(name: string, source: Sharp, options: readonly string[] = []): Promise<Uint8Array> {
  const png = join(cloud.dir, `${name}.png`);
  const heic = join(cloud.dir, `${name}.heic`);
  await source.png().toFile(png);
  const { exitCode, stderr } = await cloud.exec.run(["heif-enc", "-q", "90", ...options, "-o", heic, png], usual);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return Bun.file(heic).bytes();
}
const preview = (id: number, size = 256) => cloud.fetchAs("anna", `/api/files/preview/${id}?size=${size}`);
async function pixelsOf(response: Response) {
  expect(response.status).toBe(200);
  const { data, info } = await sharp(await response.bytes())
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * info.channels).subarray(0, 3)];
  return { ...info, at };
}
const near = (is: readonly number[], ought: readonly number[], by = 12) =>
  is.forEach((value, index) => expect(Math.abs(value - (ought[index] ?? 0))).toBeLessThanOrEqual(by));

test("HEIC has pictures in every size, in its colours, and says how large it is", async () => {
  const heic = await heicOf("plain", halves(1400, 900, "#c02010", "#1040c0"));
  const { id } = cloud.plant("anna", "p/plain.HEIC", heic);
  const small = await pixelsOf(await preview(id));
  expect([small.width, small.height]).toEqual([256, 165]);
  near(small.at(20, 80), [0xc0, 0x20, 0x10]);
  near(small.at(230, 80), [0x10, 0x40, 0xc0]);
  const large = await pixelsOf(await preview(id, 1600));
  expect([large.width, large.height]).toEqual([1400, 900]);
  expect((await pixelsOf(await preview(id, 480))).width).toBe(480);
  const { sample, size } = await cloud.previews.look(id);
  expect(size).toEqual({ width: 1400, height: 900 });
  expect([sample?.width, sample?.grey.length]).toEqual([100, 72]);
}, 60_000);

test("ten bits, and the small picture inside, are read; colours of Display P3 become those of sRGB", async () => {
  const deep = await heicOf("deep", halves(600, 400, "#808080", "#f0f0f0").toColourspace("rgb16"), [
    "-b",
    "10",
    "-t",
    "300",
  ]);
  const { id } = cloud.plant("anna", "p/deep.heif", deep);
  near((await pixelsOf(await preview(id))).at(20, 80), [0x80, 0x80, 0x80]);
  const wide = await heicOf("wide", halves(600, 400, "#ea3323", "#ea3323").withIccProfile("p3"));
  const p3 = cloud.plant("anna", "p/wide.heic", wide);
  const shown = (await pixelsOf(await preview(p3.id))).at(20, 80);
  near(shown, [0xea, 0x33, 0x23], 8);
}, 60_000);

test("a broken, cut or misnamed HEIC does no harm", async () => {
  const heic = await heicOf("cut", halves(800, 600, "#c02010", "#1040c0"));
  expect((await preview(cloud.plant("anna", "b/cut.heic", heic.subarray(0, heic.length / 3)).id)).status).toBe(404);
  expect((await preview(cloud.plant("anna", "b/text.heic", "this is no picture").id)).status).toBe(404);
  const jpeg = await halves(300, 200, "#c02010", "#1040c0").jpeg().toBuffer();
  expect((await pixelsOf(await preview(cloud.plant("anna", "b/jpeg.heic", jpeg).id))).width).toBe(256);
  const twisted = Uint8Array.from(heic, (byte, at) => (at > 40 && at % 97 === 0 ? byte ^ 0x5a : byte));
  expect([200, 404]).toContain((await preview(cloud.plant("anna", "b/twisted.heic", twisted).id)).status);
  expect((await pixelsOf(await preview(cloud.plant("anna", "b/well.heic", heic).id))).width).toBe(256);
}, 60_000);

test("a raw file shows the largest picture inside it", async () => {
  const jpeg = (width: number) => halves(width, 200, "#c02010", "#1040c0").jpeg().toBuffer();
  const raw = Buffer.concat([
    Buffer.from("II*\0noise"),
    await jpeg(160),
    Buffer.alloc(999, 7),
    await jpeg(640),
    Buffer.alloc(99),
  ]);
  const { id } = cloud.plant("anna", "r/one.NEF", raw);
  expect(await cloud.previews.look(id)).toMatchObject({ size: { width: 640, height: 200 } });
  expect((await pixelsOf(await preview(id))).width).toBe(256);
  expect((await preview(cloud.plant("anna", "r/none.cr3", Buffer.alloc(5000, 255)).id)).status).toBe(404);
  expect(largestJpeg({ fd: 0, sizeBytes: 2 ** 40 })).toBeNull();
});

test("pixels are gathered in squares, and never to less than wanted", () => {
  const rows = Uint8Array.from({ length: 40 * 20 }, (_, at) => (at % 40 < 36 ? Math.floor((at % 40) / 3) * 20 : 99));
  expect(shrink({ rows, width: 12, height: 20, stride: 40 }, 16)).toMatchObject({ width: 12, height: 20 });
  const small = shrink({ rows, width: 12, height: 20, stride: 40 }, 5);
  expect(small).toMatchObject({ width: 4, height: 6 });
  expect([...small.rgb.subarray(0, 6)]).toEqual([20, 20, 20, 80, 80, 80]);
  expect(shrink({ rows, width: 12, height: 1, stride: 40 }, 2)).toMatchObject({ width: 3, height: 1 });
});

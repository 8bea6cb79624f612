// needs: ffmpeg, pdftoppm
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { openTestCloud, type TestCloud } from "#kit";
import { createWorkQueue } from "#platform/exec";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openTestCloud();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const usual = { timeoutMs: 20_000, maxOutputBytes: 32 * 1024 * 1024 };
const preview = (id: number, query = "size=256", user = "anna") =>
  cloud.fetchAs(user, `/api/files/preview/${id}?${query}`);
const facts = async (response: Response) => {
  expect(response.headers.get("content-type")).toBe("image/webp");
  return sharp(await response.bytes()).metadata();
};
const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#c04020" } });
const pdf = `%PDF-1.1
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 150]>>endobj
trailer<</Root 1 0 R>>`;

test("an image becomes WebP of the asked size, upright, never larger than it was", async () => {
  const jpeg = await picture(800, 400).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const { id, etag } = cloud.plant("anna", "p/turned.jpg", jpeg);
  expect(await facts(await preview(id))).toMatchObject({ format: "webp", width: 128, height: 256 });
  expect(await facts(await preview(id, "size=1600"))).toMatchObject({ width: 400, height: 800 });
  const pinned = await preview(id, `size=256&v=${encodeURIComponent(etag)}`);
  expect(pinned.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
  expect((await preview(id, "size=256&v=old")).headers.get("cache-control")).toBe("private, no-cache");
  const again = await cloud.fetchAs("anna", `/api/files/preview/${id}?size=256`, {
    headers: { "if-none-match": pinned.headers.get("etag") ?? "" },
  });
  expect(again.status).toBe(304);
  expect((await preview(id, "size=9000")).status).toBe(400);
  expect((await preview(id, "size=256", "ben")).status).toBe(404);
  expect((await preview(id, "size=256", "")).status).toBe(401);
});

test("films, PDF, drawings and BMP have pictures too", async () => {
  const film = join(cloud.dir, "film.mp4");
  const make = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=10:duration=3", film];
  expect((await cloud.exec.run(make, usual)).exitCode).toBe(0);
  const bytes = new Uint8Array(await Bun.file(film).arrayBuffer());
  expect(await facts(await preview(cloud.plant("anna", "p/film.mp4", bytes).id))).toMatchObject({
    width: 256,
    height: 144,
  });
  expect(await facts(await preview(cloud.plant("anna", "p/page.pdf", pdf).id))).toMatchObject({
    width: 256,
    height: 128,
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><rect width="300" height="100"/></svg>`;
  expect(await facts(await preview(cloud.plant("anna", "p/drawing.svg", svg).id))).toMatchObject({
    width: 256,
    height: 85,
  });
  const bmp = join(cloud.dir, "dot.bmp");
  await cloud.exec.run(
    ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:size=20x10", "-frames:v", "1", bmp],
    usual,
  );
  const planted = cloud.plant("anna", "p/dot.bmp", new Uint8Array(await Bun.file(bmp).arrayBuffer()));
  expect(await facts(await preview(planted.id))).toMatchObject({ width: 20, height: 10 });
}, 20_000);

test("what is broken, empty or a trap has none: 404, never more, and no other file is opened", async () => {
  const secret = cloud.plant("ben", "secret.txt", "secret").name;
  const traps: Record<string, string | Uint8Array> = {
    "empty.jpg": "",
    "text.jpg": "this is no picture",
    "cut.png": (await picture(50, 50).png().toBuffer()).subarray(0, 30),
    "huge.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="99999999" height="99999999"/>`,
    "hidden.png": `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>`,
    "list.mp4": `#EXTM3U\n#EXTINF:1,\nfile://${cloud.homePath("ben")}/${secret}\n#EXT-X-ENDLIST\n`,
    "concat.mkv": `ffconcat version 1.0\nfile '${cloud.homePath("ben")}/${secret}'\n`,
    "broken.pdf": "%PDF-1.7 nothing",
    "notes.txt": "a text",
  };
  for (const [name, bytes] of Object.entries(traps)) {
    expect([name, (await preview(cloud.plant("anna", `t/${name}`, bytes).id)).status]).toEqual([name, 404]);
  }
  expect(cloud.exec.running()).toBe(0);
}, 20_000);

test("a lost cache is made again, a changed file has a new picture, and a hundred at once make one", async () => {
  const jpeg = await picture(300, 300).jpeg().toBuffer();
  const { id } = cloud.plant("anna", "c/one.jpg", jpeg);
  const before = cloud.openDescriptors();
  const answers = await Promise.all(Array.from({ length: 100 }, () => preview(id)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(readdirSync(join(cloud.dir, "derived"), { recursive: true }).length).toBeGreaterThan(0);
  rmSync(join(cloud.dir, "derived"), { recursive: true });
  expect(await facts(await preview(id))).toMatchObject({ width: 256, height: 256 });
  cloud.plant("anna", "c/one.jpg", await picture(400, 200).jpeg().toBuffer());
  expect(await facts(await preview(id))).toMatchObject({ width: 256, height: 128 });
  expect(cloud.openDescriptors()).toBeLessThanOrEqual(before + 2);
});

test("the queue never runs more at once, and refuses when too many wait", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.boolean(), { maxLength: 20 }),
      async (atOnce, fates) => {
        const queue = createWorkQueue(atOnce, 10);
        let running = 0;
        let most = 0;
        const outcomes = await Promise.allSettled(
          fates.map((fails) =>
            queue.run(async () => {
              most = Math.max(most, (running += 1));
              await Promise.resolve();
              running -= 1;
              if (fails) throw new Error("broken");
            }),
          ),
        );
        expect(most).toBeLessThanOrEqual(atOnce);
        const refused = outcomes.filter(
          (one) => one.status === "rejected" && String(one.reason).includes("unavailable"),
        );
        expect(refused).toHaveLength(Math.max(0, fates.length - atOnce - 10));
        expect(await queue.run(() => Promise.resolve("still works"))).toBe("still works");
      },
    ),
  );
});

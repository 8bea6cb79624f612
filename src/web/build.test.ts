import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWeb } from "./build.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hearth-web-"));
  await buildWeb(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const text = (name: string): Promise<string> => Bun.file(join(dir, "assets", name)).text();

/** Gzipped size of some scripts and everything they import at once. */
async function weightOf(entries: readonly string[]): Promise<number> {
  const queue = [...entries];
  const seen = new Set<string>();
  let sum = 0;
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const source = await text(name);
    sum += Bun.gzipSync(source).byteLength;
    for (const [, found] of source.matchAll(/(?:from|import)"\/assets\/([^"]+\.js)"/g)) if (found) queue.push(found);
  }
  return sum;
}

/** The chunk that exports this route component. */
async function chunkWith(exported: string): Promise<string> {
  for (const name of await readdir(join(dir, "assets")))
    if (name.endsWith(".js") && !name.startsWith("main-") && new RegExp(`as ${exported}[,}]`).test(await text(name)))
      return name;
  throw new Error(`no chunk exports ${exported}`);
}

describe("the bundle", () => {
  test("index.html has no inline script and names files that exist", async () => {
    const html = await Bun.file(join(dir, "index.html")).text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    for (const [, path = ""] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      expect(await Bun.file(join(dir, path)).exists()).toBe(true);
  });

  test("the style sheet holds no data: address and its fonts exist", async () => {
    const names = await readdir(join(dir, "assets"));
    const css = await text(names.find((name) => name.endsWith(".css")) ?? "");
    expect(css).not.toContain("data:font");
    const fonts = [...css.matchAll(/url\(\/assets\/([^)]+\.woff2)\)/g)].map(([, name]) => name);
    expect(fonts.length).toBeGreaterThan(0);
    for (const font of fonts) expect(names).toContain(font ?? "");
  });

  test("script of the login page weighs at most 200 KB gzip, of Files at most 350 KB", async () => {
    const main =
      (await Bun.file(join(dir, "index.html")).text()).match(/type="module" src="\/assets\/([^"]+)"/)?.[1] ?? "";
    const login = await weightOf([main, await chunkWith("LoginPage")]);
    const files = await weightOf([
      main,
      await chunkWith("Frame"),
      await chunkWith("FilesPage"),
      await chunkWith("UploadTray"),
    ]);
    expect(login).toBeLessThanOrEqual(200 * 1024);
    expect(files).toBeLessThanOrEqual(350 * 1024);
  });
});

// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";

let dataDir = "";
let hearth: RunningHearth;
let film: Uint8Array<ArrayBuffer>;
const startMs = 60_000;
const patienceMs = 60_000;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "hearth-libraries-"));
  film = await makeFilm();
  hearth = await startHearth({ dataDir });
}, startMs);
afterAll(async () => {
  await hearth.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Two seconds with a cover inside. */
async function makeFilm(): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(dataDir, "film.mp4");
  const cover = join(dataDir, "cover.jpg");
  const run = (...argv: string[]) => Bun.spawn(["ffmpeg", "-y", "-v", "error", ...argv]).exited;
  await run("-f", "lavfi", "-i", "color=red:size=60x90", "-frames:v", "1", cover);
  const video = ["-f", "lavfi", "-i", "testsrc=duration=2:size=64x36:rate=10", "-i", cover];
  await run(
    ...video,
    "-map",
    "0",
    "-map",
    "1",
    "-c:v:0",
    "mpeg4",
    "-c:v:1",
    "mjpeg",
    "-disposition:v:1",
    "attached_pic",
    path,
  );
  return Bun.file(path).bytes();
}

// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
async function call(operation: string, input: unknown, cookie = hearth.cookie): Promise<any> {
  const headers = { cookie, origin: hearth.url, "content-type": "application/json" };
  const response = await fetch(`${hearth.url}/api/${operation}`, {
    method: "POST",
    headers,
    body: JSON.stringify(input),
  });
  return response.json();
}
async function put(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<void> {
  const { authorization } = hearth;
  const parts = path.split("/");
  for (let depth = 1; depth < parts.length; depth += 1) {
    const folder = parts.slice(0, depth).map(encodeURIComponent).join("/");
    await fetch(`${hearth.davUrl}${folder}/`, { method: "MKCOL", headers: { authorization } });
  }
  const url = hearth.davUrl + parts.map(encodeURIComponent).join("/");
  expect((await fetch(url, { method: "PUT", body, headers: { authorization } })).ok).toBe(true);
}
// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
async function eventually<T = any>(look: () => Promise<T>, isThere: (seen: T) => boolean): Promise<T> {
  for (const until = Date.now() + patienceMs; ;) {
    const seen = await look();
    if (isThere(seen)) return seen;
    if (Date.now() > until) throw new Error(`it never came: ${JSON.stringify(seen)}`);
    await Bun.sleep(100);
  }
}
const films = () => call("works.list", { types: ["film"] });

test(
  "an uploaded film is a film with what its NFO says, its length and its cover; killed right after an upload, the next start has it",
  async () => {
    await put("Films/Metropolis (1927)/Metropolis (1927).mp4", film);
    await put(
      "Films/Metropolis (1927)/movie.nfo",
      "<movie><title>Metropolis</title><year>1927</year><plot>A city of the future.</plot><mpaa>FSK 6</mpaa></movie>",
    );
    await put("Films/Nothing (2001).mkv", "no film at all");
    const { works } = await eventually(films, (seen) =>
      seen.works.some(
        (work: { certification: string; durationMs: number }) => work.certification === "FSK 6" && work.durationMs > 0,
      ),
    );
    const [work] = works;
    expect(work).toMatchObject({ title: "Metropolis", year: 1927, durationMs: 2000 });
    const detail = await call("works.get", { workId: work.id });
    expect(detail).toMatchObject({ overview: "A city of the future.", sources: { overview: "nfo", title: "nfo" } });
    expect(detail.versions).toMatchObject([{ width: 64, height: 36, videoCodec: "mpeg4" }]);
    expect(work.artwork.poster).toStartWith("/api/works/cover/");
    const { cookie } = hearth;
    const cover = await fetch(`${hearth.url}${work.artwork.poster}&size=256`, { headers: { cookie } });
    expect([cover.status, cover.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    expect((await fetch(`${hearth.url}${work.artwork.poster}&size=9`, { headers: { cookie } })).status).toBe(400);
    const problems = await eventually(
      () => call("libraries.problems", {}),
      (seen) => seen.total === 1,
    );
    expect(problems.items).toMatchObject([{ path: "Nothing (2001).mkv", state: "broken" }]);

    await put("Films/Nosferatu (1922).mp4", film);
    const { url, appPassword } = hearth;
    await hearth.kill();
    hearth = await startHearth({ dataDir, again: { url, cookie, appPassword } });
    const after = await eventually(films, (seen) => seen.works.length === 3);
    expect(after.works.map(({ title }: { title: string }) => title).toSorted()).toEqual([
      "Metropolis",
      "Nosferatu",
      "Nothing",
    ]);
    expect(after.works.find(({ title }: { title: string }) => title === "Metropolis").id).toBe(work.id);
  },
  startMs + 3 * patienceMs,
);

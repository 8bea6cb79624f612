import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { openTestCloud, type TestCloud } from "#kit";
import { saveNfo } from "./nfo-file.ts";
import { openHouse } from "./testing-house.ts";
import { openCatalogues } from "./testing.ts";

let cloud: TestCloud;
let catalogues: ReturnType<typeof openCatalogues>;
let house: ReturnType<typeof openHouse>;

beforeAll(async () => {
  cloud = await openTestCloud();
  catalogues = openCatalogues();
  house = openHouse(cloud, catalogues);
});
afterAll(async () => {
  await house.close();
  await catalogues.close();
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

test("an unreachable catalogue changes nothing, and is asked again later", async () => {
  catalogues.answer(() => new Response("down", { status: 503 }));
  await house.write({ "Films/The Matrix (1999).mkv": "a" });
  expect(await house.work("The Matrix")).toMatchObject({ overview: null, work: { year: 1999 } });
  catalogues.answer(undefined);
  house.enqueue();
  await house.settled();
  expect((await house.work("The Matrix")).overview).toBe(null);
  house.pass(3_600_000);
  house.enqueue();
  await house.settled();
  const found = await house.work("The Matrix");
  expect(found).toMatchObject({
    overview: "A hacker learns what the world is.",
    work: { title: "The Matrix", certification: "FSK 16" },
    externalIds: { imdb: "tt0133093", tmdb: "603" },
  });
  expect(found.sources).toMatchObject({ title: "name", year: "name", overview: "provider" });
});

test("pictures come through us, small, for whoever sees a file of the work", async () => {
  const { work } = await house.work("The Matrix");
  const { poster = "" } = house.pictures(work.id);
  catalogues.answer(() => new Response("down", { status: 503 }));
  expect(await house.picture("anna", poster)).toBe("not-found");
  const { default: sharp } = await import("sharp");
  const jpeg = await sharp({ create: { width: 780, height: 1170, channels: 3, background: "#123456" } })
    .jpeg()
    .toBuffer();
  catalogues.answer(({ hostname }) => (hostname === "image.tmdb.org" ? new Response(new Uint8Array(jpeg)) : undefined));
  const answer = await house.picture("anna", `${poster}&size=256`);
  if (typeof answer === "string") throw new Error(answer);
  const { width, height, format } = await sharp(await answer.bytes()).metadata();
  expect([width, height, format]).toEqual([171, 256, "webp"]);
  expect(await house.picture("ben", poster)).toBe("not-found");
  expect(await house.picture("anna", `${poster}&size=9`)).toBe("bad-request");
  catalogues.answer(undefined);
});

test("candidates show their posters through us: only pictures, only such as a catalogue named, only while it is on", async () => {
  const { work } = await house.work("The Matrix");
  const candidates = async (path: string | null): Promise<{ posterUrl: string | null }[]> => {
    catalogues.answer(({ pathname }) =>
      pathname === "/3/search/movie"
        ? Response.json({ results: [{ id: 603, title: "The Matrix", poster_path: path }] })
        : undefined,
    );
    return (await house.call("works.candidates", { workId: work.id })).candidates;
  };
  const posterOf = async (path: string) => (await candidates(path))[0]?.posterUrl ?? "none";
  const { default: sharp } = await import("sharp");
  const png = await sharp({ create: { width: 342, height: 513, channels: 3, background: "#654321" } })
    .png()
    .toBuffer();
  const served = async (path: string, answer: () => Response) => {
    const url = await posterOf(path);
    catalogues.answer(({ hostname }) => (hostname === "image.tmdb.org" ? answer() : undefined));
    return house.picture("anna", `${url}&size=256`);
  };
  expect((await candidates(null))[0]?.posterUrl).toBe(null);
  expect((await candidates("/../x.jpg"))[0]?.posterUrl).toBe(null);
  const good = await served("/good.jpg", () => new Response(new Uint8Array(png)));
  if (typeof good === "string") throw new Error(good);
  const { width, height, format } = await sharp(await good.bytes()).metadata();
  expect([width, height, format]).toEqual([171, 256, "webp"]);
  const fetched = catalogues.sent.length;
  expect(await served("/good.jpg", () => new Response("no"))).toBeInstanceOf(Response);
  // Kept: only the search itself went out again.
  expect(catalogues.sent.length).toBe(fetched + 1);

  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>';
  expect(await served("/a.jpg", () => new Response(svg, { headers: { "content-type": "image/jpeg" } }))).toBe(
    "not-found",
  );
  expect(await served("/b.jpg", () => new Response(new Uint8Array(png).subarray(0, 60)))).toBe("not-found");
  expect(await served("/c.jpg", () => new Response("x".repeat(13 * 2 ** 20)))).toBe("not-found");
  expect(await served("/d.jpg", () => Response.redirect("https://127.0.0.1/secret.png"))).toBe("not-found");
  expect(catalogues.sent.some(({ url }) => url.hostname === "127.0.0.1")).toBe(false);
  const made = "/api/metadata/picture/candidate?of=https%3A%2F%2Fimage.tmdb.org%2Ft%2Fp%2Fw342%2Fgood.jpg";
  expect(await house.picture("anna", `${made}&size=256`)).toBe("not-found");
  catalogues.answer(undefined);
});

test("an NFO file goes before the catalogue, and a lock before both", async () => {
  await house.write({ "Films/The Matrix (1999).nfo": "<movie><tagline>From the file</tagline></movie>" });
  const read = await house.work("The Matrix");
  expect([read.tagline, read.sources["tagline"]]).toEqual(["From the file", "nfo"]);
  const values = fc.record(
    {
      tagline: fc.string({ unit: "grapheme-ascii", minLength: 1 }),
      overview: fc.string({ unit: "grapheme-ascii", minLength: 1 }),
    },
    { requiredKeys: [] },
  );
  const visible = values.filter((all) => Object.values(all).every((value) => value.trim() !== ""));
  await fc.assert(
    fc.asyncProperty(visible, fc.boolean(), async (fields, isAsked) => {
      const { work } = await house.work("The Matrix");
      await house.call("works.edit", { workId: work.id, fields });
      await house.write({
        "Films/The Matrix (1999).nfo": `<movie><tagline>Again ${Math.random()}</tagline><plot>No</plot></movie>`,
      });
      if (isAsked) await house.call("works.edit", { workId: work.id, fields: { originalTitle: "x" } });
      const after = await house.work("The Matrix");
      for (const [field, value] of Object.entries(fields)) {
        expect(after[field as "tagline" | "overview"]).toBe(value.trim());
        expect(after.sources[field]).toBe("user");
      }
      await house.call("works.lock", { workId: work.id, unlock: ["tagline", "overview", "originalTitle"] });
    }),
    { numRuns: 8 },
  );
});

test("what is not sure is left to a person, who chooses", async () => {
  await house.write({ "Films/Crash.mkv": "b" });
  const before = await house.work("Crash");
  expect(before).toMatchObject({ overview: null, externalIds: { tmdb: null } });
  const { candidates } = await house.call("works.candidates", { workId: before.work.id });
  expect(candidates.map((one: { year: number }) => one.year)).toEqual([2005, 1996, null]);
  const chosen = await house.call("works.choose", { workId: before.work.id, key: candidates[1].key });
  expect(chosen).toMatchObject({ work: { year: 1996 }, externalIds: { tmdb: "884" } });
});

test("NFO files are written as the person who may, and what is not understood stays", async () => {
  const { storage, access } = cloud;
  const { rootId } = cloud.homeOf("anna");
  const films = storage.child(rootId, "Films")?.id ?? 0;
  const save = (person: string, name: string, title: string) =>
    saveNfo(
      { storage, access },
      {
        actor: cloud.actor(person),
        place: { parentId: films, name },
        kind: "film",
        said: () => ({ fields: { title }, removed: [] }),
      },
    );
  const text = (name: string) => readFileSync(join(cloud.homePath("anna"), "Films", name), "utf8");
  expect(await save("anna", "new.nfo", "A & B")).toBe(true);
  expect(text("new.nfo")).toContain("<title>A &amp; B</title>");
  expect(await save("anna", "new.nfo", "A & B")).toBe(false);
  await expect(save("ben", "new.nfo", "C")).rejects.toMatchObject({ code: "forbidden" });
  await house.write({ "Films/odd.nfo": "<movie><title>Heat" });
  await expect(save("anna", "odd.nfo", "C")).rejects.toMatchObject({ code: "conflict" });
  expect(text("odd.nfo")).toBe("<movie><title>Heat");
});

test("what is set on a page is written into NFO files where that is switched on, and taken back out of them", async () => {
  await house.write({
    "Films/Nfo/Solaris (1972).mkv": "solaris",
    "Films/Nfo/Solaris (1972).nfo":
      "<movie>\n  <title>Solaris</title>\n  <plot>Old.</plot>\n  <mine>kept</mine>\n</movie>\n",
    "Films/Nfo/Mirror (1975).mkv": "mirror",
    "Films/Nfo/Broken (1976).mkv": "broken",
    "Films/Nfo/Broken (1976).nfo": "<movie><title>Broken",
  });
  const text = (name: string) => readFileSync(join(cloud.homePath("anna"), "Films/Nfo", name), "utf8");
  const solaris = await house.work("Solaris");
  const { libraryId, id: workId } = solaris.work;
  const before = text("Solaris (1972).nfo");
  await house.call("works.edit", { workId, fields: { overview: "Not written." } });
  expect(text("Solaris (1972).nfo")).toBe(before);
  for (const operation of ["nfo.setOn", "nfo.writeAll", "nfo.status", "nfo.cancel"]) {
    await expect(house.call(operation, { libraryId, isOn: true }, "ben")).rejects.toMatchObject({ code: "not-found" });
  }
  expect(await house.call("nfo.setOn", { libraryId, isOn: true })).toEqual({ isOn: true, run: null });
  await house.call("works.edit", { workId, fields: { overview: "A sea that thinks.", tagline: "Far" } });
  expect(text("Solaris (1972).nfo")).toContain("<plot>A sea that thinks.</plot>");
  expect(text("Solaris (1972).nfo")).toContain("<mine>kept</mine>");
  await house.settled();
  await house.call("works.lock", { workId, unlock: ["overview", "tagline"] });
  await house.settled();
  expect(text("Solaris (1972).nfo")).toContain("<plot>Old.</plot>");
  expect(text("Solaris (1972).nfo")).not.toContain("tagline");
  expect(await house.work("Solaris")).toMatchObject({ overview: "Old.", tagline: null });
  const mirror = await house.work("Mirror");
  await house.call("works.edit", { workId: mirror.work.id, fields: { genres: ["Drama"] } });
  expect(text("Mirror (1975).nfo")).toContain("<genre>Drama</genre>");
  expect(text("Mirror (1975).nfo")).not.toContain("<title>");

  const broken = await house.work("Broken");
  await house.call("works.edit", { workId: broken.work.id, fields: { overview: "x" } });
  expect(text("Broken (1976).nfo")).toBe("<movie><title>Broken");
  const problemsOf = async (person: string) => (await house.call("nfo.problems", {}, person)).problems;
  expect((await problemsOf("anna")).map(({ path }: { path: string }) => path)).toContain("Nfo/Broken (1976).nfo");
  expect(await problemsOf("ben")).toEqual([]);
  await house.call("nfo.writeAll", { libraryId });
  await house.settled();
  const { run } = await house.call("nfo.status", { libraryId });
  expect(run).toMatchObject({ state: "done", doneCount: run.totalCount });
  expect(run.refusedCount).toBeGreaterThan(0);
  // Its job is over, and it could not say so itself: after the time for it ran out, or too many restarts.
  cloud.deps.db.prepare("UPDATE media_nfo_run SET state = 'running'").run();
  expect(await house.call("nfo.status", { libraryId })).toMatchObject({ run: { state: "failed", secondsLeft: null } });
  // Begun anew; how far it is when the answer comes is luck.
  const { run: anew } = await house.call("nfo.writeAll", { libraryId });
  expect(["waiting", "running", "done"]).toContain(anew.state);
  await house.settled();
  expect(await house.call("nfo.status", { libraryId })).toMatchObject({ run: { state: "done" } });
  await house.write({ "Films/Nfo/Broken (1976).nfo": "<movie><title>Broken</title></movie>" });
  await house.settled();
  expect((await problemsOf("anna")).map(({ path }: { path: string }) => path)).not.toContain("Nfo/Broken (1976).nfo");
});

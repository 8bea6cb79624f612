import { afterAll, beforeAll, expect, test } from "bun:test";
import { openTestCloud, type TestCloud } from "#kit";
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

test("episodes of a series that is matched get titles, summaries, days and stills; what people and names say goes before", async () => {
  catalogues.answer((url) =>
    url.pathname === "/3/tv/77/season/1" ? new Response("down", { status: 503 }) : undefined,
  );
  const season = "Series/Lights (2010)/Season 01";
  await house.write({
    [`${season}/Lights S01E01.mkv`]: "e1",
    [`${season}/Lights S01E02 - By hand.mkv`]: "e2",
    "Series/Lights (2010)/Season 07/Lights S07E01.mkv": "e71",
  });
  const episode = async (numbers: readonly [number, number]) => {
    const { works } = await house.call("works.list", { types: ["episode"], limit: 100 });
    const isIt = (one: { seriesTitle: string; seasonNumber: number; episodeNumber: number }) =>
      one.seriesTitle === "Lights" && one.seasonNumber === numbers[0] && one.episodeNumber === numbers[1];
    return house.call("works.get", { workId: works.find(isIt)?.id ?? 0 });
  };
  const asked = () => catalogues.sent.filter(({ url }) => url.pathname.includes("/season/")).length;
  expect(await episode([1, 1])).toMatchObject({ overview: null, work: { title: "", airDate: null } });
  catalogues.answer(undefined);
  house.pass(3_600_000);
  house.enqueue();
  await house.settled();
  const first = await episode([1, 1]);
  expect(first).toMatchObject({
    overview: "The lamp is lit.",
    work: { title: "Dusk", airDate: "2010-02-01", rating: 7.3 },
  });
  expect(first.sources).toMatchObject({ title: "provider", overview: "provider", airDate: "provider" });
  const second = await episode([1, 2]);
  expect(second).toMatchObject({ overview: null, work: { title: "By hand", airDate: null } });
  expect((await house.call("works.get", { workId: first.work.seasonId })).overview).toBe("The first winter.");
  expect((await episode([7, 1])).work.title).toBe("");

  expect(first.work.artwork.thumb).toMatch(/^\/api\/metadata\/picture\/\d+\/still\?v=/);
  expect(second.work.artwork.thumb).toBe(null);
  const { default: sharp } = await import("sharp");
  const still = await sharp({ create: { width: 780, height: 439, channels: 3, background: "#222" } })
    .jpeg()
    .toBuffer();
  catalogues.answer(({ hostname }) =>
    hostname === "image.tmdb.org" ? new Response(new Uint8Array(still)) : undefined,
  );
  expect(await house.picture("ben", `${first.work.artwork.thumb}&size=480`)).toBe("not-found");
  expect(await house.picture("anna", `${first.work.artwork.thumb}&size=480`)).toBeInstanceOf(Response);
  catalogues.answer(undefined);

  await house.call("works.edit", { workId: first.work.id, fields: { title: "My own" } });
  await house.write({ [`${season}/Lights S01E01.nfo`]: "<episodedetails><plot>Noted.</plot></episodedetails>" });
  expect(await episode([1, 1])).toMatchObject({ overview: "Noted.", work: { title: "My own", airDate: "2010-02-01" } });

  // What is kept is not asked for again, but once a day for episodes that the catalogue did not know.
  const before = asked();
  await house.write({ [`${season}/Lights S01E03.mkv`]: "e3" });
  house.enqueue();
  await house.settled();
  expect(asked()).toBe(before);
  house.pass(90_000_000);
  const episodes = [{ episode_number: 3, name: "Noon" }];
  catalogues.answer(({ pathname }) =>
    pathname === "/3/tv/77/season/1" ? Response.json({ overview: "New.", episodes }) : undefined,
  );
  await house.write({ [`${season}/Lights S01E04.mkv`]: "e4" });
  expect((await episode([1, 3])).work.title).toBe("Noon");
  // The catalogue has taken it back: no other one's words are shown.
  expect(await episode([1, 1])).toMatchObject({ overview: "Noted.", work: { title: "My own", airDate: null } });

  // Somebody says that it is another series: nothing of the first one is left.
  await house.call("works.edit", { workId: first.work.seriesId, fields: { externalIds: { tmdb: "78" } } });
  catalogues.answer(({ pathname }) =>
    pathname === "/3/tv/78" ? Response.json({ id: 78, name: "Lights" }) : undefined,
  );
  await house.call("works.refresh", { workId: first.work.seriesId });
  await house.settled();
  expect((await episode([1, 3])).work.title).toBe("");
  catalogues.answer(undefined);
});

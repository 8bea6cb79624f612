import { afterAll, beforeAll, expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";
import { openTestWorks } from "./testing.ts";

let cloud: TestCloud;
let house: ReturnType<typeof openTestWorks>;
beforeAll(async () => {
  cloud = await openTestCloud();
  house = openTestWorks(cloud, { asksCatalogues: true });
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await house.close();
  await cloud.close();
});

interface Card {
  readonly id: number;
  readonly title: string;
  readonly year: number | null;
  readonly itemId: number | null;
}
const list = async (person: string, input: object): Promise<Card[]> =>
  (await house.call(person, "works.list", input)).works;
const titles = async (person: string, input: object) =>
  (await list(person, input)).map(({ title, year }) => `${title} ${year}`);
const named = async (person: string, title: string, types = ["film", "series"]) => {
  const found = (await list(person, { types })).find((card) => card.title === title);
  if (found === undefined) throw new Error(`no ${title}`);
  return found;
};
const get = (person: string, workId: number) => house.call(person, "works.get", { workId });

test("files become films with versions, parts, extras, subtitles and pictures; nobody else sees them", async () => {
  house.write("anna", [
    "Films/Blade Runner (1982)/Blade Runner (1982) - 1080p.mkv",
    "Films/Blade Runner (1982)/Blade Runner (1982) - 2160p.mkv",
    "Films/Blade Runner (1982)/Blade Runner (1982) {edition-Final Cut}.mkv",
    "Films/Blade Runner (1982)/Trailers/First look.mp4",
    "Films/Blade Runner (1982)/poster.jpg",
    "Films/Blade Runner (1982)/Blade Runner (1982) - 1080p.de.forced.srt",
    "Films/Gone with the Wind (1939)/Gone with the Wind (1939) cd1.avi",
    "Films/Gone with the Wind (1939)/Gone with the Wind (1939) cd2.avi",
    "Films/The Third Man (1949).mkv",
  ]);
  await house.settled();
  expect(await titles("anna", {})).toEqual(["Blade Runner 1982", "Gone with the Wind 1939", "The Third Man 1949"]);
  for (const person of ["ben", "root"]) expect(await titles(person, {})).toEqual([]);
  const { id } = await named("anna", "Blade Runner");
  const work = await get("anna", id);
  expect(work.versions.map(({ label, edition }: { label: string; edition: string }) => [label, edition])).toEqual([
    ["2160p", null],
    ["1080p", null],
    ["Final Cut", "Final Cut"],
  ]);
  expect(work.extras).toMatchObject([{ title: "First look", kind: "trailer" }]);
  expect(work.work.artwork.poster).toStartWith("/api/files/preview/");
  expect(work.versions[1].sidecars).toMatchObject([{ language: "de", isForced: true, kind: "subtitle" }]);
  expect(work.sources).toMatchObject({ title: "name", year: "name" });
  const wind = await get("anna", (await named("anna", "Gone with the Wind")).id);
  expect(wind.versions).toHaveLength(1);
  expect(wind.versions[0].parts).toHaveLength(2);
  for (const person of ["ben", "root"]) {
    expect((await get(person, id)).code).toBe("not-found");
    expect((await house.call(person, "works.edit", { workId: id, fields: { title: "x" } })).code).toBe("not-found");
    expect((await house.call(person, "works.ofItem", { itemId: work.work.itemId })).code).toBe("not-found");
  }
});

test("series have seasons and episodes: several in one file, specials, days, counted through; several folders are one series", async () => {
  house.write("anna", [
    "Series/Lost (2004)/Season 01/Lost - S01E01-E02 - Pilot.mkv",
    "Series/Lost (2004)/Season 01/Lost - S01E03 - Tabula Rasa.mkv",
    "Series/Lost (2004)/Specials/Lost - S00E01 - Recap.mkv",
    "Series/Lost (2004)/season02-poster.jpg",
    "Series/Lost.S02E01.720p.HDTV.x264/Lost.S02E01.720p.HDTV.x264.mkv",
    "Series/The Daily Show/The.Daily.Show.2015.08.06.mkv",
    "Series/Naruto/Naruto - 012.mkv",
  ]);
  await house.settled();
  expect(await titles("anna", { types: ["series"] })).toEqual(["The Daily Show null", "Lost 2004", "Naruto null"]);
  const lost = await get("anna", (await named("anna", "Lost")).id);
  expect(lost.work).toMatchObject({ seasonCount: 3, episodeCount: 5 });
  expect(
    lost.seasons.map(({ seasonNumber, episodeCount }: Record<string, number>) => [seasonNumber, episodeCount]),
  ).toEqual([
    [1, 3],
    [2, 1],
    [0, 1],
  ]);
  expect(lost.seasons[1].artwork.poster).toStartWith("/api/files/preview/");
  const first = await get("anna", lost.seasons[0].id);
  expect(
    first.episodes.map((card: Record<string, unknown>) => [
      card["episodeNumber"],
      card["lastEpisodeNumber"],
      card["title"],
    ]),
  ).toEqual([
    [1, 2, "Pilot"],
    [2, null, "Pilot"],
    [3, null, "Tabula Rasa"],
  ]);
  expect(first.episodes[0].itemId).toBe(first.episodes[1].itemId);
  const third = await get("anna", first.episodes[2].id);
  expect(third.previousId).toBe(first.episodes[1].id);
  const second = await get("anna", third.nextId);
  expect(second.work).toMatchObject({ seasonNumber: 2, episodeNumber: 1, seriesTitle: "Lost" });
  expect(house.works.neighbours(cloud.actor("anna"), first.episodes[0].itemId)).toEqual({
    previousId: null,
    nextId: first.episodes[2].itemId,
  });
  expect(house.works.names([second.work.itemId]).get(second.work.itemId)?.subtitle).toBe("Lost · S02E01");
  const ofFile = await house.call("anna", "works.ofItem", { itemId: first.episodes[0].itemId });
  expect(ofFile.works).toHaveLength(2);
});

test("a film keeps its id, its locks and its edits when it is moved, renamed, deleted and restored, or another version joins", async () => {
  const before = await named("anna", "The Third Man");
  const edited = await house.call("anna", "works.edit", {
    workId: before.id,
    fields: { overview: "Vienna, after the war.", genres: ["Film noir"], rating: 8.1 },
  });
  expect(edited).toMatchObject({ overview: "Vienna, after the war.", canUndo: true });
  expect(edited.lockedFields.toSorted()).toEqual(["genres", "overview", "rating"]);
  const films = join(cloud.homePath("anna"), "Films");
  renameSync(join(films, "The Third Man (1949).mkv"), join(films, "Der dritte Mann (1949).mkv"));
  house.write("anna", ["Films/Der dritte Mann (1949)/Der dritte Mann (1949) - 4K.mkv"]);
  await house.settled();
  const renamed = await get("anna", before.id);
  expect(renamed).toMatchObject({ work: { title: "Der dritte Mann" }, overview: "Vienna, after the war." });
  expect(renamed.versions).toHaveLength(2);
  const { storage } = cloud;
  const ids = renamed.versions.map(({ parts }: { parts: { nodeId: number }[] }) => parts[0]?.nodeId);
  const trashed = [];
  for (const id of ids) trashed.push(await storage.remove(id, { actor: cloud.actor("anna") }));
  await house.settled();
  expect((await get("anna", before.id)).code).toBe("not-found");
  for (const { trashId } of trashed) await storage.trash.restore(trashId, { actor: cloud.actor("anna") });
  await house.settled();
  expect(await get("anna", before.id)).toMatchObject({ work: { rating: 8.1, genres: ["Film noir"] } });
  expect(await titles("anna", { genre: "film noir" })).toEqual(["Der dritte Mann 1949"]);
  const undone = await house.call("anna", "works.undo", { workId: before.id });
  expect(undone).toMatchObject({ overview: null, lockedFields: [], canUndo: false });
});

test("works that turn out to be one keep what was set on either; so do episodes and seasons", async () => {
  house.write("anna", [
    "Films/Stalker (1979) 720p.mkv",
    "Films/Stalker (1979) 1080p.mkv",
    "Films/Zone (1979).mkv",
    "Series/Kingdom/Kingdom S01E01.mkv",
    "Series/Riget/Riget S01E01 - Begin.mkv",
  ]);
  await house.settled();
  const edit = (workId: number, fields: object) => house.call("anna", "works.edit", { workId, fields });
  const [stalker, zone] = [await named("anna", "Stalker"), await named("anna", "Zone")];
  await edit(stalker.id, { tagline: "The zone waits." });
  await edit(zone.id, { tagline: "Another", overview: "Three men go." });
  const riget = await get("anna", (await named("anna", "Riget")).id);
  await edit(riget.work.id, { overview: "A hospital." });
  await edit(riget.seasons[0].id, { overview: "The first winter." });
  await edit(riget.episodes[0].id, { overview: "It begins." });
  const disk = (path: string) => join(cloud.homePath("anna"), path);
  renameSync(disk("Films/Zone (1979).mkv"), disk("Films/Stalker (1979) 2160p.mkv"));
  renameSync(disk("Series/Riget/Riget S01E01 - Begin.mkv"), disk("Series/Kingdom/Kingdom S01E01 1080p.mkv"));
  house.seeAll("anna");
  await house.settled();
  const one = await get("anna", stalker.id);
  expect(one).toMatchObject({ tagline: "The zone waits.", overview: "Three men go." });
  expect(one.versions).toHaveLength(3);
  expect((await get("anna", zone.id)).code).toBe("not-found");
  const undone = await house.call("anna", "works.undo", { workId: stalker.id });
  expect(undone).toMatchObject({ overview: "Three men go." });
  const kingdom = await get("anna", (await named("anna", "Kingdom")).id);
  expect(kingdom).toMatchObject({ overview: "A hospital." });
  expect(await get("anna", kingdom.seasons[0].id)).toMatchObject({ overview: "The first winter." });
  expect(await get("anna", kingdom.episodes[0].id)).toMatchObject({ overview: "It begins." });
});

test("a wrong match is put right in two steps, and an episode by its number", async () => {
  house.write("anna", ["Films/video_final2.mkv"]);
  await house.settled();
  const [wrong] = (await list("anna", { search: "video" })) as [Card];
  const { candidates } = await house.call("anna", "works.candidates", {
    workId: wrong.id,
    search: "Paris, Texas",
    year: 1984,
  });
  const chosen = await house.call("anna", "works.choose", { workId: wrong.id, key: candidates[0].key });
  expect(chosen.work).toMatchObject({ id: wrong.id, title: "Paris, Texas", year: 1984 });
  expect((await house.call("anna", "works.choose", { workId: wrong.id, key: "nonsense" })).code).toBe("bad-request");
  const naruto = await get("anna", (await named("anna", "Naruto")).id);
  const episode = naruto.episodes[0];
  expect(episode).toMatchObject({ absoluteNumber: 12, seasonNumber: 1 });
  const moved = await house.call("anna", "works.edit", {
    workId: episode.id,
    fields: { seasonNumber: 2, episodeNumber: 3 },
  });
  expect(moved.work).toMatchObject({ id: episode.id, seasonNumber: 2, episodeNumber: 3 });
  expect((await get("anna", naruto.work.id)).seasons).toMatchObject([{ seasonNumber: 2 }]);
});

test("whoever sees one version only sees the film with that alone; who may read only edits nothing", async () => {
  const members = [
    { userId: cloud.actor("anna").userId, role: "manager" },
    { userId: cloud.actor("ben").userId, role: "viewer" },
  ];
  const { space } = await cloud.call("root", "files.createSpace", { name: "Family", members });
  const put = async (parentId: number, name: string) =>
    (await cloud.storage.put({ parentId, name }, new TextEncoder().encode(name), { actor: cloud.actor("anna") })).node;
  const folder = await cloud.storage.makeFolder(
    { parentId: space.rootId, name: "Movies" },
    { actor: cloud.actor("anna") },
  );
  const hidden = await cloud.storage.makeFolder(
    { parentId: folder.id, name: "Ran (1985)" },
    { actor: cloud.actor("anna") },
  );
  await put(folder.id, "Ran (1985) 720p.mkv");
  await put(hidden.id, "Ran (1985) 2160p.mkv");
  await put(folder.id, "Ikiru (1952).mkv");
  const secret = await put(hidden.id, "Ran (1985)-trailer.mkv");
  await house.settled();
  expect(await titles("ben", {})).toEqual(["Ikiru 1952", "Ran 1985"]);
  const ran = await named("ben", "Ran");
  expect((await get("ben", ran.id)).versions).toHaveLength(2);
  const denied = await cloud.call("anna", "access.set", {
    resource: { kind: "node", id: hidden.id },
    subject: { kind: "user", id: cloud.actor("ben").userId },
    effect: "deny",
  });
  expect(denied.code).toBeUndefined();
  const seen = await get("ben", ran.id);
  expect(seen.versions).toHaveLength(1);
  expect(seen.extras).toEqual([]);
  expect(seen.versions[0].parts[0].path).toBe("Ran (1985) 720p.mkv");
  expect((await get("anna", ran.id)).versions).toHaveLength(2);
  expect(house.library.seen(cloud.actor("ben"), [house.library.itemOfNode(secret.id)?.id ?? 0])).toEqual([]);
  expect((await house.call("ben", "works.edit", { workId: ran.id, fields: { title: "x" } })).code).toBe("forbidden");
  expect((await house.call("ben", "works.facets", {})).years).toEqual([
    { year: 1952, count: 1 },
    { year: 1985, count: 1 },
  ]);
});

test("whatever entries say, a list holds exactly what can be opened, with what can be seen of it", async () => {
  const { storage } = cloud;
  const act = { actor: cloud.actor("anna") };
  const members = [{ userId: cloud.actor("anna").userId, role: "manager" }];
  const { space } = await cloud.call("root", "files.createSpace", { name: "Cinema", members });
  const films = await storage.makeFolder({ parentId: space.rootId, name: "Films" }, act);
  const series = await storage.makeFolder({ parentId: space.rootId, name: "TV" }, act);
  const folders = [];
  for (const name of ["One (2001)", "Two (2002)", "Three (2003)"]) {
    const folder = await storage.makeFolder({ parentId: films.id, name }, act);
    folders.push(folder.id);
    for (const quality of ["720p", "1080p"]) {
      await storage.put(
        { parentId: folder.id, name: `${name} - ${quality}.mkv` },
        new TextEncoder().encode(name + quality),
        act,
      );
    }
  }
  for (const season of [1, 2]) {
    const folder = await storage.makeFolder({ parentId: series.id, name: `Show S0${season}` }, act);
    folders.push(folder.id);
    for (const episode of [1, 2]) {
      const name = `Show S0${season}E0${episode}.mkv`;
      await storage.put({ parentId: folder.id, name }, new TextEncoder().encode(name), act);
    }
  }
  await house.settled();
  const subject = { kind: "user", id: cloud.actor("ben").userId };
  const types = ["film", "series", "season", "episode"];
  const all: number[] = (await list("anna", { types, limit: 500 })).map(({ id }) => id);
  const places = [space.rootId, films.id, series.id, ...folders];
  for (let round = 0; round < 12; round += 1) {
    const entries: number[] = [];
    for (const [index, id] of places.entries()) {
      const dice = Bun.hash.crc32(`${round} ${index}`) % 4;
      if (dice > 1) continue;
      const effect = dice === 0 ? { effect: "deny" } : { effect: "allow", role: "viewer" };
      const { entry } = await cloud.call("anna", "access.set", { resource: { kind: "node", id }, subject, ...effect });
      entries.push(entry.id);
    }
    const listed = new Set((await list("ben", { types, limit: 500 })).map(({ id }) => id));
    for (const id of all) {
      const seen = await get("ben", id);
      expect([round, id, seen.code === undefined]).toEqual([round, id, listed.has(id)]);
      if (seen.code !== undefined) continue;
      for (const { parts } of seen.versions) {
        for (const { nodeId } of parts) {
          const { spaceId = 0 } = storage.node(nodeId) ?? {};
          expect(cloud.access.can(cloud.actor("ben"), "read", { spaceId, nodeId })).toBe(true);
        }
      }
      const episodes = await list("ben", { types: ["episode"], parentId: id });
      expect(seen.work.type === "series" ? seen.work.episodeCount : episodes.length).toBe(episodes.length);
    }
    for (const id of entries) await cloud.call("anna", "access.remove", { id });
  }
}, 30_000);

test("a library that is read as another kind is that at once, and back again", async () => {
  house.write("ben", ["Films/Lost S01E01.mkv"]);
  await house.settled();
  const [library] = (await house.call("ben", "libraries.list", { kind: "films" })).libraries.filter(
    ({ spaceKind }: { spaceKind: string }) => spaceKind === "home",
  );
  const asKind = async (kind: string) => {
    await house.call("ben", "libraries.update", { libraryId: library.id, kind });
    await house.settled();
    return (await list("ben", { types: ["film", "series"], libraryId: library.id })).length;
  };
  expect(await asKind("series")).toBe(1);
  expect((await list("ben", { types: ["series"], libraryId: library.id }))[0]?.title).toBe("Lost");
  expect(await asKind("photos")).toBe(0);
  expect(await asKind("films")).toBe(1);
  expect(await list("ben", { types: ["series"], libraryId: library.id })).toEqual([]);
});

test("whoever has catalogues asked again and again is told to wait; others are not held up", async () => {
  const [{ id: workId }] = (await list("anna", {})) as [Card];
  const ask = (person: string) => house.call(person, "works.candidates", { workId });
  let code: string | undefined;
  for (let times = 0; code === undefined && times < 40; times += 1) ({ code } = await ask("anna"));
  expect(code).toBe("too-many-requests");
  expect((await house.call("anna", "works.refresh", { workId })).code).toBe("too-many-requests");
  expect((await ask("ben")).code).not.toBe("too-many-requests");
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";
import { openTestLibrary } from "./testing.ts";

let cloud: TestCloud;
let house: ReturnType<typeof openTestLibrary>;
beforeAll(async () => {
  cloud = await openTestCloud();
  house = openTestLibrary(cloud);
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await house.closeLibrary();
  await cloud.close();
});

const films = () => house.library.libraries().find(({ name }) => name === "Films");
const seeAll = (id: number): void => {
  cloud.storage.refresh(id);
  for (const node of cloud.storage.children(id)) if (node.kind === "folder") seeAll(node.id);
};
/** What is there, once everything is taken in. */
const paths = async (): Promise<string[]> => {
  seeAll(cloud.homeOf("anna").rootId);
  await house.settled();
  return house.library
    .itemsAfter(films()?.id ?? 0, 0, 100)
    .flatMap(({ path, state }) => (state === "gone" ? [] : [path]))
    .toSorted();
};
const disk = (path: string) => join(cloud.homePath("anna"), "Films", path);

test("a file .nomedia, or an empty .ignore, hides its folder and all below; without it the same items are back", async () => {
  const all = ["Other.mkv", "Private/Deep/b.mkv", "Private/a.mkv"];
  for (const path of all) house.write("anna", `Films/${path}`, path);
  expect(await paths()).toEqual(all);
  const idOf = (end: string) => house.library.itemsAfter(films()?.id ?? 0, 0, 100).find(({ path }) => path === end)?.id;
  const [before] = [idOf("Private/a.mkv")];
  for (const name of [".nomedia", ".ignore"]) {
    house.write("anna", `Films/Private/${name}`, "");
    expect(await paths()).toEqual(["Other.mkv"]);
    // What comes into it meanwhile is not seen either.
    house.write("anna", "Films/Private/Deep/c.mkv", "c");
    expect(await paths()).toEqual(["Other.mkv"]);
    rmSync(disk(`Private/${name}`));
    expect(await paths()).toEqual(["Other.mkv", "Private/Deep/b.mkv", "Private/Deep/c.mkv", "Private/a.mkv"]);
    expect(idOf("Private/a.mkv")).toBe(before);
    rmSync(disk("Private/Deep/c.mkv"));
    expect(await paths()).toEqual(all);
  }
  house.write("anna", "Films/Private/.ignore", "*.txt\n");
  expect(await paths()).toEqual(all);
  rmSync(disk("Private/.ignore"));
});

test("a hidden folder that is moved stays hidden; a marker that moves hides where it is now", async () => {
  house.write("anna", "Elsewhere/Secret/s.mkv", "s");
  house.write("anna", "Elsewhere/Secret/.nomedia", "");
  await paths();
  renameSync(join(cloud.homePath("anna"), "Elsewhere/Secret"), disk("Secret"));
  expect(await paths()).not.toContain("Secret/s.mkv");
  renameSync(disk("Secret/.nomedia"), disk("Private/.nomedia"));
  expect(await paths()).toEqual(["Other.mkv", "Secret/s.mkv"]);
  rmSync(disk("Private/.nomedia"));
  expect(await paths()).toContain("Private/a.mkv");
});

test("a marker that came while nobody followed is found by a scan", async () => {
  house.write("anna", "Films/.nomedia", "");
  expect(await paths()).toEqual([]);
  cloud.deps.db.prepare("DELETE FROM media_marker").run();
  rmSync(disk(".nomedia"));
  await paths();
  await house.call("anna", "libraries.scan", { libraryId: films()?.id });
  expect(await paths()).toContain("Other.mkv");
});

test("what lies in a folder of subtitles is beside the film", async () => {
  for (const path of ["Ran/Ran.mkv", "Ran/Subs/English.srt", "Ran/Subs/Ran/German.srt", "Ran/Notes/x.srt"]) {
    house.write("anna", `Films/${path}`, path);
  }
  await paths();
  const film = house.library.itemsAfter(films()?.id ?? 0, 0, 100).find(({ path }) => path === "Ran/Ran.mkv");
  expect(house.library.siblings(film?.id ?? 0).map(({ path }) => path)).toEqual([
    "Ran/Ran.mkv",
    "Ran/Subs/English.srt",
    "Ran/Subs/Ran/German.srt",
  ]);
});

// needs: pdftotext
import { afterAll, beforeAll, expect, test } from "bun:test";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openTestCloud();
  await cloud.search.settled();
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

interface Shown {
  readonly node: { readonly id: number; readonly name: string };
  readonly matched: string;
  readonly folderPath: string;
  readonly snippet: readonly { readonly text: string; readonly isHit: boolean }[];
}
const find = async (query: string, person = "anna", more: object = {}): Promise<Shown[]> => {
  const answer = await cloud.call(person, "search.find", { query, ...more });
  if (answer.hits === undefined) throw new Error(answer.detail);
  return answer.hits;
};
const names = async (query: string, person = "anna", more: object = {}) =>
  (await find(query, person, more)).map(({ node }) => node.name);

test("names are found by words, beginnings, without accents and case, the moment they are there", async () => {
  cloud.plant("anna", "Holiday/Müller Straße 2024.txt", "x");
  cloud.plant("anna", "Holiday/IMG20240512beach.jpg", "x");
  expect(await names("muller")).toEqual(["Müller Straße 2024.txt"]);
  expect(await names("STRASSE mül")).toEqual(["Müller Straße 2024.txt"]);
  expect(await names("beach")).toEqual(["IMG20240512beach.jpg"]);
  expect(await names("holiday")).toEqual(["Holiday"]);
  expect(await names("mulle -2024")).toEqual([]);
  expect(await names("muller", "ben")).toEqual([]);
});

test("the text of a document is found with a part of it, names before texts", async () => {
  cloud.plant("anna", "letters/to the bank.txt", "Dear bank,\nplease close the <b>account</b> of Zebrafink.\nAnna");
  cloud.plant("anna", "letters/zebrafink.txt", "nothing");
  await cloud.search.settled();
  const hits = await find("zebrafi");
  expect(hits.map(({ node, matched }) => [node.name, matched])).toEqual([
    ["zebrafink.txt", "name"],
    ["to the bank.txt", "text"],
  ]);
  expect(hits[1]?.snippet.filter(({ isHit }) => isHit)).toEqual([{ text: "Zebrafink", isHit: true }]);
  expect(hits[1]?.snippet.map(({ text }) => text).join("")).toContain("<b>account</b>");
  expect(await names('"close the"')).toEqual(["to the bank.txt"]);
  expect(await names('"the close"')).toEqual([]);
  expect(await names("zebrafink", "anna", { inText: false })).toEqual(["zebrafink.txt"]);
});

test("what is renamed, moved, changed, deleted and brought back is found where and as it is", async () => {
  const folder = join(cloud.homePath("anna"), "moved");
  const { id } = cloud.plant("anna", "moved/deep/wombat.txt", "the word quokka");
  await cloud.search.settled();
  expect((await find("quokka"))[0]?.folderPath).toBe("moved/deep");
  renameSync(folder, `${folder} away`);
  cloud.storage.refresh(cloud.homeOf("anna").rootId);
  await cloud.search.settled();
  expect((await find("quokka"))[0]?.folderPath).toBe("moved away/deep");
  expect(await names('quokka in:"moved away"')).toEqual(["wombat.txt"]);
  expect(await names("quokka -in:deep")).toEqual([]);
  writeFileSync(join(`${folder} away`, "deep", "wombat.txt"), "now a numbat");
  cloud.storage.refresh(id);
  await cloud.search.settled();
  expect(await names("quokka")).toEqual([]);
  expect(await names("numbat")).toEqual(["wombat.txt"]);
  const trashIds = (await cloud.call("anna", "files.remove", { ids: [id] })).trashIds;
  expect([await names("numbat"), await names("wombat")]).toEqual([[], []]);
  await cloud.call("anna", "trash.restore", { ids: trashIds });
  await cloud.search.settled();
  expect(await names("numbat")).toEqual(["wombat.txt"]);
  rmSync(`${folder} away`, { recursive: true });
  cloud.storage.refresh(cloud.homeOf("anna").rootId);
  expect(await names("wombat")).toEqual([]);
});

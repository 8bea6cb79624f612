// needs: ffmpeg
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { createSongMaker, openTestMusic } from "#kit";
import { recipe } from "./facts.ts";

let house: Awaited<ReturnType<typeof openTestMusic>>;
const songs = createSongMaker();
beforeAll(async () => {
  house = await openTestMusic();
}, 30_000);
afterAll(async () => {
  await house.close();
  songs.close();
});

const settled = async () => {
  await house.cloud.storage.settled();
  await house.settled();
};

test("facts of an older recipe are made again at the next start, also of what could not be read then", async () => {
  for (const name of ["First.flac", "Second.flac"]) {
    const target = join(house.cloud.homePath("anna"), "Music", name);
    songs.make(target, { title: name }, name.length / 8);
  }
  await settled();
  const { db } = house.cloud.deps;
  const rows = () =>
    db.prepare<{ recipe: number; facts: string | null }, []>("SELECT recipe, facts FROM media_facts ORDER BY id").all();
  const made = rows();
  expect(made.map((row) => row.recipe)).toEqual([recipe, recipe]);
  db.transaction(() => {
    db.prepare("UPDATE media_facts SET recipe = ?, facts = json_remove(facts, '$.audio')").run(recipe - 1);
    db.prepare(
      "UPDATE media_facts SET facts = NULL, reason = 'nobody knew how' WHERE id = (SELECT max(id) FROM media_facts)",
    ).run();
  });
  house.probe.start();
  await settled();
  expect(rows()).toEqual(made);
}, 30_000);

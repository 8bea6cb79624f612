import { expect, test } from "bun:test";
import { fromEntry, walk, type DropEntry } from "./walk.ts";

const file = (name: string): DropEntry => ({
  name,
  isDirectory: false,
  file: (done) => done(new File(["x"], name)),
});

/** A reader hands out at most 100 entries a time, as Chromium does. */
const folder = (name: string, children: readonly DropEntry[]): DropEntry => ({
  name,
  isDirectory: true,
  createReader: () => {
    let at = 0;
    return {
      readEntries: (done) => {
        done(children.slice(at, at + 100));
        at += 100;
      },
    };
  },
});

test("walks folders to their end, keeps paths, and reports empty folders", async () => {
  const many = Array.from({ length: 250 }, (_, i) => file(`${i}.txt`));
  const dropped = await walk(
    [folder("top", [folder("empty", []), folder("many", many)]), file("loose.txt")].map(fromEntry),
  );
  expect(dropped.sources).toHaveLength(251);
  expect(dropped.sources[249]?.path).toBe("top/many/249.txt");
  expect(dropped.sources.at(-1)?.path).toBe("loose.txt");
  expect(dropped.emptyFolders).toEqual(["top/empty"]);
});

test("an unreadable file is left out, the rest arrives", async () => {
  const broken: DropEntry = { name: "b", isDirectory: false, file: (_, failed) => failed(new Error("gone")) };
  const dropped = await walk([broken, file("a")].map(fromEntry));
  expect(dropped.sources.map((source) => source.path)).toEqual(["a"]);
});

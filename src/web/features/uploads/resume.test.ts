import { expect, test } from "bun:test";
import fc from "fast-check";
import { matchFiles, orphans, type PendingUpload } from "./resume.ts";

const facts = fc.record({
  folder: fc.constantFrom("", "a/", "b/c/"),
  name: fc.constantFrom("x.txt", "y.jpg", "z"),
  sizeBytes: fc.nat(2),
  modifiedAtMs: fc.nat(1),
});

test("only equal name, size and time pair; each is used once; nothing is lost", () => {
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 12 }), fc.array(facts, { maxLength: 12 }), (left, right) => {
      const wanted = left.map((fact, id) => ({ ...fact, id, path: fact.folder + fact.name }));
      const files = right.map((fact) => ({ ...fact, path: fact.folder + fact.name }));
      const { pairs, rest } = matchFiles(wanted, files);
      expect(new Set(pairs.map((pair) => pair.id)).size).toBe(pairs.length);
      expect(new Set([...pairs.map((pair) => pair.file), ...rest]).size).toBe(files.length);
      for (const { id, file } of pairs) {
        const item = wanted[id];
        expect([item?.name, item?.sizeBytes, item?.modifiedAtMs]).toEqual([
          file.name,
          file.sizeBytes,
          file.modifiedAtMs,
        ]);
      }
      const unused = wanted.filter((item) => !pairs.some((pair) => pair.id === item.id));
      for (const item of unused)
        for (const file of rest)
          expect(
            item.name === file.name && item.sizeBytes === file.sizeBytes && item.modifiedAtMs === file.modifiedAtMs,
          ).toBe(false);
    }),
  );
});

test("among equal files the same path wins", () => {
  const base = { sizeBytes: 1, modifiedAtMs: 1 };
  const wanted = [
    { id: 1, path: "a/x", ...base },
    { id: 2, path: "b/x", ...base },
  ];
  const files = [{ path: "b/x", name: "x", ...base }];
  expect(matchFiles(wanted, files).pairs).toEqual([{ id: 2, file: files[0]! }]);
});

test("uploads of a page that still answers are left alone", () => {
  const record = (owner: string): PendingUpload => ({
    key: owner,
    scope: "user:1",
    owner,
    folderId: 1,
    path: "x",
    sizeBytes: 1,
    modifiedAtMs: 1,
    sentBytes: 0,
    url: null,
    handle: null,
    addedAtMs: 0,
  });
  expect(orphans([record("alive"), record("gone")], new Set(["alive"])).map((found) => found.owner)).toEqual(["gone"]);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { act, bytes, openTestStorage, type TestStorage } from "./testing.ts";

let held: TestStorage;
let outside = "";
beforeAll(async () => {
  held = await openTestStorage();
  outside = join(held.volumePath, "..", "outside");
  mkdirSync(outside);
});
afterAll(() => held.close());

const day = new Date("2019-05-04T10:00:00Z");
function source(name: string, content = name): string {
  const path = join(outside, name);
  writeFileSync(path, content);
  utimesSync(path, day, day);
  return path;
}
const place = (name: string) => ({ parentId: held.home.rootId, name });

test("a file keeps its time, its id when that is free, and its etag until it changes; also over a restart", async () => {
  const first = held.storage.reserveIds(5000);
  const carried = { id: 4711, etag: "etag-of-before" };
  expect(first).toBeLessThanOrEqual(4711);
  const { node } = await held.storage.takeOver(source("a.txt"), place("a.txt"), { ...act, how: "copy", carried });
  expect(node).toMatchObject({ id: 4711, etag: "etag-of-before", modifiedAtMs: day.getTime(), sizeBytes: 5 });
  const second = await held.storage.takeOver(source("b.txt"), place("b.txt"), { ...act, how: "copy", carried });
  expect(second.node.id).toBeGreaterThan(5000);
  const folder = await held.storage.makeFolder(place("folder"), { ...act, carried: { id: 4712, etag: null } });
  expect(folder.id).toBe(4712);
  held = await held.reopen();
  expect(held.storage.node(4711)?.etag).toBe("etag-of-before");
  const changed = await held.storage.put(place("a.txt"), bytes("new"), act);
  expect(changed.node.id).toBe(4711);
  expect(changed.node.etag).not.toBe("etag-of-before");
});

test("moved, and edited behind our back, it has an etag of its own", async () => {
  const take = (name: string, id: number) =>
    held.storage.takeOver(source(name), place(name), { ...act, how: "copy", carried: { id, etag: `of ${id}` } });
  await take("moved.txt", 100);
  await held.storage.move(100, place("elsewhere.txt"), act);
  expect(held.storage.node(100)?.etag).not.toBe("of 100");
  await take("edited.txt", 101);
  writeFileSync(join(held.path, "edited.txt"), "by an editor");
  expect(held.storage.refresh(101).etag).not.toBe("of 101");
});

test("a link takes no room, a copy is a file of its own; neither changes the source", async () => {
  const from = source("linked.txt");
  await held.storage.takeOver(from, place("linked.txt"), { ...act, how: "link" });
  expect(statSync(join(held.path, "linked.txt")).ino).toBe(statSync(from).ino);
  await held.storage.put(place("linked.txt"), bytes("new"), act);
  expect(readFileSync(from, "utf8")).toBe("linked.txt");
  await held.storage.takeOver(from, place("copied.txt"), { ...act, how: "copy" });
  expect(statSync(join(held.path, "copied.txt")).ino).not.toBe(statSync(from).ino);
  expect(statSync(from).mtimeMs).toBe(day.getTime());
});

test("what is no plain file, what is missing and what is over the quota is refused and leaves nothing", async () => {
  const secret = source("secret.txt");
  symlinkSync(secret, join(outside, "symlink"));
  mkdirSync(join(outside, "folder"));
  linkSync(secret, join(outside, "second-name"));
  for (const how of ["copy", "link"] as const) {
    for (const name of ["symlink", "folder", "missing"]) {
      const refused = held.storage.takeOver(join(outside, name), place("x"), { ...act, how });
      expect(
        await refused.then(
          () => "taken",
          () => "refused",
        ),
      ).toBe("refused");
    }
  }
  held.storage.setQuota(held.home.id, 1);
  const over = held.storage.takeOver(secret, place("x"), { ...act, how: "copy" });
  expect(await over.catch((error: { code: string }) => error.code)).toBe("quota-exceeded");
  held.storage.setQuota(held.home.id, null);
  expect(held.storage.child(held.home.rootId, "x")).toBeUndefined();
});

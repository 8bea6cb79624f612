import { afterAll, beforeAll, expect, test } from "bun:test";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { openTestCloud, type TestCloud } from "#kit";

let cloud: TestCloud;
let folderId = 0;
beforeAll(async () => {
  cloud = await openTestCloud();
  folderId = cloud.homeOf("anna").rootId;
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

const sha1 = (text: string) => new Bun.CryptoHasher("sha1").update(text).digest("hex");
const check = (name: string, files: readonly object[], folder = folderId) =>
  cloud.call(name, "camera.check", { folderId: folder, files });

test("a picture is known by its content wherever it lies below, by name and time where no hash is known", async () => {
  const body = "a picture";
  const { parentId } = cloud.plant("anna", "Camera/2024/planted.jpg", "by hand");
  const day = new Date("2024-05-06T07:08:09Z");
  utimesSync(join(cloud.homePath("anna"), "Camera/2024/planted.jpg"), day, day);
  const planted = cloud.storage.child(parentId ?? 0, "planted.jpg");
  cloud.storage.refresh(planted?.id ?? 0);
  await cloud.storage.put({ parentId: folderId, name: "sent.jpg" }, new TextEncoder().encode(body), {
    actor: cloud.actor("anna"),
  });
  const size = { sizeBytes: body.length };
  const modifiedAtMs = day.getTime();
  const files = [
    { name: "other-name.jpg", ...size, modifiedAtMs: 0, sha1: sha1(body) },
    { name: "sent.jpg", ...size, modifiedAtMs: 0, sha1: sha1("a pictur!") },
    { name: "planted.jpg", sizeBytes: 7, modifiedAtMs: modifiedAtMs + 900, sha1: sha1("by hand") },
    { name: "planted.jpg", sizeBytes: 7, modifiedAtMs: modifiedAtMs + 5000, sha1: null },
    { name: "new.jpg", sizeBytes: 12_345, modifiedAtMs, sha1: null },
  ];
  expect(await check("anna", files)).toEqual({ known: [0, 2] });
  expect(await check("anna", [])).toEqual({ known: [] });
});

test("nobody learns what others have", async () => {
  const file = { name: "sent.jpg", sizeBytes: 9, modifiedAtMs: 0, sha1: sha1("a picture") };
  expect((await check("ben", [file])).code).toBe("not-found");
  expect((await check("root", [file])).code).toBe("not-found");
  expect((await check("anna", [file], 999_999)).code).toBe("not-found");
  expect(await check("ben", [file], cloud.homeOf("ben").rootId)).toEqual({ known: [] });
});

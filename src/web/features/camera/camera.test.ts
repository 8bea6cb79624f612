import { expect, test } from "bun:test";
import { lookFor } from "./look.ts";
import { placeOf } from "./place.ts";

test("pictures go by year and month, other files into one folder", () => {
  const lastModified = new Date(2024, 0, 31, 23, 59).getTime();
  expect(placeOf({ name: "IMG_1.jpg", type: "image/jpeg", lastModified })).toBe("Camera uploads/2024/01/IMG_1.jpg");
  expect(placeOf({ name: "a.mp4", type: "video/mp4", lastModified })).toBe("Camera uploads/2024/01/a.mp4");
  expect(placeOf({ name: "a.pdf", type: "application/pdf", lastModified })).toBe("Uploads/a.pdf");
});

test("files are asked for in portions, each by its hash, and only the new ones come back", async () => {
  const files = Array.from({ length: 120 }, (_, at) => new File([`content ${at}`], `${at}.jpg`, { lastModified: at }));
  const portions: number[] = [];
  const seen: number[] = [];
  const looked = await lookFor(
    files,
    7,
    async ({ folderId, files: asked }) => {
      expect(folderId).toBe(7);
      portions.push(asked.length);
      expect(asked.every(({ sha1 }) => sha1?.length === 40)).toBe(true);
      return { known: asked.flatMap(({ modifiedAtMs }, index) => (modifiedAtMs % 2 === 0 ? [index] : [])) };
    },
    (done) => seen.push(done),
  );
  expect(portions).toEqual([50, 50, 20]);
  expect(seen).toEqual([50, 100, 120]);
  expect(looked.knownCount).toBe(60);
  expect(looked.fresh.every((file) => file.lastModified % 2 === 1)).toBe(true);
});

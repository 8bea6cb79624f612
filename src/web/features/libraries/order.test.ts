import { expect, test } from "bun:test";
import { inOrder } from "./order.ts";

test("libraries by what they hold, then by name", () => {
  const made = [
    { kind: "photos", name: "Camera" },
    { kind: "films", name: "Films 10" },
    { kind: "music", name: "Music" },
    { kind: "videos", name: "At home" },
    { kind: "films", name: "Élan" },
    { kind: "films", name: "Films 9" },
    { kind: "series", name: "Series" },
  ] as const;
  const names = ["Élan", "Films 9", "Films 10", "Series", "At home", "Music", "Camera"];
  expect(inOrder(made).map(({ name }): string => name)).toEqual(names);
});

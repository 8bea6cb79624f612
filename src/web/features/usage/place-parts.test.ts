import { expect, test } from "bun:test";
import { partsOf, spanInWords } from "./place-parts.ts";

test("a span is said in the unit people would use", () => {
  const dayMs = 86_400_000;
  expect([0, 1, 14, 15, 90, 91, 730, 1100].map((days) => spanInWords(days * dayMs))).toEqual([
    "1 day",
    "1 day",
    "14 days",
    "2 weeks",
    "13 weeks",
    "3 months",
    "24 months",
    "3 years",
  ]);
});

test("parts are shown the largest first, without empty ones", () => {
  const place = {
    ...({ spaceId: 1, kind: "home", name: "Anna", personId: 1, rootId: 1, online: true, usedBytes: 7 } as const),
    ...{ trashBytes: 9, versionBytes: 0, quotaBytes: null },
    byKind: [{ kind: "video" as const, sizeBytes: 7, count: 2 }],
    fill: { level: "fine" as const, growthBytesPerDay: null, fullAtMs: null, history: [] },
  };
  expect(partsOf(place).map(({ key }) => key)).toEqual(["trash", "video"]);
});

import { expect, test } from "bun:test";
import type { Output } from "#web/client.ts";
import { headline } from "./headline.ts";

const fill = { level: "fine" as const, growthBytesPerDay: null, fullAtMs: null, history: [] };
const full = { ...fill, level: "nearly" as const };
type Usage = Output<"usage.overview">;
const usage = (change: Partial<Usage["places"][number]>, disks: Usage["disks"] = []): Usage => ({
  places: [
    {
      ...{ spaceId: 1, kind: "home", name: "Anna", personId: 1, rootId: 1, online: true, byKind: [], fill },
      ...{ usedBytes: 5, trashBytes: 0, versionBytes: 0, quotaBytes: 100 },
      ...change,
    },
  ],
  disks,
  seesEveryone: false,
});

test("the worst true thing is said, and nothing that is not known", () => {
  expect(headline(usage({}))).toMatchObject({ level: "good" });
  expect(headline(usage({ online: false }))).toMatchObject({
    level: "now",
    text: "Not available right now: My files",
  });
  expect(headline(usage({ fill: full }))).toMatchObject({ level: "soon", text: "My files is almost full." });
  const disk = { name: "main", online: true, sizeBytes: 100, freeBytes: 2, fill: full };
  expect(headline(usage({}, [disk]))).toMatchObject({ level: "soon", text: "main is almost full." });
  expect(headline(usage({ fill: full }, [{ ...disk, online: false }]))).toMatchObject({ level: "now" });
});

import { expect, test } from "bun:test";
import type { Output } from "#web/client.ts";
import { headline } from "./headline.ts";

const space = {
  id: 1,
  name: "anna",
  kind: "home" as const,
  rootId: 1,
  usedBytes: 5,
  quotaBytes: 100,
  volumeOnline: true,
  canWrite: true,
};
const usage = (
  change: Partial<typeof space>,
  volumes: Output<"files.usage">["volumes"] = [],
): Output<"files.usage"> => ({
  spaces: [{ space: { ...space, ...change }, byKind: [], trashBytes: 0, versionBytes: 0 }],
  volumes,
});

test("the worst true thing is said, and nothing that is not known", () => {
  expect(headline(usage({}))).toMatchObject({ level: "good" });
  expect(headline(usage({ volumeOnline: false }))).toMatchObject({
    level: "now",
    text: "Not available right now: anna",
  });
  expect(headline(usage({ usedBytes: 99 }))).toMatchObject({ level: "soon", text: "My files is almost full." });
  const disk = { name: "main", online: true, sizeBytes: 100, freeBytes: 2 };
  expect(headline(usage({}, [disk]))).toMatchObject({ level: "soon", text: "main is almost full." });
  expect(headline(usage({ usedBytes: 99 }, [{ ...disk, online: false }]))).toMatchObject({ level: "now" });
});

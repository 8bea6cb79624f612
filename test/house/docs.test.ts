import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { layers } from "../../architecture.ts";
import { renderArchitecture } from "../../scripts/house/render.ts";

const root = join(import.meta.dir, "../..");

test("docs/architecture.md says what architecture.ts and the READMEs say (npm run docs)", () => {
  expect(readFileSync(join(root, "docs/architecture.md"), "utf8")).toBe(renderArchitecture(root, layers));
});

test("every dependency has a line in docs/dependencies.md, and every line a dependency", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const page = readFileSync(join(root, "docs/dependencies.md"), "utf8");
  const listed = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? "");
  const used = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
  expect(listed.toSorted()).toEqual(used.toSorted());
});

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface LockedPackage {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly os?: readonly string[];
  readonly optional?: boolean;
}

const lock = JSON.parse(readFileSync(join(import.meta.dir, "../../package-lock.json"), "utf8")) as {
  packages: Record<string, LockedPackage>;
};

/** Where `name` is found from the package at `from`, as Node looks it up; undefined when it is not locked. */
function lookUp(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    if (path in lock.packages) return path;
    if (folder === "") return undefined;
  }
}

test("package-lock.json names the builds of every platform: without one, npm ci refuses on a clean clone", () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => lookUp(path, name) === undefined)
      .map((name) => `${path} -> ${name}`),
  );
  expect(missing).toEqual([]);
});

/** What bun's fetches its program; exifreader's makes a smaller build where a project asks for one, and ends at once here. */
const known = ["node_modules/bun", "node_modules/exifreader"];

test("no package but the known ones wants to run an install script", () => {
  const scripted = Object.entries(lock.packages).filter(([, one]) => "hasInstallScript" in one);
  expect(scripted.map(([path]) => path)).toEqual(known);
});

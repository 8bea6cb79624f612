import { afterEach, beforeEach, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Layer } from "../../architecture.ts";
import { checkOperationNames } from "../../scripts/house/contract-rules.ts";
import { checkModules } from "../../scripts/house/module-rules.ts";
import { addDoor, addToTable } from "../../scripts/house/scaffold.ts";

const root = join(import.meta.dir, "../..");
let tree = "";

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "hearth-house-"));
});
afterEach(() => {
  rmSync(tree, { recursive: true, force: true });
});

const layers: readonly Layer[] = [
  { path: "wire", purpose: "words", imports: [], modules: [] },
  { path: "platform", purpose: "ground", imports: ["wire"], modules: ["clock"] },
  { path: "apps/files", purpose: "files", imports: ["wire", "platform"], modules: ["browse"] },
];

/** A tree with one right module in each of two layers; `files` change or add to it (`undefined` leaves one out). */
function plant(files: Readonly<Record<string, string | undefined>> = {}): void {
  const all: Record<string, string | undefined> = {
    "package.json": JSON.stringify({
      imports: {
        "#wire": "./src/wire/index.ts",
        "#platform/clock": "./src/platform/clock/index.ts",
        "#apps/files/browse": "./src/apps/files/browse/index.ts",
      },
    }),
    "src/platform/clock/index.ts": "",
    "src/platform/clock/README.md": "# clock\n\nTime.\n",
    "src/apps/files/browse/index.ts": "",
    "src/apps/files/browse/contract.ts": "",
    "src/apps/files/browse/migrations/0001-first.ts": "",
    "src/apps/files/browse/README.md": "# browse\n\nFolders.\n",
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    if (text === undefined) continue;
    mkdirSync(join(tree, path, ".."), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
}

const found = (): string[] => checkModules(tree, layers).map(({ path, problem }) => `${path}: ${problem}`);

test("a tree by the template has no findings", () => {
  plant();
  expect(found()).toEqual([]);
});

const faults: readonly [string, Record<string, string | undefined>, string][] = [
  ["a module without README", { "src/apps/files/browse/README.md": undefined }, "browse/README.md: is missing"],
  ["a long README", { "src/apps/files/browse/README.md": `# x\n${"y\n".repeat(12)}` }, "has 13 lines"],
  ["a README without text", { "src/apps/files/browse/README.md": "# x\n" }, "says nothing"],
  ["a module without door file", { "src/platform/clock/index.ts": undefined }, "clock/index.ts: is missing"],
  ["a door nobody declared", { "src/apps/files/albums/index.ts": "" }, "albums: is not in architecture.ts"],
  ["a layer nobody declared", { "src/games/index.ts": "" }, "src/games: is not in architecture.ts"],
  ["a name that is not plain", { "src/apps/files/browse/Browse_Thing.ts": "" }, "no file of the module template"],
  ["a name that says nothing", { "src/apps/files/browse/utils.ts": "" }, "the name says nothing"],
  ["a folder in a module", { "src/apps/files/browse/inner/x.ts": "" }, "no folders but migrations/"],
  ["a long style sheet", { "src/web/ui/x.css": "a {}\n".repeat(401) }, "x.css: has 401 lines"],
  ["operations in the platform", { "src/platform/clock/contract.ts": "" }, "offers no operations"],
  [
    "a door that leads elsewhere",
    { "package.json": `{"imports":{"#platform/clock":"./src/clock.ts","#apps/files/browse":"./x","#old":"./y"}}` },
    `imports: "#old" is no module`,
  ],
];

for (const [name, files, expected] of faults) {
  test(`the module check finds: ${name}`, () => {
    plant(files);
    expect(found().join("\n")).toContain(expected);
  });
}

test("operation names are noun.verb, unique, and a noun has one module", () => {
  const problems = checkOperationNames([
    { path: "a", operations: ["files.list", "files.read", "Files", "two.parts.more"] },
    { path: "b", operations: ["files.list", "trash.list"] },
  ]).map(({ path, problem }) => `${path}: ${problem}`);
  expect(problems).toEqual([
    `a: operation "Files" is not named <noun>.<verb>`,
    `a: operation "two.parts.more" is not named <noun>.<verb>`,
    `b: operation "files.list" is also in a`,
    `b: the noun of "files.list" belongs to a`,
  ]);
});

test("a module joins its own layer's row and doors, wherever they stand", () => {
  const table = `{ path: "a", modules: ["x"] },\n{ path: "b", modules: [\n  "y",\n] }, { path: "c", modules: [] }`;
  const added = (layer: string): string => addToTable(table, { layer, module: "new" });
  expect(added("a")).toContain(`modules: ["x", "new"]`);
  expect(added("b")).toMatch(/"y",\s*"new"\]/);
  expect(added("c")).toContain(`path: "c", modules: ["new"]`);
  const manifest = `{\n  "imports": {\n    "#a/x": "1",\n    "#b/y": "2"\n  }\n}`;
  expect(JSON.parse(addDoor(manifest, { layer: "a", path: "a/new" })).imports).toEqual({
    "#a/x": "1",
    "#a/new": "./src/a/new/index.ts",
    "#b/y": "2",
  });
  expect(JSON.parse(addDoor(manifest, { layer: "b", path: "b/new" })).imports["#b/new"]).toBe("./src/b/new/index.ts");
});

/** A copy of what the scaffold and the checks read; the product's own code stays where it is. */
function copyHouse(): void {
  const parts = ["architecture.ts", "package.json", "tsconfig.json", "oxlint.config.ts", ".oxfmtrc.json", "scripts"];
  for (const part of [...parts, "src/wire", "src/platform"])
    cpSync(join(root, part), join(tree, part), { recursive: true });
  mkdirSync(join(tree, "docs"));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
}

const commandTimeoutMs = 60_000;

function bun(...args: string[]): { code: number; output: string } {
  const child = Bun.spawnSync([process.execPath, ...args], { cwd: tree, timeout: commandTimeoutMs });
  return { code: child.exitCode, output: `${child.stdout.toString()}${child.stderr.toString()}` };
}

test(
  "a scaffolded module passes the types, the lint, the format, the module check and its own test",
  () => {
    copyHouse();
    const made = bun("scripts/new-module.ts", "apps/files/photo-albums");
    expect(made).toMatchObject({ code: 0 });
    const folder = "src/apps/files/photo-albums";
    const check = bun("scripts/module-check.ts").output.split("\n");
    expect(check.filter((line) => line.includes("photo-albums"))).toEqual([]);
    const types = bun("--bun", "node_modules/.bin/tsc", "-p", "tsconfig.json").output.split("\n");
    expect(types.filter((line) => line.includes("photo-albums"))).toEqual([]);
    expect(bun("--bun", "node_modules/.bin/oxlint", "-c", "oxlint.config.ts", folder)).toMatchObject({ code: 0 });
    expect(bun("--bun", "node_modules/.bin/oxfmt", "--check", folder, "architecture.ts")).toMatchObject({ code: 0 });
    expect(bun("test", folder)).toMatchObject({ code: 0 });
    expect(readFileSync(join(tree, "docs/architecture.md"), "utf8")).toContain("#apps/files/photo-albums");
  },
  2 * commandTimeoutMs,
);

test(
  "a module that exists or has no layer is refused and nothing is written",
  () => {
    copyHouse();
    const before = readFileSync(join(tree, "package.json"), "utf8");
    for (const path of [
      "apps/files/browse",
      "apps/nowhere/x",
      "platform/clock/inner",
      "apps/files/Bad_Name",
      "web/x",
    ]) {
      expect(bun("scripts/new-module.ts", path)).toMatchObject({ code: 2 });
    }
    expect(readFileSync(join(tree, "package.json"), "utf8")).toBe(before);
    expect(existsSync(join(tree, "docs/architecture.md"))).toBe(false);
  },
  commandTimeoutMs,
);

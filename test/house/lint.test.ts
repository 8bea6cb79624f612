import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dir, "../..");

/** Each file breaks one rule of the house, and `expected` is what the linter must say about it. */
const offences: readonly { name: string; path: string; source: string; expected: string }[] = [
  {
    name: "platform imports a layer above it",
    path: "src/platform/clock/up.ts",
    source: `export { x } from "#security/access";\n`,
    expected: "platform may not import security",
  },
  {
    name: "security imports an app",
    path: "src/security/access/up.ts",
    source: `export { x } from "#apps/files/browse";\n`,
    expected: "security may not import apps/files",
  },
  {
    name: "one app imports another",
    path: "src/apps/files/browse/aside.ts",
    source: `export { x } from "#apps/management/doctor";\n`,
    expected: "apps/files may not import apps/management",
  },
  {
    name: "the page imports the server",
    path: "src/web/features/server.ts",
    source: `export { x } from "#platform/db";\n`,
    expected: "web may not import platform",
  },
  {
    name: "the page imports a module's door",
    path: "src/web/door.tsx",
    source: `export { x } from "#apps/files/browse";\n`,
    expected: "web may not import apps/files",
  },
  {
    name: "the page imports what a browser lacks",
    path: "src/web/ui/node.ts",
    source: `export { join } from "node:path";\n`,
    expected: "The page runs in a browser",
  },
  {
    name: "a contract of a layer above",
    path: "src/storage/primary/contract-up.ts",
    source: `export { x } from "#contract/apps/files/browse";\n`,
    expected: "storage may not import apps/files",
  },
  {
    name: "behind a door",
    path: "src/apps/files/links/deep.ts",
    source: `export { x } from "#storage/primary/repository";\n`,
    expected: "through its door",
  },
  {
    name: "a neighbour by relative path",
    path: "src/apps/files/trash/aside.ts",
    source: `export { x } from "../browse/service.ts";\n`,
    expected: "stays inside its module",
  },
  {
    name: "a neighbour by relative path from a sub-folder",
    path: "src/storage/primary/migrations/0001.ts",
    source: `export { x } from "../../backup/service.ts";\n`,
    expected: "stays inside its module",
  },
  {
    name: "a detour through the own folder",
    path: "src/storage/primary/detour.ts",
    source: `export { x } from "./migrations/../../backup/service.ts";\n`,
    expected: "stays inside its module",
  },
  {
    name: "the composition root reaches behind a door",
    path: "src/main.ts",
    source: `export { x } from "#apps/files/browse/service";\n`,
    expected: "through its door",
  },
  {
    name: "the own door",
    path: "src/apps/files/trash/own.ts",
    source: `export { x } from "#apps/files/trash";\n`,
    expected: "not the module's own door",
  },
  {
    name: "a test climbs into a neighbour",
    path: "src/apps/files/trash/aside.test.ts",
    source: `export { x } from "../browse/service.ts";\n`,
    expected: "stays inside its module",
  },
  {
    name: "the test kit in the product",
    path: "src/apps/files/trash/kit.ts",
    source: `export { x } from "#kit";\n`,
    expected: "The test kit is for tests",
  },
  {
    name: "a child process",
    path: "src/apps/files/previews/child.ts",
    source: `import { spawn } from "node:child_process";\nexport const x = spawn;\n`,
    expected: "Only platform/exec starts processes",
  },
  {
    name: "Bun.spawn",
    path: "src/apps/files/previews/bun-child.ts",
    source: `export const x = Bun.spawn(["true"]);\n`,
    expected: "Only platform/exec starts processes",
  },
  {
    name: "Bun's shell",
    path: "src/apps/files/previews/shell.ts",
    source: `import { $ } from "bun";\nexport const x = $;\n`,
    expected: "Only platform/exec starts processes",
  },
  {
    name: "a database",
    path: "src/apps/files/links/database.ts",
    source: `import { Database } from "bun:sqlite";\nexport const x = Database;\n`,
    expected: "Only platform/db opens a database",
  },
  {
    name: "native code",
    path: "src/storage/primary/native.ts",
    source: `import { dlopen } from "bun:ffi";\nexport const x = dlopen;\n`,
    expected: "Only platform calls native code",
  },
  {
    name: "the environment",
    path: "src/edge/listener/env.ts",
    source: `export const x = process.env.HOME;\n`,
    expected: "process.env",
  },
  {
    name: "the environment through Bun",
    path: "src/edge/listener/bun-env.ts",
    source: `export const x = Bun.env.HOME;\n`,
    expected: "Only platform/config reads the environment",
  },
  {
    name: "the environment through import.meta",
    path: "src/edge/listener/meta-env.ts",
    source: `export const x: unknown = import.meta.env.HOME;\n`,
    expected: "Only platform/config reads the environment",
  },
  {
    name: "a default export",
    path: "src/edge/listener/default.ts",
    source: `export default 1;\n`,
    expected: "default export",
  },
  {
    name: "a promise nobody waits for",
    path: "src/edge/listener/floating.ts",
    source: `export function x(): void {\n  Promise.resolve(1);\n}\n`,
    expected: "Promises must be awaited",
  },
  { name: "the console", path: "src/edge/listener/console.ts", source: `console.log(1);\n`, expected: "console" },
  {
    name: "an unfinished place",
    path: "src/edge/listener/later.ts",
    source: `// ${"TO" + "DO"}: later\nexport const x = 1;\n`,
    expected: "todo",
  },
  {
    name: "a test that is off",
    path: "src/edge/listener/off.test.ts",
    source: `import { test } from "bun:test";\ntest.skip("x", () => {});\n`,
    expected: "Every test runs",
  },
  {
    name: "a long file",
    path: "src/edge/listener/long.ts",
    source: `export {};\n${"void 0;\n".repeat(401)}`,
    expected: "too many lines",
  },
  {
    name: "a long contract",
    path: "src/apps/files/browse/contract.ts",
    source: `export {};\n${"void 0;\n".repeat(401)}`,
    expected: "too many lines",
  },
  {
    name: "a long function",
    path: "src/edge/listener/long-function.ts",
    source: `export function x(): void {\n${"  void 0;\n".repeat(61)}}\n`,
    expected: "too many lines",
  },
];

/** Ninety lines in thirty functions: each is counted for itself. */
const closures = Array.from({ length: 30 }, (_, at) => `  const f${at} = () => {\n    void 0;\n  };\n`).join("");
const names = Array.from({ length: 30 }, (_, at) => `f${at}`).join(", ");

/** What the same rules must let pass. */
const allowed: readonly { path: string; source: string }[] = [
  {
    path: "src/apps/files/browse/good.ts",
    source: `export { a } from "#storage/primary";\nexport { b } from "#apps/files/trash";\nexport { c } from "./good2.ts";\n`,
  },
  {
    path: "src/apps/files/browse/factory.ts",
    source: `export function createX() {\n${closures}  return [${names}];\n}\n`,
  },
  { path: "src/storage/primary/migrations/0002.ts", source: `export { x } from "../repository.ts";\n` },
  { path: "src/platform/exec/good.ts", source: `export { spawn } from "node:child_process";\n` },
  { path: "src/platform/db/good.ts", source: `export { Database } from "bun:sqlite";\n` },
  { path: "src/platform/config/good.ts", source: `export const x = process.env.HOME;\n` },
  { path: "src/web/good.ts", source: `export { x } from "#contract/apps/files/browse";\n` },
  { path: "src/web/build.ts", source: `export { join } from "node:path";\n` },
  { path: "src/cli.ts", source: `export { x } from "#apps/files/browse";\nconsole.log("ready");\n` },
  { path: "src/edge/listener/good.test.ts", source: `import { x } from "#kit";\nvoid x;\n` },
];

interface Diagnostic {
  readonly filename: string;
  readonly message: string;
  readonly help?: string;
}

/** About a second; a machine with other work takes longer. */
const lintTimeoutMs = 90_000;

let tree = "";
let diagnostics: readonly Diagnostic[] = [];

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "hearth-lint-"));
  for (const file of ["oxlint.config.ts", "architecture.ts", "tsconfig.json", "package.json", "scripts/house"]) {
    cpSync(join(root, file), join(tree, file), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  for (const file of [...offences, ...allowed]) {
    mkdirSync(dirname(join(tree, file.path)), { recursive: true });
    writeFileSync(join(tree, file.path), file.source);
  }
  const child = Bun.spawnSync(
    [process.execPath, "--bun", "node_modules/.bin/oxlint", "-c", "oxlint.config.ts", "--format", "json", "src"],
    { cwd: tree, timeout: lintTimeoutMs },
  );
  const output = child.stdout.toString();
  if (!output.includes("{")) throw new Error(`${output}${child.stderr.toString()}`);
  diagnostics = (JSON.parse(output) as { diagnostics: Diagnostic[] }).diagnostics;
}, lintTimeoutMs);

afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
});

const said = (path: string): string[] =>
  diagnostics.filter((one) => one.filename.endsWith(path)).map((one) => `${one.message} ${one.help ?? ""}`);

for (const { name, path, expected } of offences) {
  test(`the lint rules refuse: ${name}`, () => {
    expect(said(path).some((text) => text.toLowerCase().includes(expected.toLowerCase())) || said(path)).toBe(true);
  });
}

for (const { path } of allowed) {
  test(`the lint rules let pass: ${path}`, () => {
    expect(said(path)).toEqual([]);
  });
}

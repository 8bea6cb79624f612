import { join } from "node:path";
import { layers } from "../architecture.ts";
import { scaffold, ScaffoldError } from "./house/scaffold.ts";

const root = new URL("..", import.meta.url).pathname;

function run(argv: readonly string[]): number {
  return Bun.spawnSync([process.execPath, ...argv], {
    cwd: root,
    stdout: "inherit",
    stderr: "inherit",
    timeout: 30_000,
  }).exitCode;
}

const path = process.argv[2];
if (path === undefined) {
  console.error("usage: npm run new-module -- apps/files/NAME");
  process.exit(2);
}
try {
  const files = scaffold(root, layers, path);
  for (const file of files) console.log(file);
  const formatted = run([
    "--bun",
    join(root, "node_modules/.bin/oxfmt"),
    ...files.filter((file) => /\.tsx?$/.test(file)),
  ]);
  // In its own process: the table in this one has been read before it changed.
  process.exitCode = formatted === 0 ? run(["scripts/render-docs.ts"]) : formatted;
} catch (thrown) {
  if (!(thrown instanceof ScaffoldError)) throw thrown;
  console.error(thrown.message);
  process.exitCode = 2;
}

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layers } from "../architecture.ts";
import { renderArchitecture } from "./house/render.ts";

const root = new URL("..", import.meta.url).pathname;
const page = join(root, "docs/architecture.md");
const rendered = renderArchitecture(root, layers);

if (process.argv.includes("--check")) {
  if (readFileSync(page, "utf8") !== rendered) {
    console.log("docs/architecture.md is stale: npm run docs");
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, rendered);
}

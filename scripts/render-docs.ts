import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layers } from "../architecture.ts";
import { configJsonSchema } from "../src/platform/config/index.ts";
import { renderArchitecture } from "./house/render.ts";

const root = new URL("..", import.meta.url).pathname;
const pages: Readonly<Record<string, string>> = {
  "docs/architecture.md": renderArchitecture(root, layers),
  "docs/hearth.schema.json": `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
};

for (const [name, rendered] of Object.entries(pages)) {
  const page = join(root, name);
  if (!process.argv.includes("--check")) {
    writeFileSync(page, rendered);
  } else if (!existsSync(page) || readFileSync(page, "utf8") !== rendered) {
    console.log(`${name} is stale: npm run docs`);
    process.exitCode = 1;
  }
}

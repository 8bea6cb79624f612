import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { getLarge, getSmall, getTls } from "./files/get.ts";
import { propfind } from "./files/propfind.ts";
import { putLarge, putSmall } from "./files/put.ts";
import { firstIndex, memory, ready } from "./files/scale.ts";
import { withBench, type Bench } from "./kit/bench.ts";
import { describeMachine, requirePackages } from "./kit/environment.ts";
import { figuresTable, plainTable, printPart, verdictRows, verdictsTable } from "./kit/report.ts";
import type { PartResult, Settings } from "./kit/types.ts";

/** In this order: those that delete many files come last, since a file system remembers that for minutes. */
const parts: Readonly<Record<string, (bench: Bench) => Promise<PartResult>>> = {
  "put-small": putSmall,
  "put-large": putLarge,
  propfind,
  "get-large": getLarge,
  tls: getTls,
  "get-small": getSmall,
  ready,
  "first-index": firstIndex,
  memory,
};

const docsFile = new URL("../docs/benchmarks.md", import.meta.url).pathname;

const reasonsHeading = "## What is short, and why";

/** What profiling found is written by hand and kept when the tables are written anew. */
function keptReasons(): string {
  const page = existsSync(docsFile) ? readFileSync(docsFile, "utf8") : "";
  const start = page.indexOf(reasonsHeading);
  return start < 0 ? "" : page.slice(start, page.indexOf("## Figures", start));
}

function docsPage(machine: readonly string[], settings: Settings, result: PartResult): string {
  return `# Benchmarks

Written by \`npm run bench -- files --write-docs\` on ${new Date().toISOString().slice(0, 10)}; \`bench/README.md\` says how it is measured.
Hearth authenticates every request with an app password and is strict (an answer of 2xx is on disk) unless a row says
relaxed. The peers do neither.

${machine.map((line) => `- ${line}`).join("\n")}
- ${settings.rounds} interleaved rounds; figures are medians, ratios the median of the ratios of each round

## Targets

${verdictsTable(result.verdicts)}

${keptReasons()}## Figures

${figuresTable(result.figures)}
`;
}

/** Runs the parts asked for (all by default), prints and stores the results; returns the exit code. */
export async function runFilesSuite(settings: Settings): Promise<number> {
  const names = settings.parts.length > 0 ? settings.parts : Object.keys(parts);
  const unknown = names.filter((name) => !(name in parts));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  requirePackages();
  const machine = describeMachine(settings.tempRoot);
  console.log(machine.join("\n"));
  const all: PartResult = { figures: [], verdicts: [] };
  const failed: string[] = [];
  for (const name of names) {
    console.log(`\n=== ${name}`);
    try {
      const part = parts[name];
      if (!part) continue;
      const result = await withBench(settings, part);
      printPart(result);
      all.figures.push(...result.figures);
      all.verdicts.push(...result.verdicts);
    } catch (error) {
      failed.push(name);
      console.error(`${name} failed to run: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(`\n=== summary\n${plainTable([["  what", "target", "measured", ""], ...verdictRows(all.verdicts)])}`);
  if (failed.length > 0) console.log(`\nfailed to run: ${failed.join(", ")}`);
  if (settings.jsonFile) writeFileSync(settings.jsonFile, `${JSON.stringify({ machine, ...all, failed }, null, 2)}\n`);
  if (settings.writeDocs && failed.length === 0) writeFileSync(docsFile, docsPage(machine, settings, all));
  return failed.length > 0 ? 1 : 0;
}

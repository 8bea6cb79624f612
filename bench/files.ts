import { writeFileSync } from "node:fs";
import { getLarge, getSmall, getTls } from "./files/get.ts";
import { propfind } from "./files/propfind.ts";
import { putLarge, putSmall } from "./files/put.ts";
import { firstIndex, memory, ready } from "./files/scale.ts";
import { withBench, type Bench } from "./kit/bench.ts";
import { docsFile, docsSection } from "./kit/docs.ts";
import { describeMachine, requireTools } from "./kit/environment.ts";
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

/** The programs the suite needs, and the Debian package of each. */
const tools = [
  ["nginx", "nginx"],
  ["apache2", "apache2-bin"],
  ["rclone", "rclone"],
  ["wrk", "wrk"],
  ["curl", "curl"],
  ["openssl", "openssl"],
  ["find", "findutils"],
] as const;
const versions = [
  ["nginx", "-v"],
  ["apache2", "-v"],
  ["rclone", "version"],
] as const;

function docsPage(machine: readonly string[], settings: Settings, result: PartResult): string {
  return `# Benchmarks

Written by \`npm run bench -- files --write-docs\` on ${new Date().toISOString().slice(0, 10)}; \`bench/README.md\` says how it is measured.
Hearth authenticates every request with an app password and is strict (an answer of 2xx is on disk) unless a row says
relaxed. The peers do neither.

${machine.map((line) => `- ${line}`).join("\n")}
- ${settings.rounds} interleaved rounds; figures are medians, ratios the median of the ratios of each round

## Targets

${verdictsTable(result.verdicts)}

${docsSection("## What is short, and why")}## Figures

${figuresTable(result.figures)}

${docsSection("## Sync clients")}`;
}

/** Runs the parts asked for (all by default), prints and stores the results; returns the exit code. */
export async function runFilesSuite(settings: Settings): Promise<number> {
  const names = settings.parts.length > 0 ? settings.parts : Object.keys(parts);
  const unknown = names.filter((name) => !(name in parts));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  requireTools(tools);
  const machine = describeMachine(settings.tempRoot, versions);
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

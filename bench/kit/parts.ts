import { writeFileSync } from "node:fs";
import { plainTable, printPart, verdictRows } from "./report.ts";
import type { PartResult, Settings } from "./types.ts";

/** The parts of a suite by name; each measures and gives its figures. */
export type Parts = Readonly<Record<string, (settings: Settings) => Promise<PartResult>>>;

/**
 * Runs the parts asked for (all by default) one after the other, prints what they found with the verdicts at the end, and stores it where
 * `settings.jsonFile` says. Throws when there is no part of a name.
 */
export async function runParts(settings: Settings, parts: Parts, machine: readonly string[]): Promise<PartResult> {
  const names = settings.parts.length > 0 ? settings.parts : Object.keys(parts);
  const unknown = names.filter((name) => !(name in parts));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  console.log(machine.join("\n"));
  const all: PartResult = { figures: [], verdicts: [] };
  for (const name of names) {
    console.log(`\n=== ${name}`);
    const result = await parts[name]?.(settings);
    if (result === undefined) continue;
    printPart(result);
    all.figures.push(...result.figures);
    all.verdicts.push(...result.verdicts);
  }
  console.log(`\n=== summary\n${plainTable([["  what", "target", "measured", ""], ...verdictRows(all.verdicts)])}`);
  if (settings.jsonFile) writeFileSync(settings.jsonFile, `${JSON.stringify({ machine, ...all }, null, 2)}\n`);
  return all;
}

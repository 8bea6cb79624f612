import { writeFileSync } from "node:fs";
import { describeMachine } from "./kit/environment.ts";
import { plainTable, printPart, verdictRows } from "./kit/report.ts";
import type { PartResult, Settings } from "./kit/types.ts";
import { accessRights } from "./security/access-rights.ts";
import { auditLog } from "./security/audit-log.ts";
import { guardGate } from "./security/guard-gate.ts";
import { guardRules } from "./security/guard-rules.ts";

const parts: Readonly<Record<string, (settings: Settings) => Promise<PartResult>>> = {
  "guard-rules": guardRules,
  "guard-gate": guardGate,
  "access-rights": accessRights,
  "audit-log": auditLog,
};

/** Runs the parts asked for (all by default), prints and stores the results; returns the exit code. */
export async function runSecuritySuite(settings: Settings): Promise<number> {
  const names = settings.parts.length > 0 ? settings.parts : Object.keys(parts);
  const unknown = names.filter((name) => !(name in parts));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  const machine = describeMachine(settings.tempRoot);
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
  return 0;
}

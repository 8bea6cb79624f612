import { describeMachine } from "./kit/environment.ts";
import { type Parts, runParts } from "./kit/parts.ts";
import type { Settings } from "./kit/types.ts";
import { accessRights } from "./security/access-rights.ts";
import { auditLog } from "./security/audit-log.ts";
import { guardGate } from "./security/guard-gate.ts";
import { guardRules } from "./security/guard-rules.ts";

const parts: Parts = {
  "guard-rules": guardRules,
  "guard-gate": guardGate,
  "access-rights": accessRights,
  "audit-log": auditLog,
};

/** Runs the parts asked for (all by default), prints and stores the results; returns the exit code. */
export async function runSecuritySuite(settings: Settings): Promise<number> {
  await runParts(settings, parts, describeMachine(settings.tempRoot, []));
  return 0;
}

import type { z } from "zod";
import type { Clock } from "#platform/clock";
import type { AuditState } from "./contract.ts";

interface AuditDeps {
  readonly clock: Clock;
}

export interface Audit {
  read(): z.infer<typeof AuditState>;
}

export function createAudit(deps: AuditDeps): Audit {
  return { read: () => ({ asOfMs: deps.clock.now() }) };
}

import type { z } from "zod";
import type { Clock } from "#platform/clock";
import type { GuardState } from "./contract.ts";

interface GuardDeps {
  readonly clock: Clock;
}

export interface Guard {
  read(): z.infer<typeof GuardState>;
}

export function createGuard(deps: GuardDeps): Guard {
  return { read: () => ({ asOfMs: deps.clock.now() }) };
}

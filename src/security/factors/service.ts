import type { z } from "zod";
import type { Clock } from "#platform/clock";
import type { FactorsState } from "./contract.ts";

interface FactorsDeps {
  readonly clock: Clock;
}

export interface Factors {
  read(): z.infer<typeof FactorsState>;
}

export function createFactors(deps: FactorsDeps): Factors {
  return { read: () => ({ asOfMs: deps.clock.now() }) };
}

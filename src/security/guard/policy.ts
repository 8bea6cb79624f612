import type { Clock } from "#platform/clock";
import { type CompiledRules, compileRules } from "./compile.ts";
import type { RuleDocument } from "./contract.ts";
import { createMeters, type Meters } from "./meters.ts";
import { createPlaces, type OwnNetworks, type Places } from "./places.ts";
import { createHouseTime } from "./time-windows.ts";

/** One version of the rules, made ready. */
export interface Policy {
  readonly document: RuleDocument;
  readonly compiled: CompiledRules;
  readonly places: Places;
  readonly meters: Meters;
  readonly timeZone: string;
  /** Minute of the week now. */
  minute(): number;
}

export interface PolicyDeps {
  readonly clock: Clock;
  readonly own: OwnNetworks;
  readonly countryOf: (address: string) => string | null;
  /** Of the machine. */
  readonly timeZone: string;
}

export function createPolicy(document: RuleDocument, deps: PolicyDeps): Policy {
  const timeZone = document.timeZone ?? deps.timeZone;
  const houseTime = createHouseTime(timeZone);
  return {
    document,
    compiled: compileRules(document.rules),
    places: createPlaces(document.sets, deps.own, deps.countryOf),
    meters: createMeters(),
    timeZone,
    minute: () => houseTime(deps.clock.now()),
  };
}

import type { z } from "zod";
import type { Clock } from "#platform/clock";
import type { FirewallState } from "./contract.ts";

interface FirewallDeps {
  readonly clock: Clock;
}

export interface Firewall {
  read(): z.infer<typeof FirewallState>;
}

export function createFirewall(deps: FirewallDeps): Firewall {
  return { read: () => ({ asOfMs: deps.clock.now() }) };
}

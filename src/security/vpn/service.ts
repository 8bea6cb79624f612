import type { z } from "zod";
import type { Clock } from "#platform/clock";
import type { VpnState } from "./contract.ts";

interface VpnDeps {
  readonly clock: Clock;
}

export interface Vpn {
  read(): z.infer<typeof VpnState>;
}

export function createVpn(deps: VpnDeps): Vpn {
  return { read: () => ({ asOfMs: deps.clock.now() }) };
}

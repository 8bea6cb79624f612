import type { Implementation } from "#platform/usecase";
import type { VpnDeps } from "./ports.ts";
import { vpnUseCases } from "./routes.ts";
import { createVpn, type Vpn } from "./service.ts";

export { vpnMigrations } from "./migrations/index.ts";
export type { VpnDeps, VpnPerson } from "./ports.ts";
export { createZoneRights } from "./rights.ts";

export interface VpnModule {
  readonly service: Vpn;
  readonly implementations: readonly Implementation[];
}

export function createVpnModule(deps: VpnDeps): VpnModule {
  const service = createVpn(deps);
  return { service, implementations: vpnUseCases(deps, service) };
}

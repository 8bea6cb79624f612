import { implement, type Implementation } from "#platform/usecase";
import { vpnContract } from "./contract.ts";
import type { Vpn } from "./service.ts";

export function vpnUseCases(vpn: Vpn): Implementation[] {
  return implement(vpnContract, { "vpn.read": () => vpn.read() });
}

import { implement, type Implementation } from "#platform/usecase";
import { firewallContract } from "./contract.ts";
import type { Firewall } from "./service.ts";

export function firewallUseCases(firewall: Firewall): Implementation[] {
  return implement(firewallContract, {
    "firewall.status": () => firewall.status(),
    "firewall.table": () => ({ fileName: "hearth.nft", text: firewall.text() }),
  });
}

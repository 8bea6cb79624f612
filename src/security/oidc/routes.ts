import { implement, type Implementation } from "#platform/usecase";
import { oidcContract } from "./contract.ts";
import type { Oidc } from "./service.ts";

export function oidcUseCases(oidc: Oidc): Implementation[] {
  return implement(oidcContract, { "oidc.read": () => oidc.read() });
}

import { implement, type Implementation } from "#platform/usecase";
import { certificatesContract } from "./contract.ts";
import type { Certificates } from "./service.ts";

export function certificatesUseCases(certificates: Certificates): Implementation[] {
  return implement(certificatesContract, { "certificates.read": () => certificates.read() });
}

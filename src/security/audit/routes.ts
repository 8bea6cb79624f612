import { implement, type Implementation } from "#platform/usecase";
import { auditContract } from "./contract.ts";
import type { Audit } from "./service.ts";

export function auditUseCases(audit: Audit): Implementation[] {
  return implement(auditContract, { "audit.read": () => audit.read() });
}

import { implement, type Implementation } from "#platform/usecase";
import { factorsContract } from "./contract.ts";
import type { Factors } from "./service.ts";

export function factorsUseCases(factors: Factors): Implementation[] {
  return implement(factorsContract, { "factors.read": () => factors.read() });
}

import { implement, type Implementation } from "#platform/usecase";
import { guardContract } from "./contract.ts";
import type { Guard } from "./service.ts";

export function guardUseCases(guard: Guard): Implementation[] {
  return implement(guardContract, { "guard.read": () => guard.read() });
}

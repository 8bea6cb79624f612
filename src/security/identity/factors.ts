import type { Person } from "./contract.ts";

/** What somebody can show to prove who they are. Second factors and device certificates join this union. */
export type Factor = "password";

/** The factors an account demands: the one place that knows. */
function requiredFactors(_person: Person): readonly Factor[] {
  return ["password"];
}

/** Whether these factors let somebody in: at the login page, and by Basic authentication, which can show a password only. */
export function suffices(shown: readonly Factor[], person: Person): boolean {
  return requiredFactors(person).every((factor) => shown.includes(factor));
}

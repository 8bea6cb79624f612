import type { Person } from "./contract.ts";

/** What somebody can show to prove who they are. Second factors and device certificates join this union. */
export type Factor = "password";

/**
 * The factors an account demands. This is the one place that knows: whoever shows fewer is not let in, and Basic
 * authentication with the account password works only while the password is all that is demanded.
 */
export function requiredFactors(_person: Person): readonly Factor[] {
  return ["password"];
}

import type { Actor } from "#platform/usecase";
import type { GuardApp } from "./contract.ts";
import type { Place } from "./places.ts";
import type { CompiledRule } from "./rules.ts";

/** What rules may ask of a request. Everything behind a getter is found out only when a rule needs it. */
export interface Facts {
  readonly method: string;
  readonly app: GuardApp;
  /** In normal form. */
  readonly path: string;
  readonly place: Place;
  /** Undefined while authentication is under way: the decision is then `pending` and is asked for again. */
  readonly actor: Actor | undefined;
  readonly hasCertificate: boolean;
  /** Of the week, in the zone of the rules. */
  readonly minute: number;
  /** Infinity for a body without a length. */
  readonly bodyBytes: number;
  /** Lower case, without parameters; empty when there is none. */
  readonly contentType: string;
  /** Counts the request for the rate and the budget of the rule, and says whether they are used up. */
  isUsedUp(rule: CompiledRule): boolean;
}

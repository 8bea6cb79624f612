import type { z } from "zod";
import type { Capability } from "./permissions.ts";

/**
 * Who may run an operation: anybody (`public`), whoever is logged in (`self`), the holder of a capability,
 * or `by-resource`: the handler must ask for the resource it touches, or the runner fails the request.
 */
export type Permission = "public" | "self" | "by-resource" | Capability;

/** One act of the product: validation, types, OpenAPI and the client come from this value. */
export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  readonly permission: Permission;
  readonly effect: "read" | "write";
  /** Asks for a factor shown within the last five minutes: keys, role changes, destructive acts. */
  readonly stepUp?: boolean;
  /** Open also to somebody who has to set up a second factor first; every other operation but `public` ones is closed to them. */
  readonly duringFactorSetup?: boolean;
}

/** Operation names are `<module>.<verb>`; the outside form is `POST /api/<module>.<verb>`. */
export type Contract = Readonly<Record<string, Operation>>;

export type InputOf<C extends Contract, N extends keyof C> = z.input<C[N]["input"]>;
export type ParsedInputOf<C extends Contract, N extends keyof C> = z.output<C[N]["input"]>;
export type OutputOf<C extends Contract, N extends keyof C> = z.output<C[N]["output"]>;

/** Keeps literal types of a contract while checking its shape. */
export function defineContract<const C extends Contract>(contract: C): C {
  return contract;
}

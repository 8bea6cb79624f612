import type { Contract, Operation, OutputOf, ParsedInputOf } from "#wire";
import type { Actor } from "./actor.ts";

export interface UseCaseContext {
  readonly actor: Actor;
  readonly requestId: string;
  /** Address of the caller as text; empty inside the program. */
  readonly address: string;
  /** Fingerprint of the client certificate verified for this connection. */
  readonly certificate?: { readonly fingerprint: string } | undefined;
  readonly userAgent: string;
  /** The `Host` header: under which name and port the caller sees this server. */
  readonly host?: string | undefined;
  /** True when the request came over TLS; cookies of a plain request cannot be marked Secure. */
  readonly secure: boolean;
  /** The `Cookie` header of the request, for operations that know their caller by a cookie of their own. */
  readonly cookieHeader?: string;
  /** Headers that the HTTP answer shall carry, as `set-cookie`. */
  readonly replyHeaders: Headers;
  /**
   * Says that this handler has asked whether the actor may touch the resource; `by-resource` operations must. `resource`
   * names it for the audit, as `node 42`.
   */
  checked(resource?: string): void;
  /** Says whose account somebody who is not logged in has shown to be theirs, or tries; the audit names it. */
  claims(account: { readonly id: number; readonly name: string }): void;
}

/** One handler for every operation of a contract; the compiler finds a missing one. */
export type Handlers<C extends Contract> = {
  readonly [N in keyof C]: (
    context: UseCaseContext,
    input: ParsedInputOf<C, N>,
  ) => Promise<OutputOf<C, N>> | OutputOf<C, N>;
};

export interface Implementation {
  readonly name: string;
  readonly operation: Operation;
  readonly handler: (context: UseCaseContext, input: unknown) => unknown;
}

export function implement<C extends Contract>(contract: C, handlers: Handlers<C>): Implementation[] {
  return Object.entries(contract).map(([name, operation]) => ({
    name,
    operation,
    // The runner parses the input with this very operation's schema before it calls.
    handler: handlers[name as keyof C] as Implementation["handler"],
  }));
}

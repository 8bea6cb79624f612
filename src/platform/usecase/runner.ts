import { AppError, toAppError } from "#platform/errors";
import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";
import { z } from "zod";
import type { ErrorCode } from "#wire";
import type { Actor } from "./actor.ts";
import type { Implementation, UseCaseContext } from "./implement.ts";

export interface AuditEntry {
  readonly operation: string;
  readonly actor: Actor;
  readonly address: string;
  readonly requestId: string;
  readonly outcome: "allowed" | "refused" | "failed";
  /** What the handler said it touched, as `node 42`. */
  readonly resources: readonly string[];
  readonly userAgent: string;
  /** Whose account an anonymous caller has shown to be theirs, or tried. */
  readonly account: { readonly id: number; readonly name: string } | undefined;
  /** Why it was refused or failed. */
  readonly error: AppError | undefined;
}

const refusals: ReadonlySet<ErrorCode> = new Set([
  "forbidden",
  "unauthenticated",
  "step-up-required",
  "blocked",
  "too-many-requests",
]);
/** An act on a thousand files is one entry; the first ones name it well enough. */
const maxAuditedResources = 20;
/** How long a shown factor counts as fresh. */
export const stepUpMs = 5 * 60_000;

interface RunnerDeps {
  readonly implementations: readonly Implementation[];
  readonly log: Logger;
  readonly clock: Clock;
  /** Called for every write and every refusal; the answer waits for what it returns. */
  readonly audit: (entry: AuditEntry) => Promise<void> | void;
}

/** Where a call comes from; the rest of the context is the runner's. */
export type Caller = Omit<UseCaseContext, "checked" | "claims">;

export interface Runner {
  readonly implementations: ReadonlyMap<string, Implementation>;
  /** Validates, checks permission, runs, audits. Throws AppError. */
  run(name: string, input: unknown, caller: Caller): Promise<unknown>;
}

/** Throws when two operations share a name. */
export function createRunner(deps: RunnerDeps): Runner {
  const implementations = new Map<string, Implementation>();
  for (const implementation of deps.implementations) {
    if (implementations.has(implementation.name)) throw new Error(`two operations are called ${implementation.name}`);
    implementations.set(implementation.name, implementation);
  }

  const run = async (name: string, input: unknown, caller: Caller): Promise<unknown> => {
    const implementation = implementations.get(name);
    if (implementation === undefined) throw new AppError("not-found", `There is no operation ${name}.`);
    const noted: Noted = { resources: [], account: undefined };
    const { actor, address, requestId, userAgent } = caller;
    const audit = (outcome: AuditEntry["outcome"], error?: AppError) =>
      deps.audit({ operation: name, actor, address, requestId, userAgent, outcome, error, ...noted });
    try {
      requirePermission(implementation, caller.actor);
      if (implementation.operation.stepUp === true) requireFreshFactor(caller.actor, deps.clock);
      const output = await runChecked(implementation, parse(implementation, input), caller, noted);
      if (implementation.operation.effect === "write") await audit("allowed");
      return output;
    } catch (thrown) {
      const error = toAppError(thrown);
      const refused = refusals.has(error.code) || error.isRefusal;
      if (refused || implementation.operation.effect === "write") await audit(refused ? "refused" : "failed", error);
      throw error;
    }
  };
  return { implementations, run };
}

function requirePermission({ operation }: Implementation, actor: Actor): void {
  if (operation.permission === "public" || actor.kind === "system") return;
  if (actor.kind !== "person") throw new AppError("unauthenticated");
  if (actor.readOnly && operation.effect === "write") {
    throw new AppError("forbidden", "This app password may only read.");
  }
  if (actor.mustSetUpFactor === true && operation.duringFactorSetup !== true) {
    throw new AppError("forbidden", "One of your roles needs a second factor. Set it up on your account page first.");
  }
  if (operation.permission === "self" && actor.via === "app-password") {
    throw new AppError("forbidden", "An app password is for files: it neither shows nor changes the account.");
  }
  if (operation.permission === "self" || operation.permission === "by-resource") return;
  if (!actor.capabilities.has(operation.permission)) {
    throw new AppError("forbidden", `This needs the right ${operation.permission}.`);
  }
}

/** Only a session can show a factor again; every other credential is refused for such acts. Throws `step-up-required`. */
export function requireFreshFactor(actor: Actor, clock: Clock): void {
  if (actor.kind === "system") return;
  if (actor.via === "session" && clock.now() - actor.factorAtMs < stepUpMs) return;
  throw new AppError(
    "step-up-required",
    "Show a factor again to go on: it protects keys, rights and what cannot be undone.",
  );
}

function parse({ operation }: Implementation, input: unknown): unknown {
  const parsed = operation.input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AppError("bad-request", z.prettifyError(parsed.error), { cause: parsed.error });
}

/** What a handler has said for the audit so far. */
interface Noted {
  readonly resources: string[];
  account: AuditEntry["account"];
}

/** A handler that needs a data-dependent check and never asked is a defect: fail closed, also when it already ran. */
async function runChecked(
  implementation: Implementation,
  input: unknown,
  caller: Caller,
  noted: Noted,
): Promise<unknown> {
  let asked = implementation.operation.permission !== "by-resource";
  const context: UseCaseContext = {
    ...caller,
    checked: (resource) => {
      asked = true;
      if (resource !== undefined && noted.resources.length < maxAuditedResources) noted.resources.push(resource);
    },
    claims: (account) => {
      noted.account = account;
    },
  };
  const output = await implementation.handler(context, input);
  if (!asked)
    throw new AppError("internal", undefined, { cause: new Error(`${implementation.name} never checked access`) });
  return output;
}

import type { z } from "zod";
import type { Logger } from "#platform/log";

/** Work of one lane competes for one resource. `exclusive` work runs alone: nothing else runs beside it. */
export const lanes = ["io", "cpu", "gpu", "exclusive"] as const;
export type Lane = (typeof lanes)[number];

/** What is to be done, apart from how: enqueuing needs only this. */
export interface JobKind<P extends z.ZodType = z.ZodType> {
  /** `<module>.<verb>`, unique in the product. */
  readonly name: string;
  readonly lane: Lane;
  readonly payload: P;
  /** Runs, including the first, before the job counts as failed. */
  readonly maxAttempts: number;
  /** For one run; then its signal aborts. */
  readonly timeoutMs: number;
}

export interface JobContext {
  readonly id: number;
  /** Counted from 1; above it a part of the work may already be done. */
  readonly attempt: number;
  /** Aborts on cancel, time-out, stop of the server, or when another instance has taken the job over. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** How far it is, in a unit of its own choice. */
  progress(done: number, total: number): void;
}

export interface JobHandler {
  readonly kind: JobKind;
  run(context: JobContext, payload: unknown): Promise<void> | void;
}

/** Ties a kind to its one handler. A run may be repeated after a crash: it must lead to the same end. */
export function handleJob<P extends z.ZodType>(
  kind: JobKind<P>,
  run: (context: JobContext, payload: z.output<P>) => Promise<void> | void,
): JobHandler {
  // The queue parses the payload with this very kind's schema before it calls.
  return { kind, run: run as JobHandler["run"] };
}

/** Throws when a kind has no handler or two, or a handler's kind is not declared. */
export function handlersByName(
  kinds: readonly JobKind[],
  handlers: readonly JobHandler[],
): ReadonlyMap<string, JobHandler> {
  const declared = new Set(kinds.map((kind) => kind.name));
  if (declared.size < kinds.length) throw new Error("two kinds of jobs share a name");
  const byName = new Map<string, JobHandler>();
  for (const handler of handlers) {
    const { name } = handler.kind;
    if (!declared.has(name)) throw new Error(`a handler is for the undeclared job ${name}`);
    if (byName.has(name)) throw new Error(`the job ${name} has two handlers`);
    byName.set(name, handler);
  }
  for (const name of declared) if (!byName.has(name)) throw new Error(`the job ${name} has no handler`);
  return byName;
}

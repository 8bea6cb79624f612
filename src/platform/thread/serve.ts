import process from "node:process";
import { parentPort } from "node:worker_threads";
import { errnoOf } from "#platform/errors";

/** Calls by name, each with one input and one answer. */
// oxlint-disable-next-line typescript/no-explicit-any -- the names of the calls give the types
export type Calls = Record<string, (input: any) => unknown>;

export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}
export type AnswerMessage =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly failed: string; readonly code: string | undefined };

/** Asks a thread to close what it has open and to end. */
export const closeMessage = "close";

/** The inside of a thread: answers the calls of its client, one after the other. */
export function serve<C extends Calls>(
  handlers: {
    readonly [N in keyof C]: (input: Parameters<C[N]>[0]) => ReturnType<C[N]> | Promise<ReturnType<C[N]>>;
  },
  close: () => void = () => undefined,
): void {
  parentPort?.on("message", (message: CallMessage | typeof closeMessage) => {
    if (message === closeMessage) {
      close();
      process.exit(0);
    }
    const { id, name, input } = message;
    const answer = (answered: AnswerMessage) => parentPort?.postMessage(answered);
    const fail = (error: unknown) =>
      answer({ id, failed: error instanceof Error ? error.message : String(error), code: errnoOf(error) });
    try {
      const output = handlers[name]?.(input);
      if (output instanceof Promise) output.then((value) => answer({ id, output: value as unknown }), fail);
      else answer({ id, output });
    } catch (error) {
      fail(error);
    }
  });
}

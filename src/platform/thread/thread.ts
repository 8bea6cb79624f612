import { Worker } from "node:worker_threads";
import { inTime } from "#platform/clock";
import { AppError } from "#platform/errors";
import { type AnswerMessage, type Calls, closeMessage } from "./serve.ts";

/** A call that the thread answered with a failure; `code` as SQLite or the system has it. */
class ThreadError extends Error {
  readonly code: string | undefined;
  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

/** A thread that answers calls: begun with the first, ended when nothing was asked for a while. */
export interface Thread<C extends Calls> {
  /** Throws ThreadError, and AppError `unavailable` when the thread ended or took too long; it is begun anew with the next call. */
  call<N extends keyof C & string>(name: N, input: Parameters<C[N]>[0]): Promise<ReturnType<C[N]>>;
  isRunning(): boolean;
  stop(): Promise<void>;
}

interface ThreadOptions {
  /** What it does, for messages: `search`. */
  readonly name: string;
  readonly url: URL;
  /** Given to the thread when it begins. */
  readonly data?: unknown;
  /** For one call. */
  readonly timeoutMs: number;
  readonly idleMs: number;
}

const closeMs = 2_000;

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

export function createThread<C extends Calls>({
  name: purpose,
  url,
  data,
  timeoutMs,
  idleMs,
}: ThreadOptions): Thread<C> {
  let worker: Worker | undefined;
  let nextId = 1;
  let idleTimer: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Map<number, Waiting>();

  /** Lets it close what it has open, which an end from outside might leave locked. */
  const close = async (): Promise<void> => {
    const closed = worker;
    if (closed === undefined) return;
    worker = undefined;
    clearTimeout(idleTimer);
    const gone = new Promise<void>((resolve) => void closed.once("exit", () => resolve()));
    closed.postMessage(closeMessage);
    await inTime(gone, closeMs, () => new Error("late")).catch(() => closed.terminate());
  };
  const end = (reason: string): Promise<unknown> => {
    const ended = worker;
    worker = undefined;
    clearTimeout(idleTimer);
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(new AppError("unavailable", reason));
    }
    waiting.clear();
    return ended?.terminate() ?? Promise.resolve();
  };
  const begin = (): Worker => {
    const begun = new Worker(url, { workerData: data });
    begun.on("message", (message: AnswerMessage) => {
      const call = waiting.get(message.id);
      if (call === undefined) return;
      waiting.delete(message.id);
      clearTimeout(call.timer);
      if ("failed" in message) call.reject(new ThreadError(message.failed, message.code));
      else call.resolve(message.output);
      if (waiting.size === 0) idleTimer = setTimeout(() => void close(), idleMs);
    });
    const lost = (cause: unknown) => {
      if (worker === begun) void end(`The thread for ${purpose} ended: ${String(cause)}`);
    };
    begun.on("error", lost);
    begun.on("exit", lost);
    return begun;
  };

  return {
    call: <N extends keyof C & string>(name: N, input: Parameters<C[N]>[0]) => {
      worker ??= begin();
      clearTimeout(idleTimer);
      const id = nextId;
      nextId += 1;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const late = () => void end(`The thread for ${purpose} took more than ${timeoutMs} ms.`);
      waiting.set(id, { resolve, reject, timer: setTimeout(late, timeoutMs) });
      worker.postMessage({ id, name, input });
      return promise as Promise<ReturnType<C[N]>>;
    },
    isRunning: () => worker !== undefined,
    stop: async () => {
      if (waiting.size > 0) await end("The server is stopping.");
      else await close();
    },
  };
}

import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { Storage } from "#storage/primary";
import { type Extracted, extractText, extractTimeoutMs } from "./extract.ts";
import type { ExtractCalls, IndexCalls, WantedText } from "./protocol.ts";
import { createThread, type Thread } from "#platform/thread";

interface TextsDeps {
  readonly storage: Storage;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly index: Pick<Thread<IndexCalls>, "call">;
}

/** Documents taken at a time, and read at the same time: one by a program, one on the thread. */
const portion = 32;
const atOnce = 2;
const threadIdleMs = 20_000;

/** Reads the text of documents, the newest first, until none is left. */
export function createTexts(deps: TextsDeps) {
  const { storage, index, clock, log } = deps;
  const thread = createThread<ExtractCalls>({
    name: "reading documents",
    url: new URL("./extract-worker.ts", import.meta.url),
    timeoutMs: extractTimeoutMs,
    idleMs: threadIdleMs,
  });
  let turn: Promise<unknown> = Promise.resolve();
  /** One document at a time, so that what is ended for being too slow is that document alone. */
  const oneByOne: Pick<Thread<ExtractCalls>, "call"> = {
    call: (name, input) => {
      const next = turn.then(() => thread.call(name, input));
      turn = next.catch(() => undefined);
      return next;
    },
  };

  const extracted = async (nodeId: number, signal: AbortSignal): Promise<Extracted> => {
    const startedAt = performance.now();
    const file = storage.open(nodeId);
    try {
      return await extractText({ exec: deps.exec, thread: oneByOne }, file, signal);
    } catch (cause) {
      if (performance.now() - startedAt >= extractTimeoutMs) return { reason: "too-slow" };
      if (cause instanceof AppError && cause.code === "unavailable") throw cause;
      log.info("the text of a file could not be read", { nodeId, cause });
      return { reason: "malformed" };
    } finally {
      file.close();
    }
  };

  /** Answers whether there is one less to be read. */
  const read = async ({ key, nodeId, stamp }: WantedText, signal: AbortSignal): Promise<boolean> => {
    if (!(await index.call("beginText", { key, atMs: clock.now() }))) return true;
    let result: Extracted;
    try {
      result = await extracted(nodeId, signal);
    } catch (cause) {
      // Gone or on a disk that is away, or the server stops: none of it is the document's doing.
      if (!(cause instanceof AppError) || cause.code === "internal") throw cause;
      log.debug("a file was not read for the search", { nodeId, cause });
      await index.call("leaveText", { key });
      return false;
    }
    const [text, reason] = "text" in result ? [result.text, null] : [null, result.reason];
    await index.call("setText", { nodeId, stamp, text, reason, atMs: clock.now() });
    return true;
  };

  /** Once through all that are wanted now. */
  const pass = async (signal: AbortSignal, onRead: () => void, breathe: () => Promise<void>): Promise<number> => {
    let count = 0;
    for (let afterKey = -1; !signal.aborted;) {
      await breathe();
      const wanted = [...(await index.call("wanted", { afterKey, limit: portion }))];
      const last = wanted.at(-1);
      if (last === undefined) break;
      afterKey = last.key;
      const lane = async () => {
        for (let next = wanted.shift(); next !== undefined && !signal.aborted; next = wanted.shift()) {
          if (!(await read(next, signal))) continue;
          count += 1;
          onRead();
        }
      };
      await Promise.all(Array.from({ length: atOnce }, lane));
    }
    return count;
  };

  return {
    /** Until none is left that can be read; `onRead` after each, `breathe` before each portion. */
    run: async (signal: AbortSignal, onRead: () => void, breathe = () => Promise.resolve()): Promise<void> => {
      while ((await pass(signal, onRead, breathe)) > 0);
    },
    stop: thread.stop,
  };
}

import { createWorkQueue } from "#platform/exec";
import { createThread } from "#platform/thread";

export interface SubtitleBytes {
  readonly bytes: Uint8Array;
  /** ISO 639-1, a hint for the encoding; null: not known. */
  readonly language: string | null;
}

interface ToWebVtt extends SubtitleBytes {
  /** Added to all times. */
  readonly shiftMs: number;
  /** Of the film, for formats that count pictures. */
  readonly framesPerSecond: number | null;
}

/** A type, as calls are an index by name. */
export type ConverterCalls = {
  webVtt: (input: ToWebVtt) => string | null;
  text: (input: SubtitleBytes) => string;
};

/** Of the longest with the most lines, on a slow machine. */
const timeoutMs = 25_000;
const idleMs = 5_000;
const maxWaiting = 40;

/** Reads subtitles of text on a thread of their own, one after the other. What takes too long is as good as unreadable. */
export function createConverter() {
  const url = new URL("./converter-worker.ts", import.meta.url);
  const thread = createThread<ConverterCalls>({ name: "subtitles", url, timeoutMs, idleMs });
  const queue = createWorkQueue(1, maxWaiting);
  let isStopped = false;
  const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (thrown) {
      if (isStopped) throw thrown;
      return null;
    }
  };
  return {
    /** Null when there is nothing to show in it, or no end to it. Throws `unavailable` when too many wait, and when the program stops. */
    webVtt: (input: ToWebVtt): Promise<string | null> => queue.run(() => orNull(thread.call("webVtt", input))),
    /** In UTF-8 with plain line ends. As above. */
    text: (input: SubtitleBytes): Promise<string | null> => queue.run(() => orNull(thread.call("text", input))),
    stop: async (): Promise<void> => {
      isStopped = true;
      await thread.stop();
    },
  };
}

export type Converter = ReturnType<typeof createConverter>;

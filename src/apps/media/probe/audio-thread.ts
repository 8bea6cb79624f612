import { AppError } from "#platform/errors";
import { createThread } from "#platform/thread";
import type { AudioCalls, AudioFile, AudioReading, Cover } from "./audio-protocol.ts";
import { Broken } from "./broken.ts";

/** The reader of audio tags: on a thread of its own that begins with the first file and ends when nobody asks. */
export interface AudioReader {
  /** Null when it is nothing this reader knows. Throws Broken when the thread does not get through it. */
  read(file: AudioFile): Promise<AudioReading | null>;
  /** The front cover inside the file. */
  cover(file: AudioFile): Promise<Cover | null>;
  stop(): Promise<void>;
}

const timeoutMs = 10_000;
const idleMs = 5_000;

export function createAudioReader(): AudioReader {
  const url = new URL("./audio-worker.ts", import.meta.url);
  const thread = createThread<AudioCalls>({ name: "tags of music", url, timeoutMs, idleMs });
  let suspects = 0;
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const answer = last.then(work).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError)) throw thrown;
      throw new Broken("Reading the file took too long: it is damaged, or its disk does not answer.");
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  /**
   * The next file waits at the thread while one is read. When the thread hangs, each of those that were there is tried again with no
   * other beside it: then it is known by which one.
   */
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    if (suspects > 0) return alone(work);
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
    }
    suspects += 1;
    return alone(work).finally(() => (suspects -= 1));
  };
  return {
    read: (file) => asked(() => thread.call("read", file)),
    cover: (file) => asked(() => thread.call("cover", file)),
    stop: thread.stop,
  };
}

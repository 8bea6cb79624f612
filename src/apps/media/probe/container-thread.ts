import { AppError } from "#platform/errors";
import { createThread } from "#platform/thread";
import type { ContainerCalls, ContainerFile, RawContainer } from "./container-protocol.ts";
import type { KeyframeIndex } from "./types.ts";

/** Reads the tables of mp4 and Matroska files: on a thread of its own that begins with the first file and ends when nobody asks. */
export interface ContainerReader {
  /** What ffprobe would say of an mp4 or Matroska file; undefined when only it can tell. */
  raw(file: Omit<ContainerFile, "container">): Promise<RawContainer | undefined>;
  /** Undefined when only ffprobe can tell. */
  configurations(file: ContainerFile): Promise<ReadonlyMap<number, Uint8Array> | undefined>;
  keyframes(file: ContainerFile, streamIndex: number): Promise<{ readonly index: KeyframeIndex | null } | undefined>;
  stop(): Promise<void>;
}

const timeoutMs = 60_000;
const idleMs = 5_000;

export function createContainerReader(): ContainerReader {
  const url = new URL("./container-worker.ts", import.meta.url);
  const thread = createThread<ContainerCalls>({ name: "films' tables", url, timeoutMs, idleMs });
  const unlessLost = async <T>(answer: Promise<T>): Promise<T | undefined> => {
    try {
      return await answer;
    } catch (thrown) {
      if (thrown instanceof AppError) return undefined;
      throw thrown;
    }
  };
  return {
    raw: async (file) => (await unlessLost(thread.call("raw", file))) ?? undefined,
    configurations: async (file) => (await unlessLost(thread.call("configurations", file))) ?? undefined,
    keyframes: async (file, streamIndex) => {
      const answer = await unlessLost(thread.call("keyframes", { ...file, streamIndex }));
      return answer === undefined || answer.unreadable ? undefined : { index: answer.index };
    },
    stop: thread.stop,
  };
}

/** Whether it reads files of this container. */
export function isTabled(container: string): container is ContainerFile["container"] {
  return container === "mp4" || container === "matroska";
}

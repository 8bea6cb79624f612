import { AppError } from "#platform/errors";
import { createWorkQueue } from "#platform/exec";
import { createThread } from "#platform/thread";
import type { Storage } from "#storage/primary";
import type { KeyCalls } from "./key-protocol.ts";

type OpenedFile = ReturnType<Storage["open"]>;

export interface ReadKey {
  readonly key: string;
  /** Of the node as it was read. */
  readonly etag: string;
}

/** The identity of contents, read on a thread of its own that begins with the first file and ends when nobody asks. */
export interface ContentKeys {
  /** Of nodes as they are now, by their ids: without those that cannot be read now. Not more than some dozens, they are open at once. */
  read(nodeIds: readonly number[]): Promise<ReadonlyMap<number, ReadKey>>;
  stop(): Promise<void>;
}

/** A file, or some dozens on a disk that seeks for each of its pieces. */
const timeoutMs = 20_000;
const idleMs = 5_000;

export function createContentKeys(storage: Pick<Storage, "open">, salt: Uint8Array): ContentKeys {
  const url = new URL("./key-worker.ts", import.meta.url);
  const thread = createThread<KeyCalls>({ name: "identity of contents", url, data: salt, timeoutMs, idleMs });
  let isStopped = false;
  /** One call at a time: its time begins with its turn, and a disk that does not answer fails no call for files of another. */
  const turns = createWorkQueue(1, Infinity);

  const keysOf = async (files: readonly OpenedFile[]): Promise<readonly (string | null)[]> => {
    if (files.length === 0) return [];
    const asked = files.map(({ fd, sizeBytes }) => ({ fd, sizeBytes }));
    try {
      // Whoever has waited for a turn must not begin the thread anew after its end.
      return await turns.run<(string | null)[]>(() =>
        isStopped ? Promise.resolve(files.map(() => null)) : thread.call("keys", asked),
      );
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
    }
    // A disk does not answer. Each by itself: then it is known for which file.
    const keys: (string | null)[] = [];
    for (const file of files.length > 1 ? files : []) keys.push(...(await keysOf([file])));
    return keys;
  };

  return {
    read: async (nodeIds) => {
      const opened: OpenedFile[] = [];
      try {
        for (const nodeId of nodeIds) {
          const file = openedNow(storage, nodeId);
          if (file !== undefined) opened.push(file);
        }
        const keys = await keysOf(opened);
        return new Map(
          opened.flatMap(({ node: { id, etag } }, index) => {
            const key = keys[index];
            return key == null ? [] : [[id, { key, etag }] as const];
          }),
        );
      } finally {
        for (const file of opened) file.close();
      }
    },
    stop: async () => {
      isStopped = true;
      await thread.stop();
    },
  };
}

function openedNow(storage: Pick<Storage, "open">, nodeId: number): OpenedFile | undefined {
  try {
    return storage.open(nodeId);
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined;
    throw thrown;
  }
}

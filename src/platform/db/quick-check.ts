import { Worker } from "node:worker_threads";
import { inTime } from "#platform/clock";
import { AppError } from "#platform/errors";

/**
 * What SQLite finds wrong with a database file; nothing when it is sound. Reads the whole file on a thread of its own
 * (about a second for 300 MB), beside a running server. Throws AppError when it cannot be read or takes too long.
 */
export async function quickCheck(path: string, timeoutMs: number): Promise<string[]> {
  const worker = new Worker(new URL("./quick-check-worker.ts", import.meta.url), { workerData: { path } });
  const answer = new Promise<string[]>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the check ended without an answer")));
  });
  try {
    return await inTime(answer, timeoutMs, () => new Error(`no answer within ${timeoutMs} ms`));
  } catch (cause) {
    throw new AppError("unavailable", "The database could not be checked.", { cause });
  } finally {
    void worker.terminate();
  }
}

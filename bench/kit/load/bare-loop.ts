import { closeSync, fdatasyncSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { LoadAnswer } from "./jobs.ts";

interface Share {
  readonly folder: string;
  readonly sizeBytes: number;
  /** First file number and the step to the next: the files are dealt out to the threads. */
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** The bare durable write of one file after the other: write, fdatasync, rename, directory sync. */
function writeShare(share: Share): void {
  const data = new Uint8Array(share.sizeBytes).fill(1);
  const directory = openSync(share.folder, "r");
  for (let index = share.first; index < share.count; index += share.step) {
    const staged = join(share.folder, `${index}.part`);
    const file = openSync(staged, "w");
    writeSync(file, data);
    fdatasyncSync(file);
    closeSync(file);
    renameSync(staged, join(share.folder, `${index}.bin`));
    fsyncSync(directory);
  }
  closeSync(directory);
}

/**
 * What durability costs without a server: `concurrency` threads, each with plain blocking calls, no network, no hash,
 * no index. Blocking threads were the fastest of the variants tried (asynchronous calls share a pool of as many
 * threads as there are cores, and so fewer syncs meet in one journal commit).
 */
export async function runBareLoop(job: {
  folder: string;
  sizeBytes: number;
  concurrency: number;
  count: number;
}): Promise<LoadAnswer> {
  const workers = Array.from({ length: job.concurrency }, (_, first) => {
    const share: Share = {
      folder: job.folder,
      sizeBytes: job.sizeBytes,
      count: job.count,
      first,
      step: job.concurrency,
    };
    return new Worker(new URL(import.meta.url), { workerData: share });
  });
  const message = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      worker.once("message", () => resolve());
      worker.once("error", reject);
    });
  await Promise.all(workers.map(message));
  const started = performance.now();
  await Promise.all(
    workers.map((worker) => {
      const finished = message(worker);
      worker.postMessage("go");
      return finished;
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return { seconds };
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  port.once("message", () => {
    writeShare(workerData as Share);
    port.postMessage("done");
  });
  port.postMessage("ready");
}

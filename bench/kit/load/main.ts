import { runBareLoop } from "./bare-loop.ts";
import { runBareWrite } from "./bare-write.ts";
import { loadGetTls } from "./get-tls.ts";
import { loadGet } from "./get.ts";
import type { LoadAnswer, LoadJob } from "./jobs.ts";
import { loadPropfind, loadPropfindAfterChange } from "./propfind.ts";
import { loadPut, loadPutMany } from "./put.ts";

async function run(job: LoadJob): Promise<LoadAnswer> {
  switch (job.kind) {
    case "get":
      return loadGet(job.target, job.sizeBytes);
    case "get-tls":
      return await loadGetTls(job.target, job.sizeBytes);
    case "put":
      return loadPut(job.target, job.sizeBytes);
    case "put-many":
      return await loadPutMany(job.target, job);
    case "propfind":
      return loadPropfind(job.target, job.count);
    case "propfind-after-change":
      return loadPropfindAfterChange(job.target, job.count, job.tag);
    case "bare-write":
      return runBareWrite(job.folder, job.sizeBytes);
    case "bare-loop":
      return await runBareLoop(job);
  }
}

const answer = await run(JSON.parse(process.argv[2] ?? "") as LoadJob);
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));

export type { ChildLimits, ChildOptions } from "./child.ts";
export {
  createExec,
  type Exec,
  type ProgramStream,
  type RunOptions,
  type RunResult,
  type StreamOptions,
} from "./exec.ts";
export { createWorkQueue, type WorkQueue } from "./work-queue.ts";
export { installLine, packageOf } from "./tools.ts";

export { type Calls, serve } from "./serve.ts";
export { createThread, type Thread } from "./thread.ts";

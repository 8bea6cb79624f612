export type { Storage } from "./storage.ts";
export type * from "./types.ts";

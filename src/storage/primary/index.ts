export { storageMigrations } from "./migrations/index.ts";
export { createStorage, type StorageDeps } from "./service.ts";
export type { Storage } from "./storage.ts";
export type * from "./types.ts";
export { numberedName, splitExtension } from "./names.ts";

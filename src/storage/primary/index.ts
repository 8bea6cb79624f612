export { contentStream } from "./content-stream.ts";
export { storageMigrations } from "./migrations/index.ts";
export { createStorage, type StorageDeps } from "./service.ts";
export type { Storage } from "./storage.ts";
export type * from "./types.ts";
export type * from "./tiers-types.ts";
export type { TierConfig } from "./tiers-stores.ts";
export { acceptName, numberedName, splitExtension } from "./names.ts";

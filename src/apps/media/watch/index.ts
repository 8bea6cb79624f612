export type { WorkNames } from "./items.ts";
export { watchKept } from "./kept.ts";
export { createLimits, type LimitsDeps, type WatchLimits } from "./limits.ts";
export { watchMigrations } from "./migrations/index.ts";
export { watchThin } from "./thin-job.ts";
export { createWatch, type Watch, type WatchDeps } from "./service.ts";

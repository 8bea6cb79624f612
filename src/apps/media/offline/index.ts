export { offlineMake } from "./jobs.ts";
export { offlineMigrations } from "./migrations/index.ts";
export { createOffline } from "./service.ts";

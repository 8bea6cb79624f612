export { mediaExtras } from "./jobs.ts";
export { extrasMigrations } from "./migrations/index.ts";
export { createExtras, type Extras, type ExtrasDeps } from "./service.ts";

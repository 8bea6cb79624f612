export { usageMigrations } from "./migrations/index.ts";
export { usageSample } from "./sample-job.ts";
export { createUsage, type Usage, type UsageDeps } from "./service.ts";

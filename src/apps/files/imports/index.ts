export { importsMigrations } from "./migrations/index.ts";
export { importRun } from "./import-job.ts";
export { createImports, type Imports, type ImportsDeps } from "./service.ts";

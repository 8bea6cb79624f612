export { nextcloudMigrations } from "./migrations/index.ts";
export { createNextcloud, type Nextcloud, type NextcloudDeps } from "./service.ts";

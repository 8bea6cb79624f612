export { nextcloudMigrations } from "./migrations/index.ts";
export type { ChangeFingerprint } from "./restores.ts";
export { createNextcloud, type Nextcloud, type NextcloudDeps } from "./service.ts";

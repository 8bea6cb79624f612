export { subsonicMigrations } from "./migrations/index.ts";
export { createSubsonic, type Subsonic, type SubsonicDeps } from "./service.ts";

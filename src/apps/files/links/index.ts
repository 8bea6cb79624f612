export { linksMigrations } from "./migrations/index.ts";
export { createLinks, type Links, type LinksDeps } from "./service.ts";

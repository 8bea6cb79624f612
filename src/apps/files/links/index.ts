export { linksMigrations } from "./migrations/index.ts";
export { createLinks, type Links, type LinksDeps } from "./service.ts";
export type { LinkVisits } from "./visits.ts";
export type { LiveLink } from "./gate.ts";

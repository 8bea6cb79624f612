export type { BanPort } from "./bans.ts";
export { guardMigrations } from "./migrations/index.ts";
export { createGuard, type Guard, type GuardDeps } from "./service.ts";
export { switchGuard } from "./switch.ts";

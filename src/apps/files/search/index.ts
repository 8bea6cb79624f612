export type { Wish } from "./parse.ts";
export { searchTexts } from "./jobs.ts";
export { createSearch, type Search, type SearchDeps } from "./service.ts";
/** For filling an index without files. */
export { searchMigrations } from "./migrations/index.ts";
export { createIndexRepository } from "./repository.ts";

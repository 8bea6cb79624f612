export { photosRead } from "./jobs.ts";
export { photosKept } from "./kept.ts";
export { photosMigrations } from "./migrations/index.ts";
export { createPhotos, type Photos, type PhotosDeps } from "./service.ts";

export { placesCarry } from "./carry-job.ts";
export { placesMigrations } from "./migrations/index.ts";
export { createPlaces, type Places, type PlacesDeps } from "./service.ts";

export { mountsMigrations } from "./migrations/index.ts";
export {
  createMounts,
  type DeclinedShare,
  type Mount,
  type Mounts,
  type MountsDeps,
  type SharedMount,
} from "./service.ts";
export { type SharedItem, sharedWith } from "./shared-with.ts";
export type { PlacedMount } from "./tree.ts";

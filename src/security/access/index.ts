export { capabilitiesOf, type SpaceRole, spaceRoles } from "./capabilities.ts";
export { accessMigrations } from "./migrations/index.ts";
export type { Membership, SpaceMember } from "./repository.ts";
export { type Access, createAccess, type Decision, type Resource } from "./service.ts";

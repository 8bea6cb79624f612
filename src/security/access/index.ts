export { capabilitiesOf, type SpaceRole, spaceRoles } from "./capabilities.ts";
export type { Decision } from "./credential.ts";
export type { Entry, NewEntry } from "./entries.ts";
export type { NodeFilter } from "./filter.ts";
export { accessMigrations } from "./migrations/index.ts";
export type { Membership, SpaceMember } from "./repository.ts";
export type { Names, NodeResource, Resource, Tree } from "./resource.ts";
export { type Access, type AccessDeps, createAccess } from "./service.ts";
export type { LinkParty, Sight } from "./sight.ts";

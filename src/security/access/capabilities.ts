import { capabilities, type Capability, type ResourceAction, type Role } from "#wire";

/** What a member of a space may be, weakest first. */
export const spaceRoles = ["viewer", "editor", "manager"] as const;
export type SpaceRole = (typeof spaceRoles)[number];

const capabilitiesByRole: Record<Role, readonly Capability[]> = {
  owner: capabilities,
  admin: capabilities,
  operator: ["files.use", "links.create", "server.read", "server.manage", "people.read", "vpn.use", "security.read"],
  // Sharing starts with choosing a person, so whoever shares may see who is here.
  member: ["files.use", "links.create", "people.read", "vpn.use"],
  guest: ["files.use"],
  service: ["files.use"],
};

const actionsBySpaceRole: Record<SpaceRole, readonly ResourceAction[]> = {
  viewer: ["read"],
  editor: ["read", "write", "share"],
  manager: ["read", "write", "share", "manage"],
};

/** The union of what each role may do. */
export function capabilitiesOf(roles: readonly Role[]): ReadonlySet<Capability> {
  return new Set(roles.flatMap((role) => capabilitiesByRole[role]));
}

export function spaceRoleAllows(role: SpaceRole, action: ResourceAction): boolean {
  return actionsBySpaceRole[role].includes(action);
}

import type { ResourceAction } from "#wire";
import { type SpaceRole, spaceRoleAllows, spaceRoles } from "./capabilities.ts";

/** Sets of actions as bits: rules are compared in memory and in SQL alike. */
export const bits = { read: 1, write: 2, share: 4, manage: 8 } as const satisfies Record<ResourceAction, number>;
export const allActions = 15;

const actionNames = Object.keys(bits) as ResourceAction[];

export function maskOf(actions: readonly ResourceAction[]): number {
  return actions.reduce((mask, action) => mask | bits[action], 0);
}

export function actionsOf(mask: number): ResourceAction[] {
  return actionNames.filter((action) => (mask & bits[action]) !== 0);
}

export const maskOfSpaceRole: Readonly<Record<SpaceRole, number>> = Object.fromEntries(
  spaceRoles.map((role) => [role, maskOf(actionNames.filter((action) => spaceRoleAllows(role, action)))]),
) as Record<SpaceRole, number>;

/** The role with exactly these actions. */
export function roleOfMask(mask: number): SpaceRole | null {
  return spaceRoles.find((role) => maskOfSpaceRole[role] === mask) ?? null;
}

/** No action without read. */
export function withoutOrphans(mask: number): number {
  return (mask & bits.read) === 0 ? 0 : mask;
}

/**
 * What an entry means: an allow holds read; a deny of read denies everything, and whoever may not change something may not hand
 * out rights to it either, or the deny would mean nothing.
 */
export function soundMask(effect: "allow" | "deny", mask: number): number {
  if (effect === "allow") return mask | bits.read;
  if ((mask & bits.read) !== 0) return allActions;
  return (mask & bits.write) === 0 ? mask : mask | bits.manage;
}

import type { AccessEntry } from "#contract/security/access";
import type { ResourceAction } from "#wire";
import { strings } from "#web/strings.ts";

const t = strings.access;

export type Role = "viewer" | "editor" | "manager";
/** What the form offers: a role, or to be kept out. */
export type Choice = Role | "none";

const roleActions: Readonly<Record<Role, readonly ResourceAction[]>> = {
  viewer: ["read"],
  editor: ["read", "write", "share"],
  manager: ["read", "write", "share", "manage"],
};
const roles = Object.keys(roleActions) as readonly Role[];

const sameActions = (a: readonly ResourceAction[], b: readonly ResourceAction[]): boolean =>
  a.length === b.length && a.every((action) => b.includes(action));
const verbsOf = (actions: readonly ResourceAction[]): string => actions.map((action) => t.verbs[action]).join(", ");

/** A set of rights in words: a role where there is one. */
export function rightsInWords(actions: readonly ResourceAction[]): string {
  const role = roles.find((known) => sameActions(roleActions[known], actions));
  return role ? t.roles[role].label : t.can(verbsOf(actions));
}

/** What an entry says. */
export function entryInWords({ effect, actions }: Pick<AccessEntry, "effect" | "actions">): string {
  if (effect === "allow") return rightsInWords(actions);
  return actions.includes("read") ? t.roles.none.label : t.cannot(verbsOf(actions));
}

/** What somebody may hand out: everything when they manage it, otherwise no more than they have themselves. */
export function choicesFor(own: readonly ResourceAction[], canManage: boolean): readonly Choice[] {
  const given = roles.filter((role) => canManage || roleActions[role].every((action) => own.includes(action)));
  return canManage ? [...given, "none"] : given;
}

/** What the form shows for an entry; undefined for a set of rights that it has no name for. */
export function choiceOf(entry: Pick<AccessEntry, "effect" | "actions" | "role">): Choice | undefined {
  if (entry.effect === "allow") return entry.role ?? undefined;
  return entry.actions.includes("read") ? "none" : undefined;
}

import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { OcsValue } from "./ocs.ts";
import type { OcsCall } from "./ocs-routes.ts";
import { shareKinds } from "./share-model.ts";
import type { PresenterDeps } from "./share-presenter.ts";

const maxPerPage = 200;

/** With whom something can be shared: people and groups whose name holds what was typed. */
export function findSharees({ identity, groups }: PresenterDeps, { query }: OcsCall, actor: Actor): OcsValue {
  if (!actor.capabilities.has("links.create")) throw new AppError("forbidden", "This app password may not share.");
  // An app password that may only make links lets nobody in (ADR 12): then nobody is offered.
  const canLetIn = actor.via !== "app-password" || actor.capabilities.has("people.read");
  const search = (query.get("search") ?? "").trim().toLowerCase();
  const perPage = Math.min(Math.max(Number.parseInt(query.get("perPage") ?? "25", 10) || 25, 1), maxPerPage);
  const start = (Math.max(Number.parseInt(query.get("page") ?? "1", 10) || 1, 1) - 1) * perPage;
  const page = <T>(items: readonly T[]) => items.slice(start, start + perPage);
  const entry = (shareType: number, shareWith: string, label: string): OcsValue => ({
    label,
    subline: "",
    icon: "",
    value: { shareType, shareWith },
    shareWithDisplayNameUnique: shareWith,
    status: [],
  });
  const holds = (...texts: readonly string[]) => texts.some((text) => text.toLowerCase().includes(search));
  const isExact = (...texts: readonly string[]) => texts.some((text) => text.toLowerCase() === search);
  const people = identity
    .list()
    .filter(({ id, disabled }) => canLetIn && id !== actor.userId && !disabled)
    .filter(({ name, displayName }) => holds(name, displayName));
  const named = groups.list().filter(({ name }) => canLetIn && holds(name));
  const [exactPeople, otherPeople] = split(people, ({ name, displayName }) => isExact(name, displayName));
  const [exactGroups, otherGroups] = split(named, ({ name }) => isExact(name));
  const users = (some: typeof people) => some.map((one) => entry(shareKinds.user, one.name, one.displayName));
  const groupsOf = (some: typeof named) => some.map(({ name }) => entry(shareKinds.group, name, name));
  const none = { remotes: [], emails: [], circles: [], rooms: [], remote_groups: [] };
  return {
    exact: { users: users(exactPeople), groups: groupsOf(exactGroups), ...none },
    users: users(page(otherPeople)),
    groups: groupsOf(page(otherGroups)),
    ...none,
    lookup: [],
    lookupEnabled: false,
  };
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

import type { browseContract } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";
import { type Actor, type Handlers, requireFreshFactor, type UseCaseContext } from "#platform/usecase";
import type { SpaceInfo } from "#storage/primary";
import { fillLevelOf } from "#wire";
import type { BrowseDeps } from "./service.ts";

type Spaces = "files.spaces" | "files.createSpace" | "files.spaceMembers" | "files.setSpaceMembers";

/** Spaces, who is in them, and their limits. */
export function spaceHandlers(deps: BrowseDeps): Pick<Handlers<typeof browseContract>, Spaces> {
  const { storage, access, db, clock, personName } = deps;

  const present = (space: SpaceInfo, actor: Actor) => ({
    id: space.id,
    name: space.name,
    kind: space.kind,
    rootId: space.rootId,
    usedBytes: space.usedBytes,
    quotaBytes: space.quotaBytes,
    fill: fillLevelOf(space.usedBytes + space.trashBytes, space.quotaBytes),
    freeBytes: space.quotaBytes && Math.max(0, space.quotaBytes - space.usedBytes - space.trashBytes),
    volumeOnline: storage.volumes().some(({ name, online }) => name === space.volume && online),
    canWrite: access.can(actor, "write", { spaceId: space.id }),
  });
  /** The spaces a person is a member of; one that they were only let into is among what others shared. */
  const visible = (actor: Actor) => {
    const own = new Set(access.spacesOf(actor.userId).map(({ spaceId }) => spaceId));
    return storage
      .spaces()
      .filter(({ id }) => own.has(id) && access.can(actor, "read", { spaceId: id }))
      .toSorted((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
  };
  const requirePeople = (userIds: readonly number[]) => {
    const unknown = userIds.find((userId) => personName(userId) === undefined);
    if (unknown !== undefined) throw new AppError("bad-request", `There is no person ${unknown}.`);
  };
  /** Managers of a space decide who is in it, and whoever manages people, who so could let themselves in: with a fresh factor. */
  const requireManager = (context: UseCaseContext, spaceId: number) => {
    const space = storage.spaces().find(({ id }) => id === spaceId);
    if (space === undefined) throw new AppError("not-found");
    if (!context.actor.capabilities.has("people.manage")) access.require(context.actor, "manage", { spaceId });
    else if (!access.can(context.actor, "manage", { spaceId })) requireFreshFactor(context.actor, clock);
    context.checked();
    if (space.kind === "home") throw new AppError("bad-request", "A home belongs to its person alone.");
  };

  return {
    "files.spaces": ({ actor }) => ({ spaces: visible(actor).map((space) => present(space, actor)) }),
    "files.createSpace": async ({ actor }, { name, members, quotaBytes }) => {
      requirePeople(members.map(({ userId }) => userId));
      if (storage.findSpace("shared", name) !== undefined)
        throw new AppError("exists", `There already is a space ${name}.`);
      // Whoever makes a space must see it, or could not go on with it.
      const own = members.some(({ userId }) => userId === actor.userId);
      const all = own ? members : [...members, { userId: actor.userId, role: "manager" as const }];
      requireSound(all);
      const space = await storage.createSpace({ kind: "shared", name, quotaBytes });
      access.setMembers(space.id, all);
      await db.sync();
      return { space: present(space, actor) };
    },
    "files.spaceMembers": (context, { spaceId }) => {
      if (!context.actor.capabilities.has("people.manage")) access.require(context.actor, "read", { spaceId });
      context.checked();
      return {
        members: access
          .membersOf(spaceId)
          .map(({ userId, role }) => ({ userId, role, name: personName(userId) ?? "" })),
      };
    },
    "files.setSpaceMembers": async (context, { spaceId, members }) => {
      requireManager(context, spaceId);
      if (members.length === 0) throw new AppError("bad-request", "A space needs at least one manager.");
      requirePeople(members.map(({ userId }) => userId));
      access.setMembers(spaceId, members);
      await db.sync();
      return {};
    },
  };
}

/** What `access` would refuse is refused before the space is made. */
function requireSound(members: readonly { readonly userId: number; readonly role: string }[]): void {
  const ids = new Set(members.map(({ userId }) => userId));
  if (ids.size === members.length && members.some(({ role }) => role === "manager")) return;
  throw new AppError("bad-request", "A space needs a manager, and each person can be a member only once.");
}

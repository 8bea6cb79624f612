import type { PlaceMember } from "#contract/apps/files/places";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Permit } from "#platform/http";
import type { Actor } from "#platform/usecase";
import { type Access, maskOfSpaceRole, roleOfMask } from "#security/access";
import type { PlaceRow, PlacesRepository } from "./repository.ts";

export interface PlaceRightsDeps {
  readonly access: Access;
  readonly clock: Clock;
  readonly repository: PlacesRepository;
}

const resourceOf = (placeId: number) => ({ kind: "place", id: String(placeId) }) as const;

/** Who may use a place: entries of access on it. Whoever may not read a place learns nothing of it. */
export function createPlaceRights({ access, clock, repository }: PlaceRightsDeps) {
  const canRead = (actor: Actor, place: PlaceRow): boolean =>
    mayUseFiles(actor) && access.can(actor, "read", resourceOf(place.id));
  const canWrite = (actor: Actor, place: PlaceRow): boolean =>
    canRead(actor, place) && !place.readOnly && access.can(actor, "write", resourceOf(place.id));
  const canManage = (actor: Actor): boolean => actor.capabilities.has("server.manage") && actor.via === "session";
  const requireReadable = (actor: Actor, place: PlaceRow | undefined): PlaceRow => {
    if (actor.kind !== "person" && actor.kind !== "system") throw new AppError("unauthenticated");
    if (place !== undefined && canRead(actor, place)) return place;
    throw new AppError("not-found", "There is no such place.", { isRefusal: place !== undefined });
  };
  const requireWritable = (actor: Actor, place: PlaceRow): void => {
    if (canWrite(actor, place)) return;
    throw new AppError("forbidden", place.readOnly ? "This place may only be read." : "You may only read this place.");
  };
  return {
    canRead,
    canWrite,
    canManage,
    /** For sending what is at a place: as long as the actor may read it. */
    permit: (actor: Actor, { id }: PlaceRow): Permit => ({
      actor,
      holds: (now) => requireReadable(now, repository.byId(id)).id === id,
    }),
    /** The place, which the actor must be able to read. Throws the same `not-found` whether it is missing or hidden. */
    readable: (actor: Actor, placeId: number): PlaceRow => requireReadable(actor, repository.byId(placeId)),
    readableByName: (actor: Actor, name: string): PlaceRow => requireReadable(actor, repository.byName(name)),
    writable: (actor: Actor, placeId: number): PlaceRow => {
      const place = requireReadable(actor, repository.byId(placeId));
      requireWritable(actor, place);
      return place;
    },
    requireWritable,
    members: (placeId: number): PlaceMember[] =>
      access.entriesOn(resourceOf(placeId)).flatMap(({ subject, effect, actions }) => {
        const role = roleOfMask(actions);
        if (effect !== "allow" || subject.kind === "link" || role === null) return [];
        return [{ subject, role: role === "viewer" ? ("viewer" as const) : ("editor" as const) }];
      }),
    /** Replaces who is let in; what denies somebody stays. A part of the caller's transaction. */
    setMembers: (placeId: number, members: readonly PlaceMember[], createdBy: number): void => {
      for (const { id, effect } of access.entriesOn(resourceOf(placeId)))
        if (effect === "allow") access.removeEntry(id);
      for (const { subject, role } of members) {
        const entry = {
          resource: resourceOf(placeId),
          subject,
          effect: "allow",
          actions: maskOfSpaceRole[role],
        } as const;
        access.putEntry({ ...entry, expiresAtMs: null, createdBy, createdAtMs: clock.now() });
      }
    },
    forget: (placeId: number): void => {
      for (const { id } of access.entriesOn(resourceOf(placeId))) access.removeEntry(id);
    },
  };
}

export type PlaceRights = ReturnType<typeof createPlaceRights>;

function mayUseFiles(actor: Actor): boolean {
  return actor.kind === "system" || actor.capabilities.has("files.use");
}

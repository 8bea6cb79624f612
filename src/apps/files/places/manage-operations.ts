import type { PlaceMember, placesContract } from "#contract/apps/files/places";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Handlers } from "#platform/usecase";
import type { SecretBox } from "#security/factors";
import { type External, fingerprintOf } from "#storage/external";
import { type Directory, purposeOf } from "./directory.ts";
import { requireName } from "./paths.ts";
import type { PresentPlace } from "./present.ts";
import type { PlaceRow, PlacesRepository } from "./repository.ts";
import type { PlaceRights } from "./rights.ts";
import { cleanAddress, isSameReceiver, probe, type Reach } from "./settings.ts";

export interface ManageDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly external: External;
  readonly secrets: SecretBox;
  readonly repository: PlacesRepository;
  readonly rights: PlaceRights;
  readonly directory: Directory;
  readonly present: PresentPlace;
  personName(id: number): string | undefined;
  groupName(id: number): string | undefined;
}

type Names = "places.settings" | "places.probe" | "places.add" | "places.change" | "places.forget";

/** What whoever looks after the server does with places. */
export function manageHandlers(deps: ManageDeps): Pick<Handlers<typeof placesContract>, Names> {
  const { db, clock, external, repository, rights, directory, present } = deps;

  const found = (id: number): PlaceRow => {
    const place = repository.byId(id);
    if (place === undefined) throw new AppError("not-found", "There is no such place.");
    return place;
  };
  const secretOf = (place: PlaceRow): string =>
    place.secret === "" ? "" : new TextDecoder().decode(deps.secrets.open(place.secret, purposeOf(place.id)));
  /** A kept secret goes to the server and name it was given for, and nowhere else. */
  const reachOf = (place: PlaceRow | undefined, address: Reach["address"], secret: string | undefined): Reach => {
    const clean = cleanAddress(address);
    const isSame = place !== undefined && isSameReceiver(place, clean);
    if (secret === undefined && !isSame) {
      throw new AppError("bad-request", "Another address or user name needs its password.");
    }
    const known = isSame ? place : undefined;
    return { address: clean, secret: secret ?? secretOf(found(place?.id ?? 0)), hostKey: known?.hostKey ?? "" };
  };
  const requireSound = (name: string, members: readonly PlaceMember[], id?: number) => {
    requireName(name);
    const other = repository.byName(name);
    if (other !== undefined && other.id !== id) throw new AppError("exists", `There already is a place ${name}.`);
    const keys = new Set(members.map(({ subject }) => JSON.stringify(subject)));
    if (keys.size !== members.length) throw new AppError("bad-request", "Somebody is named twice.");
    for (const { subject } of members) {
      const isKnown =
        subject.kind === "everyone" ||
        (subject.kind === "user" ? deps.personName(subject.id) : deps.groupName(subject.id)) !== undefined;
      if (!isKnown) throw new AppError("bad-request", "Somebody who shall use the place does not exist.");
    }
  };
  const tried = async (reach: Reach, fingerprint: string | null | undefined): Promise<string> => {
    const { outcome, detail, hostKey } = await probe(external, reach, fingerprint);
    if (outcome !== "ok") throw new AppError("bad-request", detail);
    return hostKey;
  };
  const seal = (id: number, secret: string) =>
    repository.setSecret(id, secret === "" ? "" : deps.secrets.seal(new TextEncoder().encode(secret), purposeOf(id)));

  return {
    "places.settings": (_context, { id }) => {
      const place = found(id);
      const { name, kind, address, user, container, folder, region, readOnly, hostKey } = place;
      return {
        ...{ id, name, readOnly, members: rights.members(id), hasSecret: place.secret !== "" },
        address: { kind, address, user, container, folder, region },
        fingerprint: hostKey === "" ? null : fingerprintOf(hostKey),
      };
    },
    "places.probe": async (context, { id, address, secret, fingerprint }) => {
      const place = id === undefined ? undefined : found(id);
      if (place !== undefined) context.checked(`place ${place.id}`);
      const {
        outcome,
        detail,
        fingerprint: shown,
      } = await probe(external, reachOf(place, address, secret), fingerprint);
      return { outcome, detail, fingerprint: shown };
    },
    "places.add": async (context, { name, address, readOnly, members, secret, fingerprint }) => {
      requireSound(name, members);
      const reach = reachOf(undefined, address, secret);
      const hostKey = await tried(reach, fingerprint);
      requireSound(name, members);
      const id = db.transaction(() => {
        const nowMs = clock.now();
        const row = { ...reach.address, name, readOnly, hostKey, createdAtMs: nowMs, lastSeenAtMs: nowMs };
        const made = repository.insert(row);
        seal(made, secret);
        rights.setMembers(made, members, context.actor.userId);
        return made;
      });
      await db.sync();
      context.checked(`place ${id}`);
      return { place: present(found(id), context.actor) };
    },
    "places.change": async (context, { id, name, address, readOnly, members, secret, fingerprint }) => {
      const before = found(id);
      context.checked(`place ${id}`);
      requireSound(name, members, id);
      const reach = reachOf(before, address, secret);
      const { kind, user, container, folder, region } = before;
      const old = { kind, container, user, region, address: before.address, folder };
      const isKnownKey = (fingerprint ?? null) === null || fingerprint === fingerprintOf(before.hostKey);
      const isReachedAsBefore = secret === undefined && isKnownKey && Bun.deepEquals(old, { ...reach.address });
      const hostKey = isReachedAsBefore ? before.hostKey : await tried(reach, fingerprint);
      requireSound(name, members, id);
      db.transaction(() => {
        const { createdAtMs, lastSeenAtMs } = found(id);
        repository.update(id, { ...reach.address, name, readOnly, hostKey, createdAtMs, lastSeenAtMs });
        if (secret !== undefined) seal(id, secret);
        rights.setMembers(id, members, context.actor.userId);
      });
      await db.sync();
      if (!isReachedAsBefore) directory.forget(id);
      return { place: present(found(id), context.actor) };
    },
    "places.forget": async (context, { id }) => {
      found(id);
      context.checked(`place ${id}`);
      db.transaction(() => {
        rights.forget(id);
        repository.remove(id);
      });
      await db.sync();
      directory.forget(id);
      return {};
    },
  };
}

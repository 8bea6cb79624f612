import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { createEvents, type Events } from "#platform/events";
import type { Logger } from "#platform/log";
import { createRecentMap } from "#platform/lru";
import type { Actor, Implementation } from "#platform/usecase";
import type { Access, Entry } from "#security/access";
import { acceptName, type NodeInfo, type SpaceInfo, type Storage } from "#storage/primary";
import { createNames, folded } from "./names.ts";
import { mountOperations } from "./operations.ts";
import { createRepository, type Place, type Repository } from "./repository.ts";
import { type SharedItem, sharedWith } from "./shared-with.ts";
import { createTree, type Home, type PlacedMount } from "./tree.ts";

export interface MountsDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** Display name of a person; undefined when there is no such account. */
  readonly personName: (userId: number) => string | undefined;
}

/** A share or a shared space as one person has it. */
export interface Mount {
  readonly kind: "shared" | "spaces";
  readonly node: NodeInfo;
  /** What the person calls it; in a folder where that is taken it stands with a number. */
  readonly wanted: string;
  /** Its name among all of its kind. */
  readonly name: string;
  /** As the person has placed it, whether that folder is there or not. */
  readonly folderId: number | null;
}

/** Of a share, also who let the person in and until when. */
export interface SharedMount extends Mount {
  readonly entry: Entry;
  readonly expiresAtMs: number | null;
}

export interface DeclinedShare extends SharedItem {
  readonly name: string;
  readonly declinedAtMs: number;
}

export interface Mounts {
  /** What others let the person into and what they have not declined, in the order in which it was shared. */
  shared(actor: Actor): readonly SharedMount[];
  /** The shared spaces of the person. */
  spaces(actor: Actor): readonly Mount[];
  declined(actor: Actor): readonly DeclinedShare[];
  /** All of them in the tree of the person's home, where sync clients find them. */
  tree(actor: Actor): readonly PlacedMount[];
  /**
   * Gives a mount another name, another folder, or both. Resolves when that is on disk; throws `not-found`, `exists`,
   * `invalid-name`, `forbidden`.
   */
  move(
    actor: Actor,
    nodeId: number,
    to: { readonly folderId?: number | null; readonly name?: string },
  ): Promise<string>;
  /** Throws `not-found` for what is no share of theirs. */
  decline(actor: Actor, nodeId: number): Promise<void>;
  accept(actor: Actor, nodeId: number): Promise<void>;
  /** A person has renamed, placed, declined or taken back something. */
  readonly events: Events<{ changed: { readonly userId: number } }>;
  readonly implementations: readonly Implementation[];
}

const maxKept = 1024;

/** Where shares and spaces stand for each person. */
export function createMounts(deps: MountsDeps): Mounts {
  const { storage, access, db, clock } = deps;
  const repository = createRepository(db);
  const events: Mounts["events"] = createEvents(deps.log);
  storage.events.subscribe("forgotten", ({ nodeIds }) => repository.forget(nodeIds));

  const homes = createRecentMap<string, Home>(maxKept);
  const spaceFacts = createRecentMap<number, Pick<SpaceInfo, "kind" | "name">>(maxKept);
  /** What never changes about a space: asked for its usage too, the database would be asked each time. */
  const factsOf = (spaceId: number) => {
    const facts = spaceFacts.get(spaceId) ?? storage.space(spaceId);
    spaceFacts.set(spaceId, facts);
    return facts;
  };
  const homeOf = ({ name }: Actor) => {
    const home = homes.get(name) ?? storage.findSpace("home", name);
    if (home !== undefined) homes.set(name, home);
    return home;
  };
  const items = (actor: Actor) => (access.isPlain(actor) ? [] : sharedWith(deps, actor));
  const shared = (actor: Actor): readonly SharedMount[] => nameShares(repository, actor, items(actor));
  const spaces = (actor: Actor): readonly Mount[] => {
    const memberships = access.spacesOf(actor.userId);
    // Most have a home and nothing else: the path of every request begins with this question.
    if (memberships.length < 2) return [];
    const places = repository.placesOf(actor.userId);
    const nameOf = createNames();
    return memberships.flatMap(({ spaceId }): Mount[] => {
      if (!access.can(actor, "read", { spaceId })) return [];
      const node = storage.node(storage.rootIdOf(spaceId));
      const space = factsOf(spaceId);
      if (node === undefined || space.kind !== "shared") return [];
      const place = places.get(node.id);
      const wanted = place?.name ?? space.name;
      return [{ kind: "spaces", node, wanted, name: nameOf(wanted), folderId: place?.folderId ?? null }];
    });
  };
  const isReached = (actor: Actor, { id, spaceId }: NodeInfo) => access.reaches(actor, { spaceId, nodeId: id });
  const tree = createTree({ storage, homeOf, isReached, mounts: (actor) => [...spaces(actor), ...shared(actor)] });
  const declined = (actor: Actor): readonly DeclinedShare[] => {
    const places = repository.placesOf(actor.userId);
    return items(actor).flatMap((item) => {
      const place = places.get(item.node.id);
      if (!isDeclined(item, place)) return [];
      return [{ ...item, name: place?.name ?? item.ownName, declinedAtMs: place?.declinedAtMs ?? 0 }];
    });
  };
  const save = async (actor: Actor, nodeId: number, change: Partial<Place>): Promise<void> => {
    if (actor.readOnly) throw new AppError("forbidden", "This app password may only read.");
    const known = repository.placesOf(actor.userId).get(nodeId);
    repository.save(actor.userId, { nodeId, name: null, folderId: null, declinedAtMs: null, ...known, ...change });
    await db.sync();
    events.publish("changed", { userId: actor.userId });
  };

  const move: Mounts["move"] = async (actor, nodeId, { folderId, name }) => {
    const mounts = tree(actor);
    const mount = mounts.find(({ node }) => node.id === nodeId);
    if (mount === undefined) throw new AppError("not-found", "It was moved or deleted.");
    const wanted = name === undefined ? mount.wanted : acceptName(name);
    const toId = folderId === undefined ? mount.shownFolderId : folderId;
    const home = homeOf(actor);
    const folder = toId === null ? undefined : storage.node(toId);
    if (toId !== null && (folder?.kind !== "folder" || folder.spaceId !== home?.id)) {
      throw new AppError("forbidden", "What is shared can stand in a folder of your own home only.");
    }
    const inId = folder?.id ?? home?.rootId;
    const other = mounts.find((one) => one !== mount && one.inId === inId && folded(one.shownName) === folded(wanted));
    if (other !== undefined || (inId !== undefined && storage.child(inId, wanted) !== undefined)) {
      throw new AppError("exists", `There already is something called ${wanted}.`);
    }
    await save(actor, nodeId, {
      name: wanted,
      folderId: folder === undefined || folder.parentId === null ? null : folder.id,
    });
    return wanted;
  };
  const decline: Mounts["decline"] = async (actor, nodeId) => {
    if (!shared(actor).some(({ node }) => node.id === nodeId))
      throw new AppError("not-found", "That is no share of yours.");
    await save(actor, nodeId, { declinedAtMs: clock.now() });
  };
  const accept: Mounts["accept"] = async (actor, nodeId) => {
    if (!declined(actor).some(({ node }) => node.id === nodeId)) {
      throw new AppError("not-found", "That share has ended, or was never declined.");
    }
    await save(actor, nodeId, { declinedAtMs: null });
  };
  const service = { shared, spaces, declined, tree, move, decline, accept, events };
  return { ...service, implementations: mountOperations(service, deps.personName) };
}

/** A share that was made after its receiver declined is a new one. */
function isDeclined({ lastSharedAtMs }: SharedItem, place: Place | undefined): boolean {
  const declinedAtMs = place?.declinedAtMs ?? null;
  return declinedAtMs !== null && declinedAtMs >= lastSharedAtMs;
}

/** Names that are settled come first, so that what is new moves none of them; what is new settles its own. */
function nameShares(repository: Repository, actor: Actor, items: readonly SharedItem[]): readonly SharedMount[] {
  const places = repository.placesOf(actor.userId);
  const standing = items.filter((item) => !isDeclined(item, places.get(item.node.id)));
  const isSettled = ({ node }: SharedItem) => (places.get(node.id)?.name ?? null) !== null;
  const nameOf = createNames();
  const names = new Map<number, string>();
  const ordered = [...standing.filter(isSettled), ...standing.filter((item) => !isSettled(item))];
  for (const { node, ownName } of ordered) names.set(node.id, nameOf(places.get(node.id)?.name ?? ownName));
  return standing.map((item): SharedMount => {
    const { node, ownName, entry, expiresAtMs } = item;
    const name = names.get(node.id) ?? ownName;
    const place = places.get(node.id) ?? { nodeId: node.id, name, folderId: null, declinedAtMs: null };
    // Not on disk before the next sync: should that be lost, the same name is found again.
    if (!isSettled(item)) repository.save(actor.userId, { ...place, name });
    return { kind: "shared", node, wanted: place.name ?? name, name, folderId: place.folderId, entry, expiresAtMs };
  });
}

import { AppError } from "#platform/errors";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { ItemFilter, LibraryReader } from "#apps/media/library";
import { type Actor, type Handlers, systemActor, type UseCaseContext } from "#platform/usecase";
import type { Access } from "#security/access";
import type { photosContract } from "#contract/apps/media/photos";
import type { AlbumEntry, AlbumRow, AlbumRows } from "./album-rows.ts";
import { revisionOf } from "./columns.ts";
import type { AlbumSummary } from "./schemas.ts";

export interface AlbumsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly access: Access;
  readonly library: Pick<LibraryReader, "seen" | "library">;
  readonly rows: AlbumRows;
  readonly personName: (userId: number) => string | undefined;
  /** A person with the rights they have now; undefined when the account is gone or closed. */
  readonly actorOf: (userId: number) => Actor | undefined;
  readonly groupsOf: (userId: number) => readonly number[];
  /** What the household lets somebody watch; it holds in albums too. */
  readonly limitsOf: (actor: Actor) => ItemFilter | undefined;
  readonly changed: () => void;
}

const keepRemovedMs = 30 * 24 * 60 * 60_000;
const maxEntries = 20_000;

export type Albums = ReturnType<typeof createAlbums>;

/**
 * Albums, and who sees what in them. An album is seen by its owner and by the people and groups it is shared with. In it each of them sees
 * what they may read anyway, and what whoever put it there may share (`share` on the file, asked each time). Nobody sees more through an
 * album than its people could be given by a link.
 */
export function createAlbums(deps: AlbumsDeps) {
  const { rows, access, library } = deps;

  const membershipOf = (actor: Actor, album: AlbumRow): "owner" | "contributor" | "viewer" | undefined => {
    // No other check of the credential stands between somebody and a picture that they see because of an album alone.
    if (actor.kind !== "person" || !actor.capabilities.has("files.use")) return undefined;
    if (album.ownerId === actor.userId) return "owner";
    const groups = new Set(deps.groupsOf(actor.userId));
    const own = rows
      .members(album.id)
      .filter(({ kind, id }) => (kind === "person" ? id === actor.userId : groups.has(id)));
    if (own.length === 0) return undefined;
    return own.some(({ contributes }) => contributes) ? "contributor" : "viewer";
  };
  const find = (actor: Actor, albumId: number, withRemoved = false) => {
    const album = rows.get(albumId);
    const membership = album && membershipOf(actor, album);
    const isThere = album !== undefined && (album.removedAtMs === null || (withRemoved && membership === "owner"));
    if (!isThere || membership === undefined) {
      throw new AppError("not-found", "There is no such album.", { isRefusal: album !== undefined });
    }
    return { album, membership };
  };
  const requireOwner = (context: UseCaseContext, albumId: number, withRemoved = false): AlbumRow => {
    const { album, membership } = find(context.actor, albumId, withRemoved);
    context.checked(`album ${albumId}`);
    if (membership !== "owner") throw new AppError("forbidden", "Only whoever made the album may do that.");
    return album;
  };
  const isShared = (entry: Pick<AlbumEntry, "addedBy" | "spaceId" | "nodeId" | "libraryId">): boolean => {
    const adder = deps.actorOf(entry.addedBy);
    const { spaceId, nodeId } = entry;
    return (
      adder !== undefined &&
      library.library(entry.libraryId)?.isOn === true &&
      access.can(adder, "share", { spaceId, nodeId })
    );
  };
  /** Those that are there at all, and that the household lets this person watch. */
  const allowed = (actor: Actor, itemIds: readonly number[]): ReadonlySet<number> => {
    const there = library.seen(systemActor, itemIds).map(({ id }) => id);
    const limits = deps.limitsOf(actor);
    return new Set(limits === undefined ? there : rows.within(there, limits));
  };
  const visible = (actor: Actor, album: AlbumRow): AlbumEntry[] => {
    const entries = rows.entries(album);
    const ids = entries.map(({ itemId }) => itemId);
    const own = new Set(library.seen(actor, ids).map(({ id }) => id));
    const others = allowed(actor, ids);
    return entries.filter(
      (entry) =>
        own.has(entry.itemId) || (entry.addedBy !== actor.userId && others.has(entry.itemId) && isShared(entry)),
    );
  };
  const present = (actor: Actor, album: AlbumRow): AlbumSummary => {
    const membership = membershipOf(actor, album);
    const entries = visible(actor, album);
    const cover =
      entries.find(({ itemId }) => itemId === album.coverId) ?? entries.find(({ hasProblem }) => hasProblem === 0);
    const times = entries.map(({ takenLocalMs }) => takenLocalMs);
    const isOwn = membership === "owner";
    return {
      ...{ id: album.id, name: album.name, order: album.order, ownerId: album.ownerId, isOwn },
      ownerName: deps.personName(album.ownerId) ?? "",
      canAdd: membership !== "viewer",
      count: entries.length,
      coverId: cover?.itemId ?? null,
      coverRevision: cover === undefined ? null : revisionOf(cover.etag),
      firstLocalMs: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
      lastLocalMs: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
      members: isOwn ? rows.members(album.id) : [],
    };
  };
  /** What the caller may read of these. */
  const readable = (actor: Actor, itemIds: readonly number[]): number[] => {
    const seen = new Set(library.seen(actor, itemIds).map(({ id }) => id));
    return itemIds.filter((id) => seen.has(id));
  };
  const durable = async (work: () => void): Promise<void> => {
    deps.db.transaction(work);
    deps.changed();
    await deps.db.sync();
  };
  const addTo = (actor: Actor, albumId: number, itemIds: readonly number[]): number[] => {
    if (rows.entries({ id: albumId, order: "own" }).length + itemIds.length > maxEntries) {
      throw new AppError("too-large", `An album holds at most ${maxEntries} pictures.`);
    }
    return rows.add(albumId, readable(actor, itemIds), actor.userId, deps.clock.now());
  };

  const handlers = {
    "photos.albums": (context) => {
      context.checked();
      const { actor } = context;
      const albums = rows
        .reachable(actor.userId, deps.groupsOf(actor.userId))
        .filter((album) => membershipOf(actor, album) !== undefined);
      return { albums: albums.map((album) => present(actor, album)) };
    },
    "photos.createAlbum": async (context, { name, itemIds }) => {
      context.checked();
      let albumId = 0;
      await durable(() => {
        rows.purgeRemoved(deps.clock.now() - keepRemovedMs);
        albumId = rows.create(context.actor.userId, name, deps.clock.now());
        addTo(context.actor, albumId, itemIds);
      });
      return { albumId };
    },
    "photos.changeAlbum": async (context, { albumId, name, coverId, order }) => {
      const album = requireOwner(context, albumId);
      if (coverId !== undefined && coverId !== null && rows.addedBy(albumId, coverId) === undefined) {
        throw new AppError("bad-request", "The cover is not a picture of this album.");
      }
      await durable(() => {
        rows.save({
          ...album,
          name: name ?? album.name,
          order: order ?? album.order,
          coverId: coverId === undefined ? album.coverId : coverId,
        });
      });
      return {};
    },
    "photos.removeAlbum": async (context, { albumId, isRemoved }) => {
      const album = requireOwner(context, albumId, true);
      await durable(() => rows.save({ ...album, removedAtMs: isRemoved ? deps.clock.now() : null }));
      return {};
    },
    "photos.addToAlbum": async (context, { albumId, itemIds }) => {
      const { membership } = find(context.actor, albumId);
      context.checked(`album ${albumId}`);
      if (membership === "viewer") throw new AppError("forbidden", "You may look at this album, not add to it.");
      let addedIds: number[] = [];
      await durable(() => {
        addedIds = addTo(context.actor, albumId, itemIds);
      });
      return { addedIds };
    },
    "photos.removeFromAlbum": async (context, { albumId, itemIds }) => {
      const { membership } = find(context.actor, albumId);
      context.checked(`album ${albumId}`);
      if (membership === "viewer") throw new AppError("forbidden", "You may look at this album, not change it.");
      let removedIds: number[] = [];
      // Whoever contributes takes out their own pictures only.
      await durable(() => {
        removedIds = rows.remove(albumId, itemIds, membership === "owner" ? null : context.actor.userId);
      });
      return { removedIds };
    },
    "photos.moveInAlbum": async (context, { albumId, itemIds, beforeId }) => {
      const album = requireOwner(context, albumId);
      const moving = new Set(itemIds);
      const ids = rows.entries(album).map(({ itemId }) => itemId);
      const rest = ids.filter((id) => !moving.has(id));
      const at = beforeId === "first" ? 0 : beforeId === "last" ? rest.length : rest.indexOf(beforeId);
      if (at === -1) throw new AppError("bad-request", "The picture to put them before is not in this album.");
      const moved = itemIds.filter((id) => ids.includes(id));
      await durable(() => {
        rows.reorder(albumId, [...rest.slice(0, at), ...moved, ...rest.slice(at)]);
        rows.save({ ...album, order: "own" });
      });
      return {};
    },
    "photos.shareAlbum": async (context, { albumId, members }) => {
      const album = requireOwner(context, albumId);
      const others = members.filter(({ kind, id }) => kind === "group" || id !== album.ownerId);
      if (others.some(({ kind, id }) => kind === "person" && deps.personName(id) === undefined)) {
        throw new AppError("bad-request", "There is no such person.");
      }
      await durable(() => rows.setMembers(albumId, others));
      return {};
    },
  } satisfies Partial<Handlers<typeof photosContract>>;

  return {
    handlers,
    find,
    visible,
    /** Whether somebody sees this picture because of the album. */
    shows: (
      actor: Actor,
      albumId: number,
      entry: Omit<AlbumEntry, "addedBy" | "takenLocalMs" | "etag" | "hasProblem">,
    ): boolean => {
      const album = rows.get(albumId);
      if (album === undefined || album.removedAtMs !== null || membershipOf(actor, album) === undefined) return false;
      const addedBy = rows.addedBy(albumId, entry.itemId);
      if (addedBy === undefined || addedBy === actor.userId || !isShared({ ...entry, addedBy })) return false;
      return allowed(actor, [entry.itemId]).has(entry.itemId);
    },
    /** Those the caller can open and that hold this picture. */
    of: (actor: Actor, itemId: number) =>
      rows.albumsOf(itemId).flatMap((albumId) => {
        const album = rows.get(albumId);
        const isOpen = album !== undefined && album.removedAtMs === null && membershipOf(actor, album) !== undefined;
        return isOpen ? [{ id: album.id, name: album.name }] : [];
      }),
  };
}

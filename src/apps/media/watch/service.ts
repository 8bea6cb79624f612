import type { ItemFilter, LibraryReader } from "#apps/media/library";
import { type Room, watchContract, type WatchState } from "#contract/apps/media/watch";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { JobHandler } from "#platform/jobs";
import { type Actor, implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { WorkNames } from "./items.ts";
import type { WatchLimits } from "./limits.ts";
import { createLists } from "./lists.ts";
import { createNotes, type Doer } from "./notes.ts";
import { createWatchRepository } from "./repository.ts";
import { createRooms } from "./rooms.ts";
import { untouched, type Watched } from "./rules.ts";
import { thinHandler } from "./thin-job.ts";
import { createVersionStates } from "./versions.ts";

/** Of a user agent; longer ones are cut. */
const maxDevice = 300;

export interface WatchDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  /** Its sight has the limits in it. */
  readonly library: LibraryReader;
  readonly limits: WatchLimits;
  readonly works?: WorkNames;
  /** Items that a search means; without it all of them. */
  readonly match?: (search: string) => ItemFilter;
  /** The name of the app password that speaks. */
  readonly appPasswordName?: (actor: Actor) => string | undefined;
  readonly personName: (userId: number) => string | undefined;
  /** Tells the pages of these people. */
  readonly tell: {
    changed(userId: number, itemIds: readonly number[]): void;
    room(userIds: readonly number[], room: Room, isOpen: boolean): void;
  };
}

export interface Watch {
  readonly implementations: readonly Implementation[];
  /** The handler of `watchThin`. */
  readonly jobHandlers: readonly JobHandler[];
  /** What somebody did with items, without a look at rights. */
  states(userId: number, itemIds: readonly number[]): readonly WatchState[];
}

/** What each person has watched, where they stopped, what they may watch, and with whom. */
export function createWatch(deps: WatchDeps): Watch {
  const { db, library, limits } = deps;
  const repository = createWatchRepository(db);
  const versions = createVersionStates(repository, deps.works);
  const notes = createNotes({ ...deps, repository, versions });
  const lists = createLists({ ...deps, repository, versions });
  const rooms = createRooms({ ...deps, tell: deps.tell.room });

  const statesOf = (userId: number, itemIds: readonly number[]): WatchState[] => {
    const known = versions.states(userId, itemIds);
    return itemIds.map((itemId) => stateOf(itemId, known.get(itemId) ?? untouched));
  };
  /** Those of the items that may be watched; the rest is as if it were not there. */
  const seen = (context: UseCaseContext, itemIds: readonly number[]): number[] => {
    const ids = library.seen(context.actor, [...new Set(itemIds)]).map(({ id }) => id);
    for (const id of ids) context.checked(`item ${id}`);
    context.checked();
    return ids;
  };
  const require = (context: UseCaseContext, itemId: number): number => {
    if (seen(context, [itemId]).length === 0) throw noSuchItem();
    return context.actor.userId;
  };
  const changed = async (userId: number, itemIds: readonly number[]): Promise<WatchState[]> => {
    await db.sync();
    deps.tell.changed(userId, versions.withOthers(itemIds));
    return statesOf(userId, itemIds);
  };
  const changedOne = async (userId: number, itemId: number): Promise<WatchState> =>
    (await changed(userId, [itemId]))[0] ?? stateOf(itemId, untouched);
  const doerOf = ({ actor, userAgent }: UseCaseContext): Doer => {
    const device = actor.via === "app-password" ? deps.appPasswordName?.(actor) : userAgent;
    return { userId: actor.userId, device: device === undefined || device === "" ? null : device.slice(0, maxDevice) };
  };
  const requireRoom = (context: UseCaseContext, roomId: string) => void require(context, rooms.itemOf(roomId));

  const implementations = implement(watchContract, {
    "watch.states": (context, { itemIds }) => ({ states: statesOf(context.actor.userId, seen(context, itemIds)) }),
    "watch.save": async (context, { itemId, ...at }) => {
      const userId = require(context, itemId);
      notes.save(doerOf(context), itemId, at);
      return changedOne(userId, itemId);
    },
    "watch.setWatched": async (context, { itemIds, isWatched }) => {
      const ids = seen(context, itemIds);
      notes.mark(doerOf(context), ids, isWatched);
      return { states: await changed(context.actor.userId, ids) };
    },
    "watch.setFavourite": async (context, { itemId, isFavourite }) => {
      const userId = require(context, itemId);
      notes.change(doerOf(context), itemId, "favourite", { isFavourite });
      return changedOne(userId, itemId);
    },
    "watch.setRating": async (context, { itemId, rating }) => {
      const userId = require(context, itemId);
      notes.change(doerOf(context), itemId, "rated", { rating });
      return changedOne(userId, itemId);
    },
    "watch.forget": async (context, { itemId }) => {
      const userId = require(context, itemId);
      notes.forget(doerOf(context), itemId);
      return changedOne(userId, itemId);
    },
    "watch.resume": ({ actor }, { limit, kind }) => ({ items: lists.resume(actor, kind, limit) }),
    "watch.item": (context, { itemId }) => {
      const userId = require(context, itemId);
      const [state = stateOf(itemId, untouched)] = statesOf(userId, [itemId]);
      return { ...lists.withNeighbours(context.actor, itemId), state };
    },
    "watch.ofNode": (context, { nodeId }) => {
      const id = library.itemOfNode(nodeId)?.id;
      const [visible] = id === undefined ? [] : seen(context, [id]);
      context.checked(`node ${nodeId}`);
      return { item: visible === undefined ? null : lists.item(context.actor, visible) };
    },
    "watch.history": ({ actor }, input) => ({ entries: lists.history(actor, input) }),
    "watch.removeEntries": async ({ actor }, { entryIds }) => {
      const removed = notes.remove(actor.userId, entryIds);
      await db.sync();
      deps.tell.changed(actor.userId, []);
      return removed;
    },
    "watch.restoreEntries": async ({ actor }, { removedAtMs }) => {
      const count = notes.restore(actor.userId, removedAtMs);
      await db.sync();
      deps.tell.changed(actor.userId, []);
      return { count };
    },
    "watch.undo": async ({ actor }, { entryId }) => {
      const itemId = notes.undo(actor.userId, entryId);
      return changedOne(actor.userId, itemId);
    },
    "watch.limits": () => ({ limits: [...limits.all()] }),
    "watch.setLimits": async (_, wish) => {
      if (deps.personName(wish.userId) === undefined) throw new AppError("not-found", "There is no such person.");
      limits.set(wish);
      await db.sync();
      return wish;
    },
    "watch.openRoom": (context, { itemId, positionMs }) => rooms.open(require(context, itemId), itemId, positionMs),
    "watch.joinRoom": (context, { roomId, isReady }) => {
      requireRoom(context, roomId);
      return rooms.join(roomId, context.actor.userId, isReady);
    },
    "watch.leaveRoom": (context, { roomId }) => {
      context.checked();
      rooms.leave(roomId, context.actor.userId);
      return {};
    },
    "watch.controlRoom": (context, { roomId, ...wish }) => {
      requireRoom(context, roomId);
      return rooms.control(roomId, context.actor.userId, wish);
    },
    "watch.rooms": ({ actor }) => ({ rooms: visibleRooms(library, actor, rooms.all()) }),
  });
  return { implementations, jobHandlers: [thinHandler({ ...deps, repository })], states: statesOf };
}

function visibleRooms(library: LibraryReader, actor: Actor, all: readonly Room[]): Room[] {
  if (all.length === 0) return [];
  const ids = new Set(library.seen(actor, [...new Set(all.map(({ itemId }) => itemId))]).map(({ id }) => id));
  return all.filter(({ itemId }) => ids.has(itemId));
}

function stateOf(itemId: number, watched: Watched): WatchState {
  const { positionMs, durationMs, isWatched, playCount, isFavourite, rating, atMs } = watched;
  return { itemId, positionMs, durationMs, isWatched, playCount, isFavourite, rating, atMs };
}

function noSuchItem(): AppError {
  return new AppError("not-found", "There is no such film here, or it is not for you.", { isRefusal: true });
}

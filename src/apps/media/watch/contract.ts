import { z } from "zod";
import { defineContract } from "#wire";

const Id = z.int().positive();
const Ms = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What one person did with one item; what they did with other versions of the same film or episode counts for it too. */
const WatchState = z.object({
  itemId: Id,
  /** Where to go on; null: from the start. */
  positionMs: Ms.nullable(),
  /** As the player saw it; null: never played. */
  durationMs: Ms.nullable(),
  isWatched: z.boolean(),
  playCount: z.int().min(0),
  isFavourite: z.boolean(),
  /** 1 to 10; null: none given. */
  rating: z.int().min(1).max(10).nullable(),
  /** When something of this changed last; 0 is never. */
  atMs: Ms,
});
export type WatchState = z.infer<typeof WatchState>;

/** An item as lists show it. */
const WatchItem = z.object({
  itemId: Id,
  nodeId: Id,
  libraryId: Id,
  kind: z.enum(["video", "audio"]),
  /** File name without its ending, unless the name of the work is known. */
  title: z.string(),
  /** Series and number, or the folder it lies in; empty for what lies at the top. */
  subtitle: z.string(),
  /** Poster of its film or series, to be followed by `&size=256`, `480` or `1600`; null where there is none. */
  posterUrl: z.string().nullable(),
  positionMs: Ms.nullable(),
  durationMs: Ms.nullable(),
  /** Etag of the file, for its thumbnail. */
  etag: z.string(),
});
export type WatchItem = z.infer<typeof WatchItem>;

const HistoryEntry = z.object({
  id: Id,
  atMs: Ms,
  act: z.enum(["played", "watched", "unwatched", "rated", "favourite", "forgotten"]),
  item: WatchItem,
  /** User agent of the browser, or the name of the app password; empty when it is not known. */
  device: z.string(),
  /** The newest of its film or episode: only that can be taken back. */
  canUndo: z.boolean(),
});

/** What somebody may watch. Null is no limit. */
const Limits = z.object({
  userId: Id,
  /** Age class up to which they may watch. */
  maxAge: z.int().min(0).max(99).nullable(),
  /** Whether they may watch what has no age class, when there is a limit. */
  allowsUnrated: z.boolean(),
  libraryIds: z.array(Id).max(500).nullable(),
  /** Of what is sent to them. */
  maxHeight: z.int().positive().nullable(),
  maxBitsPerSecond: z.int().positive().nullable(),
});
export type Limits = z.infer<typeof Limits>;

const RoomId = z.string().regex(/^[A-Za-z0-9_-]{16,40}$/);

/** People who watch one title together. */
const Room = z.object({
  id: RoomId,
  itemId: Id,
  hostId: Id,
  members: z.array(z.object({ userId: Id, name: z.string(), isReady: z.boolean() })),
  isPlaying: z.boolean(),
  /** Position at `atMs` of the server's clock; it goes on from there while it plays. */
  positionMs: Ms,
  atMs: Ms,
  /** Raised with every change. */
  revision: z.int().min(0),
  /** The server's clock when this was said. */
  serverMs: Ms,
});
export type Room = z.infer<typeof Room>;

/**
 * When something was done, by the clock of the device, and what that clock says while it is sent: only the difference counts, so a
 * wrong clock does no harm.
 */
const When = { atMs: Ms, sentAtMs: Ms };

export const watchContract = defineContract({
  "watch.states": {
    summary: "What the caller did with these items; those that they may not see are left out.",
    input: z.object({ itemIds: z.array(Id).min(1).max(500) }),
    output: z.object({ states: z.array(WatchState) }),
    permission: "by-resource",
    effect: "read",
  },
  "watch.save": {
    summary: "Keep where the caller is in an item; durable when answered. The latest by its time counts.",
    input: z.object({ itemId: Id, positionMs: Ms, durationMs: Ms.positive(), ...When }),
    output: WatchState,
    permission: "by-resource",
    effect: "write",
  },
  "watch.setWatched": {
    summary: "Mark items as watched, or as not watched.",
    input: z.object({ itemIds: z.array(Id).min(1).max(500), isWatched: z.boolean() }),
    output: z.object({ states: z.array(WatchState) }),
    permission: "by-resource",
    effect: "write",
  },
  "watch.setFavourite": {
    summary: "Put an item among the caller's favourites, or take it out.",
    input: z.object({ itemId: Id, isFavourite: z.boolean() }),
    output: WatchState,
    permission: "by-resource",
    effect: "write",
  },
  "watch.setRating": {
    summary: "Rate an item from 1 to 10, or take the rating away.",
    input: z.object({ itemId: Id, rating: z.int().min(1).max(10).nullable() }),
    output: WatchState,
    permission: "by-resource",
    effect: "write",
  },
  "watch.forget": {
    summary: "Take an item off the caller's list of what to go on with.",
    input: z.object({ itemId: Id }),
    output: WatchState,
    permission: "by-resource",
    effect: "write",
  },
  "watch.resume": {
    summary:
      "What the caller stopped in the middle of, and what comes next after what they finished; the latest first.",
    input: z.object({ limit: z.int().min(1).max(100).default(20), kind: z.enum(["video", "audio"]).default("video") }),
    output: z.object({ items: z.array(WatchItem.extend({ isNext: z.boolean(), atMs: Ms })) }),
    permission: "self",
    effect: "read",
  },
  "watch.item": {
    summary: "An item with the one before and the one after it, for the player.",
    input: z.object({ itemId: Id }),
    output: z.object({
      item: WatchItem,
      state: WatchState,
      previous: WatchItem.nullable(),
      next: WatchItem.nullable(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "watch.ofNode": {
    summary: "The item that a file is, for a button that plays it; null when it is none.",
    input: z.object({ nodeId: Id }),
    output: z.object({ item: WatchItem.nullable() }),
    permission: "by-resource",
    effect: "read",
  },
  "watch.history": {
    summary: "What the caller watched, the latest first.",
    input: z.object({
      beforeId: Id.nullable().default(null),
      /** Words of the title, or of the path of the file. */
      search: z.string().trim().max(200).default(""),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: z.object({ entries: z.array(HistoryEntry) }),
    permission: "self",
    effect: "read",
  },
  "watch.removeEntries": {
    summary: "Take entries out of the caller's history, or all of them; what was watched stays watched.",
    input: z.object({
      /** Null: all. */
      entryIds: z.array(Id).min(1).max(500).nullable(),
    }),
    output: z.object({
      /** To be given back to `watch.restoreEntries`, within an hour. */
      removedAtMs: Ms,
      count: z.int(),
    }),
    permission: "self",
    effect: "write",
  },
  "watch.restoreEntries": {
    summary: "Put back what was taken out of the caller's history within the last hour.",
    input: z.object({ removedAtMs: Ms }),
    output: z.object({ count: z.int() }),
    permission: "self",
    effect: "write",
  },
  "watch.undo": {
    summary: "Take an entry of the history back: its item is as it was before.",
    input: z.object({ entryId: Id }),
    output: WatchState,
    permission: "self",
    effect: "write",
  },
  "watch.limits": {
    summary: "What people may watch; those without an entry may watch everything they can see.",
    input: z.object({}),
    output: z.object({ limits: z.array(Limits) }),
    permission: "people.manage",
    effect: "read",
  },
  "watch.setLimits": {
    summary: "Set what somebody may watch; it holds at once, also for what is playing.",
    input: Limits,
    output: Limits,
    permission: "people.manage",
    effect: "write",
  },
  "watch.openRoom": {
    summary: "Open a room to watch an item together.",
    input: z.object({ itemId: Id, positionMs: Ms }),
    output: Room,
    permission: "by-resource",
    effect: "write",
  },
  "watch.joinRoom": {
    summary: "Join a room, or say again that one is there (every 20 seconds, or one has left).",
    input: z.object({ roomId: RoomId, isReady: z.boolean().default(true) }),
    output: Room,
    permission: "by-resource",
    effect: "write",
  },
  "watch.leaveRoom": {
    summary: "Leave a room; it closes with the last one.",
    input: z.object({ roomId: RoomId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
  "watch.controlRoom": {
    summary: "Play, pause or go elsewhere, for everybody in the room.",
    input: z.object({ roomId: RoomId, isPlaying: z.boolean(), positionMs: Ms }),
    output: Room,
    permission: "by-resource",
    effect: "write",
  },
  "watch.rooms": {
    summary: "Open rooms of items that the caller may watch.",
    input: z.object({}),
    output: z.object({ rooms: z.array(Room) }),
    permission: "self",
    effect: "read",
  },
});

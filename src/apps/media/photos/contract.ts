import { z } from "zod";
import { defineContract } from "#wire";
import { AlbumMember, AlbumSummary, Edit, Mark, MonthNumber, PhotoDetail, PhotoFile, PhotoView } from "./schemas.ts";

const ItemIds = z.array(z.int().positive()).min(1).max(5000);
const AlbumId = z.int().positive();

const reads = { permission: "by-resource", effect: "read" } as const;
const writes = { permission: "by-resource", effect: "write" } as const;

const timeline = {
  "photos.timeline": {
    summary: "The shape of a view: for each month, which days have how many pictures and how wide each is. No ids yet.",
    input: z.object({
      view: PhotoView,
      /** What the caller has; when nothing has changed since, `months` is null. */
      version: z.string().max(200).optional(),
    }),
    output: z.object({
      version: z.string(),
      total: z.int(),
      /** In the order of the view, the newest first. */
      months: z
        .array(
          z.object({
            month: MonthNumber,
            /** Days of the month in the order of the view; 0 where the view has no days. */
            days: z.array(z.int().min(0).max(31)),
            /** Pictures of each of these days. */
            counts: z.array(z.int()),
            /** One character a picture: its aspect ratio, see `ratio.ts`. */
            ratios: z.string(),
          }),
        )
        .nullable(),
    }),
    ...reads,
  },
  "photos.bucket": {
    summary: "The pictures of one month of a view, in columns and in the order of the timeline.",
    input: z.object({ view: PhotoView, month: MonthNumber }),
    output: z.object({
      /** The first id, then each one's distance to the one before. */
      idSteps: z.array(z.int()),
      /** 32 characters a picture: thumbhash in base64; all `A` where there is none. */
      hashes: z.string(),
      /** One character a picture: flags of `marks.ts` in base64. */
      marks: z.string(),
      /** Two characters a picture: changes when its content does; `v` of its address. */
      revisions: z.string(),
    }),
    ...reads,
  },
  "photos.detail": {
    summary: "Everything known about one picture or video.",
    input: z.object({ itemId: z.int().positive(), albumId: AlbumId.optional() }),
    output: PhotoDetail,
    ...reads,
  },
  "photos.files": {
    summary: "The files behind pictures, for the trash, archives and links.",
    input: z.object({
      itemIds: ItemIds,
      /** Also what is shown behind them: the raw file beside the JPEG, the other pictures of a burst, the film of a live photo. */
      withStacks: z.boolean().default(false),
    }),
    /** What the caller may not read is left out. */
    output: z.object({ files: z.array(PhotoFile) }),
    ...reads,
  },
  "photos.state": {
    summary: "How far pictures have been taken up, and what could not be read.",
    input: z.object({}),
    output: z.object({
      /** Libraries of pictures that the caller may read. */
      libraries: z.array(z.object({ id: z.int(), name: z.string(), folderId: z.int() })),
      total: z.int(),
      /** Seen, not read yet. */
      waiting: z.int(),
      broken: z.array(z.object({ itemId: z.int(), nodeId: z.int(), path: z.string(), reason: z.string() })),
      brokenTotal: z.int(),
    }),
    ...reads,
  },
  "photos.memories": {
    summary: "On this day in earlier years.",
    input: z.object({ month: z.int().min(1).max(12), day: z.int().min(1).max(31), beforeYear: z.int() }),
    output: z.object({
      years: z.array(z.object({ year: z.int(), count: z.int(), coverId: z.int(), coverRevision: z.string() })),
    }),
    ...reads,
  },
  "photos.map": {
    summary: "Pictures with a place, gathered in cells of a grid that fits the zoom.",
    input: z.object({
      west: z.number().min(-180).max(180),
      east: z.number().min(-180).max(180),
      south: z.number().min(-90).max(90),
      north: z.number().min(-90).max(90),
      /** Cells in the width of the whole world are 2 to the power of this. */
      level: z.int().min(1).max(20),
    }),
    output: z.object({
      /** Pictures with a place, anywhere. */
      total: z.int(),
      clusters: z
        .array(
          z.object({
            latitude: z.number(),
            longitude: z.number(),
            count: z.int(),
            /** The newest of them. */
            itemId: z.int(),
            revision: z.string(),
            west: z.number(),
            east: z.number(),
            south: z.number(),
            north: z.number(),
          }),
        )
        .max(2000),
    }),
    ...reads,
  },
  "photos.duplicates": {
    summary: "Pictures that look the same, each group with the best of them first.",
    input: z.object({ limit: z.int().min(1).max(500).default(100) }),
    output: z.object({
      total: z.int(),
      groups: z.array(
        z.array(
          z.object({
            itemId: z.int(),
            revision: z.string(),
            name: z.string(),
            width: z.int(),
            height: z.int(),
            sizeBytes: z.int(),
            takenLocalMs: z.int(),
            isFavourite: z.boolean(),
            canWrite: z.boolean(),
          }),
        ),
      ),
    }),
    ...reads,
  },
};

const edits = {
  "photos.mark": {
    summary: "Favourite and archive, for the caller alone. The answer undoes it.",
    input: z.object({ marks: z.array(Mark).min(1).max(5000) }),
    output: z.object({ before: z.array(Mark) }),
    ...writes,
  },
  "photos.edit": {
    summary: "Date, place and rating, for everybody; needs the right to change the files. The answer undoes it.",
    input: z.object({ edits: z.array(Edit).min(1).max(5000) }),
    output: z.object({ before: z.array(Edit) }),
    ...writes,
  },
  "photos.shiftDates": {
    summary:
      "Moves the dates of pictures by the same time, as for a camera whose clock was wrong. The answer undoes it.",
    input: z.object({ itemIds: ItemIds, byMs: z.int() }),
    output: z.object({ before: z.array(Edit) }),
    ...writes,
  },
};

const albums = {
  "photos.albums": {
    summary: "The caller's albums and those shared with them.",
    input: z.object({}),
    output: z.object({ albums: z.array(AlbumSummary) }),
    ...reads,
  },
  "photos.createAlbum": {
    summary: "Make an album.",
    input: z.object({ name: z.string().trim().min(1).max(200), itemIds: z.array(z.int().positive()).max(5000) }),
    output: z.object({ albumId: z.int() }),
    ...writes,
  },
  "photos.changeAlbum": {
    summary: "Name, cover or order of an album; whoever owns it.",
    input: z.object({
      albumId: AlbumId,
      name: z.string().trim().min(1).max(200).optional(),
      /** Null: the first picture. */
      coverId: z.int().positive().nullable().optional(),
      order: z.enum(["date", "own"]).optional(),
    }),
    output: z.object({}),
    ...writes,
  },
  "photos.removeAlbum": {
    summary: "Remove an album, or bring a removed one back within 30 days. The pictures stay where they are.",
    input: z.object({ albumId: AlbumId, isRemoved: z.boolean().default(true) }),
    output: z.object({}),
    ...writes,
  },
  "photos.addToAlbum": {
    summary: "Add pictures to an album; those that are in it already stay where they are.",
    input: z.object({ albumId: AlbumId, itemIds: ItemIds }),
    output: z.object({ addedIds: z.array(z.int()) }),
    ...writes,
  },
  "photos.removeFromAlbum": {
    summary: "Take pictures out of an album.",
    input: z.object({ albumId: AlbumId, itemIds: ItemIds }),
    output: z.object({ removedIds: z.array(z.int()) }),
    ...writes,
  },
  "photos.moveInAlbum": {
    summary: "Put pictures before another one; the album keeps its own order from then on.",
    input: z.object({
      albumId: AlbumId,
      itemIds: ItemIds,
      beforeId: z.union([z.int().positive(), z.enum(["first", "last"])]),
    }),
    output: z.object({}),
    ...writes,
  },
  "photos.shareAlbum": {
    summary: "Who of the household sees an album, and who may add to it; replaces the list.",
    input: z.object({ albumId: AlbumId, members: z.array(AlbumMember).max(200) }),
    output: z.object({}),
    ...writes,
  },
};

export const photosContract = defineContract({ ...timeline, ...edits, ...albums });

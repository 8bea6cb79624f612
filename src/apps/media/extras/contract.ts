import { z } from "zod";
import { defineContract } from "#wire";

const ItemId = z.int().positive();

/** A part of the film in its own clock. */
const Range = z.object({ startMs: z.number(), endMs: z.number() });

const Subtitle = z.object({
  /** `s3` is stream 3 of the file, `f77` the file that is item 77 beside it. Stays as long as the content. */
  key: z.string(),
  origin: z.enum(["embedded", "sidecar"]),
  /** Of the file, as ffmpeg counts; null for a sidecar. */
  streamIndex: z.int().nullable(),
  /** As the file says: `ass`, `subrip`, `hdmv_pgs_subtitle`, … */
  format: z.string(),
  /** Text can be shown everywhere; images are drawn by the page or burnt in. */
  form: z.enum(["text", "image"]),
  language: z.string().nullable(),
  title: z.string().nullable(),
  isDefault: z.boolean(),
  isForced: z.boolean(),
  isHearingImpaired: z.boolean(),
  /** WebVTT; null for images. */
  vttUrl: z.string().nullable(),
  /** The original for drawing in the page: ASS with all its styles, or images as `.sup`; null when WebVTT says it all. */
  originalUrl: z.string().nullable(),
  /** Added to the times in the original gives those of the film's own clock; files beside a film count from its start. */
  originalShiftMs: z.number(),
  /** It is in the file but was not taken out yet: `extras.prepare` does, and says when the addresses answer. */
  isPending: z.boolean(),
});

const Trickplay = z.object({
  intervalMs: z.int(),
  /** Of one picture, in pixels. */
  width: z.int(),
  height: z.int(),
  columns: z.int(),
  rows: z.int(),
  /** Pictures in all. */
  count: z.int(),
  /** Sheets of pictures, in order. */
  sheetUrls: z.array(z.string()),
  /** The same as WebVTT with `#xywh=`, for other players. */
  vttUrl: z.string(),
});

/** Why what is wanted could not be made. `away`: the film cannot be read now, or too much else is being made. */
const Failure = z.enum(["too-slow", "ended", "no-room", "read-error", "damaged", "away"]);
export type Failure = z.infer<typeof Failure>;

/** How far the one pass is that takes all subtitles out of a film, whoever asked for it. */
const Preparing = z.object({
  /** `waiting`: others come first. */
  state: z.enum(["waiting", "running", "ready", "failed"]),
  /** Of the film, as far as it was read; null when it is not known. */
  doneBytes: z.int().nullable(),
  totalBytes: z.int(),
  /** At the pace so far; null when it is not known. */
  leftMs: z.int().nullable(),
  /** Of `failed`. */
  why: Failure.nullable(),
});
export type Preparing = z.infer<typeof Preparing>;

export const extrasContract = defineContract({
  "extras.get": {
    summary:
      "What was made from the content of a film or song: subtitles, pictures of the seek bar, chapters, intro, loudness.",
    input: z.object({ itemId: ItemId }),
    output: z.object({
      subtitles: z.array(Subtitle),
      /** Fonts inside the file, for subtitles that are drawn with styles. */
      fonts: z.array(z.object({ name: z.string(), url: z.string() })),
      /** Null when there are none, or not yet. */
      trickplay: Trickplay.nullable(),
      chapters: z.array(z.object({ ...Range.shape, title: z.string().nullable() })),
      intro: Range.nullable(),
      credits: Range.nullable(),
      /** EBU R128. */
      loudness: z.object({ integratedLufs: z.number(), peakDb: z.number() }).nullable(),
      /** Some of it is still to be made in the background. */
      isPending: z.boolean(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "extras.prepare": {
    summary:
      "Take the subtitles out of a film now, for somebody who wants one. Asked again, it says how far that is; it goes on without being asked.",
    input: z.object({
      itemId: ItemId,
      /** Try once more what failed a moment ago. */
      isAnew: z.boolean().default(false),
    }),
    output: Preparing,
    permission: "by-resource",
    effect: "read",
  },
  "extras.make": {
    summary: "Make what is missing for a film now, before what waits in the background.",
    input: z.object({ itemId: ItemId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
});

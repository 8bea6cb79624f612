import { z } from "zod";
import { defineContract } from "#wire";

const ItemId = z.int().positive();
const Fraction = z.tuple([z.number(), z.number()]).readonly();

const track = {
  /** Of the stream in the file, as ffmpeg counts. */
  index: z.int(),
  codec: z.string(),
  language: z.string().nullable(),
  title: z.string().nullable(),
  isDefault: z.boolean(),
  isForced: z.boolean(),
};

const VideoTrack = z.object({
  ...track,
  profile: z.string().nullable(),
  level: z.number().nullable(),
  /** RFC 6381. */
  codecString: z.string().nullable(),
  width: z.int(),
  height: z.int(),
  /** Degrees to turn clockwise for showing. */
  rotation: z.int(),
  pixelAspect: Fraction,
  /** Frames a second; null when it varies. */
  frameRate: Fraction.nullable(),
  isInterlaced: z.boolean(),
  reorder: z.int().optional(),
  pixelFormat: z.string().nullable(),
  bitDepth: z.int(),
  range: z.enum(["sdr", "hdr10", "hlg", "dolby-vision"]),
  dolbyProfile: z.int().nullable(),
  bitsPerSecond: z.number().nullable(),
});

const AudioTrack = z.object({
  ...track,
  profile: z.string().nullable(),
  codecString: z.string().nullable(),
  channels: z.int(),
  layout: z.string().nullable(),
  samplesPerSecond: z.int(),
  bitsPerSecond: z.number().nullable(),
  bitDepth: z.int().nullable().optional(),
  isCommentary: z.boolean(),
  startMs: z.number().optional(),
});

const SubtitleTrack = z.object({ ...track, form: z.enum(["text", "image"]), isHearingImpaired: z.boolean() });

const Chapter = z.object({ startMs: z.number(), endMs: z.number(), title: z.string().nullable() });

const MediaFacts = z.object({
  recipe: z.int(),
  container: z.string(),
  durationMs: z.number().nullable(),
  startMs: z.number(),
  /** Where seeking counts from, in microseconds. */
  seekOriginUs: z.number().optional(),
  bitsPerSecond: z.number().nullable(),
  video: z.array(VideoTrack).readonly(),
  audio: z.array(AudioTrack).readonly(),
  subtitles: z.array(SubtitleTrack).readonly(),
  chapters: z.array(Chapter).readonly(),
  covers: z.array(z.object({ index: z.int(), codec: z.string() })).readonly(),
  fonts: z.array(z.object({ index: z.int(), name: z.string() })).readonly(),
  tags: z.record(z.string(), z.array(z.string()).readonly()),
  picture: z.object({ width: z.int(), height: z.int(), orientation: z.int() }).nullable(),
});

export const probeContract = defineContract({
  "probe.facts": {
    summary: "What is inside a media file: tracks, length, chapters, tags.",
    input: z.object({ itemId: ItemId }),
    output: z.object({
      state: z.enum(["found", "ready", "broken", "away", "gone"]),
      /** Why it cannot be read, for a person. */
      reason: z.string().nullable(),
      /** Null before the file was read, and when it cannot be. */
      facts: MediaFacts.nullable(),
    }),
    permission: "by-resource",
    effect: "read",
  },
  "probe.again": {
    summary: "Read a media file anew, as after it was called broken.",
    input: z.object({ itemId: ItemId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "write",
  },
});

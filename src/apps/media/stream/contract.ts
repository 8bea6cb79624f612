import { z } from "zod";
import { ClientCapabilities, Plan, PlaybackFailure, profileNames } from "#contract/apps/media/decide";
import { defineContract } from "#wire";

const ItemId = z.int().positive();
const StreamIndex = z.int().min(0).max(10_000);
/** Unguessable; whoever has it may fetch playlists and segments. */
const SessionId = z.string().min(16).max(64);

/** What is wished for this playback; what is left out is for the plan to say. */
const Wishes = z.object({
  /** Sound track that is wanted, as ffmpeg counts. */
  audioIndex: StreamIndex.nullable().optional(),
  /** Subtitle that is shown; one made of pictures is drawn into the film when the client cannot draw it. */
  subtitleIndex: StreamIndex.nullable().optional(),
  /** Nothing higher than this rung: `720p`, or `original`. */
  rung: z.string().min(1).max(40).nullable().optional(),
  maxBitsPerSecond: z.int().positive().nullable().optional(),
  /** Preferred languages of the sound, the dearest first. */
  languages: z.array(z.string().min(1).max(20)).max(10).optional(),
});
export type Wishes = z.infer<typeof Wishes>;

const Session = z.object({
  id: SessionId,
  itemId: ItemId,
  /** HLS; null when the plan is to play the file itself. */
  masterUrl: z.string().nullable(),
  /** The file as it is, by ranges; for players that play files, and for direct play. */
  fileUrl: z.string(),
  contentType: z.string(),
  plan: Plan,
  durationMs: z.int().nullable(),
  /** Time of the film's own clock that is 0 in the player: subtitles and chapters of the file count from there. */
  originMs: z.number(),
  /**
   * hls.js and shaka-player count from the time at which the first picture is decoded: their `currentTime` is ahead of the film by so much.
   * Other players count from the first picture that is shown. 0 for a file and for sound alone.
   */
  leadMs: z.number(),
});
export type Session = z.infer<typeof Session>;

const Playing = z.object({
  id: SessionId,
  itemId: ItemId,
  name: z.string(),
  userId: z.int(),
  person: z.string(),
  client: z.string(),
  label: z.string(),
  method: Plan.shape.method,
  /** Rung that was fetched last; null for a file, and before the first segment. */
  rung: z.string().nullable(),
  positionMs: z.int().nullable(),
  durationMs: z.int().nullable(),
  startedAtMs: z.int(),
  lastSeenAtMs: z.int(),
  sentBytes: z.int(),
  /** How many times faster than real time its encode runs; null when nothing is made for it now. */
  realtimeFactor: z.number().nullable(),
  /** Why it does not go on, for a person. */
  trouble: z.string().nullable(),
});

export const streamContract = defineContract({
  "stream.begin": {
    summary: "Play a film or song: how it is played, why, and where it is fetched.",
    input: z.object({
      itemId: ItemId,
      /** What the player can play; a named profile without it. */
      capabilities: ClientCapabilities.optional(),
      profile: z.enum(profileNames).default("browser"),
      wishes: Wishes.default({}),
      /** Where playing will begin: what is needed there is made ready first. */
      positionMs: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    }),
    output: Session,
    permission: "by-resource",
    effect: "read",
  },
  "stream.change": {
    summary: "Play on with another sound track, subtitle or quality; the answer has a new address.",
    input: z.object({ sessionId: SessionId, wishes: Wishes }),
    output: Session,
    permission: "by-resource",
    effect: "read",
  },
  "stream.strike": {
    summary: "Report that playing failed: what it stood on is not used again for this client, and there is a new plan.",
    input: z.object({ sessionId: SessionId, failure: PlaybackFailure }),
    output: Session,
    permission: "by-resource",
    effect: "read",
  },
  "stream.end": {
    summary: "End a playback: one's own, or anybody's for whoever looks after the server.",
    input: z.object({ sessionId: SessionId }),
    output: z.object({}),
    permission: "by-resource",
    effect: "read",
  },
  "stream.list": {
    summary: "Who plays what, and how.",
    input: z.object({}),
    output: z.object({
      sessions: z.array(Playing),
      /** Encodes that run now. */
      encodes: z.int(),
      segments: z.object({ usedBytes: z.int(), budgetBytes: z.int() }),
    }),
    permission: "server.read",
    effect: "read",
  },
});

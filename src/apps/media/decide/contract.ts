import { z } from "zod";

/** How dearly something is played, the cheapest first. `audio`: the picture is copied, only sound is made anew. */
export const methods = ["direct", "copy", "audio", "hardware", "software"] as const;
export type Method = (typeof methods)[number];

const word = z.string().min(1).max(40);
/** `file`: played from plain ranges. `hls`: from fragmented MP4 in pieces. */
const Ways = z.array(z.enum(["file", "hls"])).max(2);

const VideoCapability = z.object({
  /** As ffmpeg calls it: `h264`, `hevc`, `av1`, `vp9`, … */
  codec: word,
  ways: Ways,
  /** Of the longer side and the shorter side, whichever way it is turned. */
  maxWidth: z.int().positive(),
  maxHeight: z.int().positive(),
  maxFramesPerSecond: z.number().positive().max(1000),
  maxBitDepth: z.int().min(8).max(16),
  maxBitsPerSecond: z.int().positive().nullable(),
  /** As ffmpeg counts it (H.264 4.1 is 41, HEVC 4.1 is 123); null: no limit is known. */
  maxLevel: z.int().positive().nullable(),
});
export type VideoCapability = z.infer<typeof VideoCapability>;

const AudioCapability = z.object({ codec: word, ways: Ways, maxChannels: z.int().min(1).max(64) });
export type AudioCapability = z.infer<typeof AudioCapability>;

/** What a player can play, by its own account or by a named profile. */
export const ClientCapabilities = z.object({
  /** For a person: "your browser", "this television". */
  name: z.string().min(1).max(60),
  /** Containers played from a file, as `MediaFacts.container` names them; `*` is all. */
  containers: z.array(word).max(40),
  video: z.array(VideoCapability).max(60),
  audio: z.array(AudioCapability).max(60),
  /** Ranges it shows as they are meant; everything else is tone-mapped. */
  hdr: z.array(z.enum(["hdr10", "hlg", "dolby-vision"])).max(3),
  subtitles: z.object({
    /** Text beside the picture (WebVTT). */
    text: z.boolean(),
    /** Styled text (ASS) drawn as its author meant it. */
    styled: z.boolean(),
    /** Pictures (PGS) drawn by the client. */
    image: z.boolean(),
    /** Shows what is inside the file itself, as players of files do. */
    embedded: z.boolean(),
  }),
  /** Can change the sound track of a file that it plays by ranges. */
  switchesAudioInFile: z.boolean(),
  /** Plays interlaced pictures without combs. */
  deinterlaces: z.boolean(),
  /** Channels that can be heard; what has more is mixed down only where it must be made anew. */
  maxChannels: z.int().min(1).max(64),
  /** Of the screen, in its own pixels; null: not known. Rungs above it are not offered, the original is. */
  maxHeight: z.int().positive().nullable(),
  /** What the way to the client carries, as measured; null: not known. */
  bitsPerSecond: z.int().positive().nullable(),
});
export type ClientCapabilities = z.infer<typeof ClientCapabilities>;

export const profileNames = ["browser", "television", "dlna", "player", "chromecast"] as const;
export type ProfileName = (typeof profileNames)[number];

export const reasonCodes = [
  "container-not-supported",
  "video-codec-not-supported",
  "video-too-large",
  "video-level-too-high",
  "video-frame-rate-too-high",
  "video-bit-depth-not-supported",
  "video-bitrate-too-high",
  "video-range-not-supported",
  "video-is-interlaced",
  "audio-codec-not-supported",
  "audio-channels-not-supported",
  "audio-track-is-not-the-first",
  "subtitles-must-be-burnt-in",
  "no-key-frame-index",
  "key-frames-too-far-apart",
  "dolby-vision-without-fallback",
  "bandwidth-too-low",
  "limited-by-policy",
  "quality-chosen",
  "reported-as-unplayable",
  "hardware-not-available",
  "machine-too-slow",
  "machine-busy",
  "machine-too-hot",
  "machine-short-of-memory",
  "transcoding-switched-off",
  "nothing-to-play",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

const Reason = z.object({
  code: z.enum(reasonCodes),
  /** A sentence without a full stop: "your browser cannot play HEVC". */
  text: z.string(),
});
export type Reason = z.infer<typeof Reason>;

const Encoder = z.enum(["copy", "hardware", "software"]);

const Rung = z.object({
  /** `original`, `1080p`, `720p`, …: part of addresses. */
  id: word,
  encoder: Encoder,
  /** As ffmpeg calls it. */
  codec: word,
  width: z.int().positive(),
  height: z.int().positive(),
  /** Average and peak of the picture alone. */
  bitsPerSecond: z.int().positive(),
  maxBitsPerSecond: z.int().positive(),
  /** Half of the frames are left out when true, as for 60 frames a second on a slow machine. */
  halvesFrames: z.boolean(),
  toneMaps: z.boolean(),
  deinterlaces: z.boolean(),
  /** Part of the whole machine that it takes to keep up, 0 to 1 (hardware counts its decoding and copying). */
  machineShare: z.number().min(0),
});
export type Rung = z.infer<typeof Rung>;

const AudioRendition = z.object({
  /** `a1-original`, `a1-aac2`, `a1-aac6`: part of addresses; the number is the stream index. */
  id: word,
  /** Stream index in the file. */
  index: z.int().min(0),
  action: z.enum(["direct", "copy", "transcode"]),
  codec: word,
  channels: z.int().positive(),
  bitsPerSecond: z.int().positive(),
  /** What sounds when nobody chooses. */
  isDefault: z.boolean(),
});
export type AudioRendition = z.infer<typeof AudioRendition>;

const SubtitlePlan = z.object({
  index: z.int().min(0),
  /** `none`: this client cannot show it beside this plan. `burn`: only when chosen; the picture is made anew. */
  action: z.enum(["webvtt", "ass", "image", "embedded", "burn", "none"]),
});
export type SubtitlePlan = z.infer<typeof SubtitlePlan>;

/** How one title is played for one client. */
export const Plan = z.object({
  kind: z.literal("plan"),
  method: z.enum(methods),
  /** Of the picture; empty for what has none and for direct play. The best first. */
  rungs: z.array(Rung),
  /** Id of the rung to begin with; null without rungs. */
  startRung: word.nullable(),
  /** Stream index of the picture that is played; null for sound alone. */
  videoIndex: z.int().nullable(),
  /** Renditions of the sound; of direct play: what the file sounds like. */
  audio: z.array(AudioRendition),
  subtitles: z.array(SubtitlePlan),
  /** Stream index of the subtitle that is drawn into the picture. */
  burnsIn: z.int().nullable(),
  /** Why it is not played as it is; empty for direct play. The most important first. */
  reasons: z.array(Reason),
  /** Sentences that say what would make it cheaper. */
  wouldAvoid: z.array(z.string()),
  /** Rungs that can be chosen by hand (`original` among them when it can be played), the best first; also for direct play. */
  choices: z.array(word),
  /** Of the rung that plays at the start: part of the machine, and how much faster than real time it would be alone. */
  cost: z.object({ machineShare: z.number().min(0), realtimeFactor: z.number().positive().nullable() }),
  /** "Original, direct", "720p, your browser cannot play HEVC". */
  label: z.string(),
  /** What it stands on: each can be struck. */
  uses: z.array(z.string()),
});
export type Plan = z.infer<typeof Plan>;

/** What a player says when decoding failed; an error of the network is none. */
export const PlaybackFailure = z.object({
  part: z.enum(["container", "video", "audio", "unknown"]),
  message: z.string().max(500),
});
export type PlaybackFailure = z.infer<typeof PlaybackFailure>;

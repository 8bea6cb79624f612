import type { AudioTrack, MediaFacts, SubtitleTrack, VideoTrack } from "#apps/media/probe";
import { type Plan, Plan as PlanSchema } from "#contract/apps/media/decide";
import type { Decision, Load, PlaybackPolicy, PlayedMedia } from "./types.ts";

const named = { language: null, title: null, isDefault: false, isForced: false };

/** An ordinary film: H.264 of 1080 lines with AAC in MP4. */
export function picture(more: Partial<VideoTrack> = {}): VideoTrack {
  return {
    ...named,
    index: 0,
    codec: "h264",
    profile: "High",
    level: 40,
    codecString: "avc1.640028",
    width: 1920,
    height: 1080,
    rotation: 0,
    pixelAspect: [1, 1],
    frameRate: [24, 1],
    isInterlaced: false,
    pixelFormat: "yuv420p",
    bitDepth: 8,
    range: "sdr",
    dolbyProfile: null,
    bitsPerSecond: 8_000_000,
    ...more,
  };
}

export function sound(more: Partial<AudioTrack> = {}): AudioTrack {
  const usual = { codec: "aac", profile: "LC", codecString: "mp4a.40.2", channels: 2, layout: "stereo" };
  return {
    ...named,
    ...usual,
    index: 1,
    samplesPerSecond: 48_000,
    bitsPerSecond: 160_000,
    isCommentary: false,
    ...more,
  };
}

export function subtitle(more: Partial<SubtitleTrack> = {}): SubtitleTrack {
  return { ...named, index: 5, codec: "subrip", form: "text", isHearingImpaired: false, ...more };
}

export function media(more: Partial<MediaFacts> = {}, rest: Partial<PlayedMedia> = {}): PlayedMedia {
  const facts: MediaFacts = {
    recipe: 1,
    container: "mp4",
    durationMs: 5_400_000,
    startMs: 0,
    bitsPerSecond: 8_200_000,
    video: [picture()],
    audio: [sound()],
    subtitles: [],
    chapters: [],
    covers: [],
    fonts: [],
    tags: {},
    picture: null,
    ...more,
  };
  return { facts, sizeBytes: 5_500_000_000, keyframes: "known", ...rest };
}

export const anything: PlaybackPolicy = {
  maxHeight: null,
  maxBitsPerSecond: null,
  allowsTranscoding: true,
  audioIndex: null,
  subtitleIndex: null,
  languages: [],
  rung: null,
  strikes: [],
};
export const idle: Load = {
  softwareFactor: { 720: 6, 1080: 2.5 },
  cores: 4,
  hardware: null,
  usedShare: 0,
  freeMemoryBytes: 4 * 2 ** 30,
  temperatureCelsius: 50,
  maxTemperatureCelsius: 85,
};

/** The plan; a refusal is a failure of the test. */
export function plan(decision: Decision): Plan {
  if (decision.kind === "refusal") throw new Error(decision.text);
  return PlanSchema.parse(decision);
}

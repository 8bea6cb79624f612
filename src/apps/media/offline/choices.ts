import { decide, type Load, type PlaybackPolicy } from "#apps/media/decide";
import type { Item } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import type { AudioRendition, ClientCapabilities, Rung } from "#contract/apps/media/decide";

/** What a person may have sent; null is no limit. */
export interface SentLimits {
  readonly maxHeight: number | null;
  readonly maxBitsPerSecond: number | null;
}

/** All that the bytes of a copy depend on beside the content. */
export interface CopyRecipe {
  /** Raised when copies are made in another way. */
  readonly version: number;
  readonly rung: Rung;
  readonly audio: AudioRendition | null;
}

export interface Choices {
  /** The best first. */
  readonly recipes: readonly CopyRecipe[];
  /** Why there are none. */
  readonly reason: string | null;
  /** The file itself is within the limits. */
  readonly allowsOriginal: boolean;
}

const recipeVersion = 1;
const unlimited = Number.MAX_SAFE_INTEGER;
/** A copy has all night. */
const patient: Load = {
  softwareFactor: {},
  cores: unlimited,
  hardware: null,
  usedShare: 0,
  freeMemoryBytes: unlimited,
  temperatureCelsius: null,
  maxTemperatureCelsius: null,
};
/** Players of files of the last ten years; nothing is copied, so that every copy is H.264 with AAC in stereo. */
const anyPlayer: ClientCapabilities = {
  name: "an offline copy",
  containers: [],
  video: [
    {
      ...{ codec: "h264", ways: ["hls"], maxWidth: 3840, maxHeight: 2160, maxFramesPerSecond: 60, maxBitDepth: 8 },
      ...{ maxBitsPerSecond: null, maxLevel: null },
    },
  ],
  audio: [],
  hdr: [],
  subtitles: { text: true, styled: false, image: false, embedded: false },
  switchesAudioInFile: false,
  deinterlaces: false,
  maxChannels: 2,
  maxHeight: null,
  bitsPerSecond: null,
};

/** The rungs that `decide` has for a file, with one sound track, within what somebody may have sent. */
export function choicesFor(
  item: Pick<Item, "sizeBytes">,
  facts: MediaFacts,
  limits: SentLimits | undefined,
  options: { readonly audioIndex: number | null; readonly allowsTranscoding: boolean },
): Choices {
  const policy: PlaybackPolicy = {
    maxHeight: limits?.maxHeight ?? null,
    maxBitsPerSecond: limits?.maxBitsPerSecond ?? null,
    ...{ ...options, subtitleIndex: null, languages: [], rung: null, strikes: [] },
  };
  const media = { facts, sizeBytes: item.sizeBytes, keyframes: "unknown" } as const;
  const original = decide(media, { ...anyPlayer, ...opensAll(facts) }, policy, patient);
  const allowsOriginal = original.kind === "plan" && original.method === "direct";
  const plan = decide(media, anyPlayer, policy, patient);
  if (facts.video.length === 0) return { recipes: [], reason: "There is no picture in this file.", allowsOriginal };
  if (plan.kind === "refusal") return { recipes: [], reason: plan.text, allowsOriginal };
  const audio = plan.audio.find(({ isDefault }) => isDefault) ?? null;
  const made = plan.rungs.filter(({ encoder }) => encoder !== "copy");
  return { recipes: made.map((rung) => ({ version: recipeVersion, rung, audio })), reason: null, allowsOriginal };
}

/** Limits alone then stand against the file as it is. */
function opensAll(facts: MediaFacts): Partial<ClientCapabilities> {
  const huge = { maxWidth: 65_536, maxHeight: 65_536, maxFramesPerSecond: 1000, maxBitDepth: 16 };
  const ways = ["file" as const];
  return {
    containers: ["*"],
    video: facts.video.map(({ codec }) => ({ codec, ways, ...huge, maxBitsPerSecond: null, maxLevel: null })),
    audio: facts.audio.map(({ codec }) => ({ codec, ways, maxChannels: 64 })),
    hdr: ["hdr10", "hlg", "dolby-vision"],
    switchesAudioInFile: true,
    deinterlaces: true,
  };
}

/** Bytes that a copy will about have. */
export function estimatedBytes({ rung, audio }: CopyRecipe, durationMs: number | null): number {
  return Math.round(((rung.bitsPerSecond + (audio?.bitsPerSecond ?? 0)) * (durationMs ?? 0)) / 8000);
}

/**
 * Under which a copy is shared: the same for the same bytes. The key of a content is read from parts of a file: of whoever made a file that
 * has these parts, and had its hash taken with the upload, nobody gets anything, and they get nothing of others.
 */
export function copyKey(contentKey: string, sha1: string | null, recipe: CopyRecipe): string {
  const text = `${contentKey} ${sha1 ?? ""} ${JSON.stringify(recipe)}`;
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

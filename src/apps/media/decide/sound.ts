import type { AudioTrack, MediaFacts } from "#apps/media/probe";
import type { AudioRendition, ClientCapabilities, Reason } from "#contract/apps/media/decide";
import { codecName } from "./names.ts";
import type { Way } from "./picture.ts";
import { strikeKeys } from "./strikes.ts";
import type { PlaybackPolicy } from "./types.ts";

/** Sound is made anew when copying it would take more than this part of what may be sent. */
const soundPart = 0.25;
const bitsOfStereo = 160_000;
const bitsOfNarrowStereo = 96_000;
const bitsOfSurround = 384_000;
/** Below this the picture needs every bit. */
const narrowBitsPerSecond = 1_500_000;
/** Of a track that does not say. */
const assumedBitsPerChannel = 96_000;

/** The track that sounds when the person has not chosen one: their language first, then what the file says. */
export function wantedTrack({ audio }: MediaFacts, policy: PlaybackPolicy): AudioTrack | undefined {
  const chosen = audio.find(({ index }) => index === policy.audioIndex);
  if (chosen !== undefined) return chosen;
  const plain = audio.filter(({ isCommentary }) => !isCommentary);
  const candidates = plain.length > 0 ? plain : audio;
  for (const language of policy.languages) {
    const spoken = candidates.filter((track) => track.language !== null && sameLanguage(track.language, language));
    const best = spoken.find(({ isDefault }) => isDefault) ?? spoken[0];
    if (best !== undefined) return best;
  }
  return candidates.find(({ isDefault }) => isDefault) ?? candidates[0];
}

/** Why the client cannot sound this track as it is, by this way; empty when it can. */
export function againstSound(
  track: AudioTrack,
  way: Way,
  client: ClientCapabilities,
  strikes: ReadonlySet<string>,
): Reason[] {
  if (strikes.has(strikeKeys.sound(way, track))) {
    const text = `${client.name} reported that it could not play ${codecName(track.codec)} sound`;
    return [{ code: "reported-as-unplayable", text }];
  }
  const known = client.audio.filter(({ codec, ways }) => codec === track.codec && ways.includes(way));
  if (known.length === 0) {
    return [{ code: "audio-codec-not-supported", text: `${client.name} cannot play ${codecName(track.codec)} sound` }];
  }
  if (known.some(({ maxChannels }) => maxChannels >= track.channels)) return [];
  const text = `${client.name} cannot play ${codecName(track.codec)} sound of ${track.channels} channels`;
  return [{ code: "audio-channels-not-supported", text }];
}

export function bitsOfTrack({ bitsPerSecond, channels }: AudioTrack): number {
  return Math.max(1, Math.round(bitsPerSecond ?? channels * assumedBitsPerChannel));
}

export function directRendition(track: AudioTrack): AudioRendition {
  return {
    id: `a${track.index}-original`,
    index: track.index,
    action: "direct",
    codec: track.codec,
    channels: Math.max(1, track.channels),
    bitsPerSecond: bitsOfTrack(track),
    isDefault: true,
  };
}

interface SoundOptions {
  readonly client: ClientCapabilities;
  readonly strikes: ReadonlySet<string>;
  /** For picture and sound together; null: no limit. */
  readonly limitBitsPerSecond: number | null;
  readonly wanted: AudioTrack | undefined;
  /** Without, what cannot be copied is left out. */
  readonly allowsTranscoding: boolean;
}

/** One rendition of every track: copied where the client can play it and the way carries it, else AAC. */
export function renditions(tracks: readonly AudioTrack[], options: SoundOptions): AudioRendition[] {
  return tracks.flatMap((track): AudioRendition[] => {
    const { client, strikes, limitBitsPerSecond: limit, allowsTranscoding } = options;
    const isDefault = track === options.wanted;
    const { index } = track;
    const isCarried = limit === null || bitsOfTrack(track) <= limit * soundPart;
    if (isCarried && againstSound(track, "hls", client, strikes).length === 0) {
      return [{ ...directRendition(track), action: "copy", isDefault }];
    }
    if (!allowsTranscoding) return [];
    const surround = client.audio.some(({ codec, ways, maxChannels }) => {
      return codec === "aac" && ways.includes("hls") && maxChannels >= 6;
    });
    const isNarrow = limit !== null && limit < narrowBitsPerSecond;
    const keepsSurround =
      track.channels >= 6 &&
      surround &&
      client.maxChannels >= 6 &&
      !strikes.has(strikeKeys.surround) &&
      (limit === null || bitsOfSurround <= limit * soundPart);
    const made = keepsSurround
      ? { id: `a${index}-aac6`, channels: 6, bitsPerSecond: bitsOfSurround }
      : { id: `a${index}-aac2`, channels: 2, bitsPerSecond: isNarrow ? bitsOfNarrowStereo : bitsOfStereo };
    return [{ ...made, index, action: "transcode", codec: "aac", isDefault }];
  });
}

const longNames: Readonly<Record<string, string>> = {
  eng: "en",
  ger: "de",
  deu: "de",
  fre: "fr",
  fra: "fr",
  spa: "es",
  ita: "it",
  jpn: "ja",
  por: "pt",
  dut: "nl",
  nld: "nl",
  rus: "ru",
  pol: "pl",
  swe: "sv",
  dan: "da",
  nor: "no",
  fin: "fi",
  tur: "tr",
  chi: "zh",
  zho: "zh",
  kor: "ko",
  ces: "cs",
  cze: "cs",
  hun: "hu",
  ukr: "uk",
  gre: "el",
  ell: "el",
};

/** `ger`, `deu`, `de` and `de-AT` are one. */
function sameLanguage(a: string, b: string): boolean {
  return shortLanguage(a) === shortLanguage(b);
}

function shortLanguage(language: string): string {
  const head = language.toLowerCase().split("-")[0] ?? "";
  return longNames[head] ?? head;
}

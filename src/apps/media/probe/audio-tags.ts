import type { IAudioMetadata, ICommonTagsResult, ILyricsTag, IRatio } from "music-metadata";
import type { AudioReading } from "./audio-protocol.ts";
import { boundedTags, cleanText } from "./tags.ts";
import type { Chapter } from "./types.ts";

/** What music-metadata found, in our words. */
export function tagsAndMoreOf(metadata: IAudioMetadata): Pick<AudioReading, "tags" | "chapters" | "coverCount"> {
  return {
    tags: boundedTags(namedTags(metadata.common)),
    chapters: chaptersOf(metadata),
    coverCount: metadata.common.picture?.length ?? 0,
  };
}

type Entry = readonly [string, string];

const numbered: Readonly<Record<string, readonly [string, string]>> = {
  track: ["tracknumber", "tracktotal"],
  disk: ["discnumber", "disctotal"],
  movementIndex: ["movement", "movementtotal"],
};

/** By the names that MusicBrainz Picard writes into Vorbis comments, as far as there is one. */
function namedTags(common: ICommonTagsResult): Entry[] {
  return Object.entries(common).flatMap(([name, value]: [string, unknown]): Entry[] => {
    const pair = numbered[name];
    if (pair !== undefined) {
      const { no, of } = value as ICommonTagsResult["track"];
      return [...valueEntries(pair[0], no), ...valueEntries(pair[1], of)];
    }
    if (name === "picture") return [];
    if (name === "lyrics") return (value as ILyricsTag[]).flatMap(lyricsEntries);
    return valueEntries(name, value);
  });
}

function valueEntries(name: string, value: unknown): Entry[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => valueEntries(name, one));
  if (typeof value === "string") return [[name, value]];
  if (typeof value === "number") return Number.isFinite(value) ? [[name, String(value)]] : [];
  if (typeof value === "boolean") return value ? [[name, "1"]] : [];
  if (typeof value !== "object" || value === null) return [];
  if ("dB" in value && "ratio" in value) return gainEntries(name, value as IRatio);
  if ("text" in value && typeof value.text === "string") return [[name, value.text]];
  return "rating" in value && typeof value.rating === "number" ? [[name, String(value.rating)]] : [];
}

/** As ReplayGain writes them: gain in decibels, peak as a share of full scale. */
function gainEntries(name: string, { dB, ratio }: IRatio): Entry[] {
  const value = name.endsWith("_peak") ? ratio : dB;
  if (!Number.isFinite(value)) return [];
  return [[name, name.endsWith("_peak") ? value.toFixed(6) : `${value.toFixed(2)} dB`]];
}

/** Plain ones as `lyrics`, timed ones as LRC in `syncedlyrics`. */
/** Whatever its types say, plain ones come without lines. */
function lyricsEntries({ text, syncText = [], timeStampFormat }: Partial<ILyricsTag>): Entry[] {
  // 2: milliseconds (ID3v2); 1 counts frames, which nobody can place in time.
  const isTimed =
    syncText.length > 0 && timeStampFormat === 2 && syncText.some(({ timestamp }) => (timestamp ?? 0) > 0);
  if (!isTimed) return [["lyrics", text ?? syncText.map((line) => line.text).join("\n")]];
  const lines = syncText.map(({ timestamp = 0, text: line }) => `${lrcTime(timestamp)}${cleanText(line)}`);
  return [["syncedlyrics", lines.join("\n")]];
}

/** `[mm:ss.cc]`. */
function lrcTime(milliseconds: number): string {
  const hundredths = Math.max(0, Math.round(milliseconds / 10));
  const two = (value: number) => String(value).padStart(2, "0");
  return `[${two(Math.floor(hundredths / 6000))}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}]`;
}

function chaptersOf({ format }: IAudioMetadata): Chapter[] {
  const all = format.chapters ?? [];
  return all.slice(0, 1000).map(({ title, start, end, timeScale = 1000 }, index) => {
    const endMs = end ?? all[index + 1]?.start ?? (format.duration ?? 0) * timeScale;
    return {
      startMs: Math.round((start / timeScale) * 1000),
      endMs: Math.round((endMs / timeScale) * 1000),
      title: cleanText(title ?? "").slice(0, 500) || null,
    };
  });
}

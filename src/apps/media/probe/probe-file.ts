import { fstatSync } from "node:fs";
import type { ItemKind } from "#apps/media/library";
import type { Exec } from "#platform/exec";
import type { AudioReading } from "./audio-protocol.ts";
import type { AudioReader } from "./audio-thread.ts";
import { Broken } from "./broken.ts";
import { type ContainerReader, isTabled } from "./container-thread.ts";
import { containerOf, factsOfProbe, recipe } from "./facts.ts";
import { askFfprobe, bytesOfDump, configurations, everything, type RawProbe, type ToolOptions } from "./ffprobe.ts";
import { pictureFacts } from "./picture.ts";
import type { MediaFacts } from "./types.ts";

export interface ProbeDeps {
  readonly exec: Exec;
  readonly audio: AudioReader;
  readonly containers: ContainerReader;
}

export interface FileToProbe {
  /** Open for reading; stays the caller's. */
  readonly fd: number;
  readonly sizeBytes: number;
  /** With its ending, which is a hint only. */
  readonly name: string;
  readonly kind: Exclude<ItemKind, "sidecar">;
}

/** What is inside a file. Throws Broken with a sentence for a person when no program here can read it. */
export async function probeFile(deps: ProbeDeps, file: FileToProbe, options: ToolOptions = {}): Promise<MediaFacts> {
  if (!fstatSync(file.fd).isFile()) throw new Broken("This is no file with content.");
  if (file.sizeBytes === 0) throw new Broken("The file is empty.");
  switch (file.kind) {
    case "image":
      return pictureFacts(deps.exec, file, options);
    case "audio":
      return probeAudio(deps, file, options);
    case "video":
      return probeVideo(deps, file, options);
  }
}

/** Of a film: from its own tables where they are plain, which takes a hundredth of ffprobe's time. */
async function probeVideo(deps: ProbeDeps, file: FileToProbe, options: ToolOptions): Promise<MediaFacts> {
  const { fd, sizeBytes } = file;
  const known = await deps.containers.raw({ fd, sizeBytes });
  return known === undefined ? askAll(deps, file, options) : factsOfProbe(known.raw, known.configurations);
}

async function askAll(deps: ProbeDeps, file: FileToProbe, options: ToolOptions): Promise<MediaFacts> {
  const raw = await askFfprobe(deps.exec, file.fd, everything, options);
  return factsOfProbe(raw, await configurationsFor(deps, file, raw, options));
}

/** Codecs whose names are in their configuration. */
const configured = new Set(["h264", "hevc", "av1", "mpeg4"]);

async function configurationsFor(
  { exec, containers }: ProbeDeps,
  { fd, sizeBytes }: FileToProbe,
  { streams = [], format }: RawProbe,
  options: ToolOptions,
): Promise<ReadonlyMap<number, Uint8Array>> {
  if (!streams.some(({ codec_type, codec_name = "" }) => codec_type === "video" && configured.has(codec_name))) {
    return new Map();
  }
  const container = containerOf(format?.format_name);
  const quick = isTabled(container) ? await containers.configurations({ fd, sizeBytes, container }) : undefined;
  if (quick !== undefined && quick.size > 0) return quick;
  const more = await askFfprobe(exec, fd, configurations, options);
  const dumps = new Map<number, Uint8Array>();
  for (const { index, extradata } of more.streams ?? []) {
    const bytes = bytesOfDump(extradata);
    if (index !== undefined && bytes !== null) dumps.set(index, bytes);
  }
  return dumps;
}

async function probeAudio(deps: ProbeDeps, file: FileToProbe, options: ToolOptions): Promise<MediaFacts> {
  const { fd, sizeBytes, name } = file;
  const reading = await deps.audio.read({ fd, sizeBytes, name });
  if (reading?.sound != null) return soundFacts(reading);
  const known = reading?.container;
  const facts = known == null ? await askAll(deps, file, options) : factsOfProbe(known.raw, known.configurations);
  if (reading === null) return facts;
  return {
    ...facts,
    tags: { ...facts.tags, ...reading.tags },
    chapters: facts.chapters.length > 0 ? facts.chapters : reading.chapters,
  };
}

/** Of a file that the quick reader knows by itself. */
function soundFacts({ tags, chapters, coverCount, sound }: AudioReading): MediaFacts {
  if (sound === null) throw new Broken("There is no sound in this file.");
  const { codec, channels, samplesPerSecond, bitsPerSecond, bitDepth } = sound;
  const names: Readonly<Record<string, string>> = { mp3: samplesPerSecond < 32_000 ? "mp4a.69" : "mp4a.6B" };
  return {
    recipe,
    container: sound.container,
    durationMs: sound.durationMs,
    startMs: 0,
    bitsPerSecond,
    video: [],
    audio: [
      {
        ...{ index: 0, codec, language: null, title: null, isDefault: true, isForced: false, profile: null },
        codecString: names[codec] ?? (codec.startsWith("pcm_") ? null : codec),
        ...{ channels, layout: channels === 1 ? "mono" : channels === 2 ? "stereo" : null },
        ...{ samplesPerSecond, bitsPerSecond, bitDepth, isCommentary: false },
      },
    ],
    subtitles: [],
    chapters,
    covers: Array.from({ length: coverCount }, (_, index) => ({ index: index + 1, codec: "" })),
    fonts: [],
    tags,
    picture: null,
  };
}

import type { Exec } from "#platform/exec";
import { pathForChild } from "#platform/ffmpeg";
import { Broken } from "./broken.ts";
import { recipe } from "./facts.ts";
import { askFfprobe, everything, type ToolOptions } from "./ffprobe.ts";
import type { MediaFacts, PictureFacts } from "./types.ts";

const maxSide = 100_000;

/** Size and orientation of a still picture, from its head. Throws Broken when neither program can read it. */
export async function pictureFacts(
  exec: Exec,
  { fd }: { readonly fd: number },
  options: ToolOptions,
): Promise<MediaFacts> {
  const { container, picture } = (await bySharp(fd)) ?? (await byFfprobe(exec, fd, options));
  if (picture.width > maxSide || picture.height > maxSide) {
    throw new Broken(`The picture claims to be ${picture.width} × ${picture.height} pixels.`);
  }
  return {
    ...{ recipe, container, durationMs: null, startMs: 0, bitsPerSecond: null },
    ...{ video: [], audio: [], subtitles: [], chapters: [], covers: [], fonts: [], tags: {} },
    picture,
  };
}

interface Header {
  readonly container: string;
  readonly picture: PictureFacts;
}

async function bySharp(fd: number): Promise<Header | undefined> {
  const { default: sharp } = await import("sharp");
  try {
    const { format, width, height, orientation = 1, compression } = await sharp(pathForChild(fd)).metadata();
    const container = format === "heif" ? (compression === "av1" ? "avif" : "heic") : format;
    return {
      container,
      picture: { width, height, orientation: orientation >= 1 && orientation <= 8 ? orientation : 1 },
    };
  } catch {
    return undefined;
  }
}

async function byFfprobe(exec: Exec, fd: number, options: ToolOptions): Promise<Header> {
  const { streams = [], format } = await askFfprobe(exec, fd, everything, options);
  const { width = 0, height = 0 } = streams.find(({ codec_type }) => codec_type === "video") ?? {};
  if (width < 1 || height < 1) throw new Broken("This is no picture that can be read, or it is damaged.");
  const container = (format?.format_name ?? "").split(",")[0] ?? "";
  return { container: container.replace(/_pipe$/, ""), picture: { width, height, orientation: 1 } };
}

import { readFileSync } from "node:fs";
import type Sharp from "sharp";

const maxPixels = 200_000_000;
const timeoutSeconds = 15;
const webp = { quality: 76, effort: 2 };
const maxSvgBytes = 16 * 1024 * 1024;

let loaded: Promise<typeof Sharp> | undefined;

/** The image library costs 30 MB of memory: it comes with the first picture. */
function loadSharp(): Promise<typeof Sharp> {
  loaded ??= import("sharp").then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    // A drawing opened by path could draw in neighbouring files: it is read from memory only, whatever its name says.
    sharp.block({ operation: ["VipsForeignLoadSvgFile"] });
    return sharp;
  });
  return loaded;
}

/** WebP that fits into a square of `size` pixels, upright as EXIF says, in sRGB, without metadata. Throws when it is no picture. */
export async function renderImage(input: string | Uint8Array, size: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(input, { failOn: "none", limitInputPixels: maxPixels, sequentialRead: true })
    .timeout({ seconds: timeoutSeconds })
    .autoOrient()
    .resize(size, size, { fit: "inside", withoutEnlargement: true })
    .webp(webp)
    .toBuffer();
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Upright, as EXIF says. Throws when it is no picture. */
export async function measureImage(input: string | Uint8Array): Promise<ImageSize> {
  const sharp = await loadSharp();
  const { autoOrient } = await sharp(input, { failOn: "none", limitInputPixels: maxPixels }).metadata();
  return { width: autoOrient.width, height: autoOrient.height };
}

/** A picture in few pixels, for placeholders and for finding what looks the same. */
export interface Sample extends ImageSize {
  /** Red, green, blue and alpha (always 255), at most 100 pixels on the long side. */
  readonly rgba: Uint8Array;
  /** 9 × 8 pixels of grey, whatever the shape of the picture. */
  readonly grey: Uint8Array;
}

export async function sampleImage(input: Uint8Array): Promise<Sample> {
  const sharp = await loadSharp();
  const flat = sharp(input).flatten({ background: "#ffffff" });
  const small = flat.clone().resize(100, 100, { fit: "inside" }).ensureAlpha().raw();
  const grey = flat.clone().greyscale().resize(9, 8, { fit: "fill" }).extractChannel(0).raw();
  const [{ data, info }, cells] = await Promise.all([small.toBuffer({ resolveWithObject: true }), grey.toBuffer()]);
  return { rgba: new Uint8Array(data), width: info.width, height: info.height, grey: new Uint8Array(cells) };
}

let p3: Promise<Uint8Array> | undefined;

/** The colour profile Display P3, of those that the image library brings. */
export function displayP3Profile(): Promise<Uint8Array> {
  p3 ??= loadSharp().then(async (sharp) => {
    const dot = sharp({ create: { width: 1, height: 1, channels: 3, background: "#000000" } });
    const { icc } = await sharp(await dot.withIccProfile("p3").png().toBuffer()).metadata();
    if (icc === undefined) throw new Error("there is no profile of Display P3");
    return new Uint8Array(icc);
  });
  return p3;
}

/** What `renderImage` reads: the open file by path, but a drawing by its bytes. Throws when that is too large. */
export function imageInput(
  file: { readonly fdPath: string; readonly sizeBytes: number },
  mime: string,
): string | Uint8Array {
  if (!mime.startsWith("image/svg")) return file.fdPath;
  if (file.sizeBytes > maxSvgBytes) throw new Error("the drawing is too large");
  return readFileSync(file.fdPath);
}

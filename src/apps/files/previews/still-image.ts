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

/** What `renderImage` reads: the open file by path, but a drawing by its bytes. Throws when that is too large. */
export function imageInput(
  file: { readonly fdPath: string; readonly sizeBytes: number },
  mime: string,
): string | Uint8Array {
  if (!mime.startsWith("image/svg")) return file.fdPath;
  if (file.sizeBytes > maxSvgBytes) throw new Error("the drawing is too large");
  return readFileSync(file.fdPath);
}

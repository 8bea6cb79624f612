import { createThread } from "#platform/thread";
import { displayP3Profile } from "./still-image.ts";
import { tiffOf } from "./tiff.ts";

/** A decoded picture, upright: red, green and blue, eight bits each. */
export interface Bitmap {
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly icc: Uint8Array | null;
  /** Without a profile: ISO/IEC 23091-2, 1 is sRGB's, 12 is Display P3's. */
  readonly primaries: number;
}

interface HeicFile {
  readonly fd: number;
  readonly sizeBytes: number;
}

export type HeicCalls = {
  /** Upright. */
  size(file: HeicFile): { width: number; height: number };
  /** At least so large on the long side, unless the picture is smaller. */
  decode(input: HeicFile & { readonly targetPixels: number }): Bitmap;
};

export interface Heic {
  size(file: HeicFile): Promise<{ width: number; height: number }>;
  /** The picture as TIFF with its colour profile, for the image library. */
  render(file: HeicFile, targetPixels: number): Promise<Uint8Array>;
  stop(): Promise<void>;
}

const timeoutMs = 20_000;
/** What a large picture took is given back soon: the memory of WebAssembly never shrinks. */
const idleMs = 10_000;
const displayP3 = 12;

/** HEVC pictures, by libheif as WebAssembly on a thread of its own. */
export function createHeic(): Heic {
  const thread = createThread<HeicCalls>({
    name: "HEIC pictures",
    url: new URL("./heic-worker.ts", import.meta.url),
    timeoutMs,
    idleMs,
  });
  return {
    size: ({ fd, sizeBytes }) => thread.call("size", { fd, sizeBytes }),
    render: async ({ fd, sizeBytes }, targetPixels) => {
      const bitmap = await thread.call("decode", { fd, sizeBytes, targetPixels });
      const icc = bitmap.icc ?? (bitmap.primaries === displayP3 ? await displayP3Profile() : null);
      return tiffOf(bitmap, icc);
    },
    stop: thread.stop,
  };
}

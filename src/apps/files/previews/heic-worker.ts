import { readSync } from "node:fs";
import { setPriority } from "node:os";
import { createRequire } from "node:module";
import { serve } from "#platform/thread";
import type { Bitmap, HeicCalls } from "./heic.ts";
import { shrink } from "./shrink.ts";

/** Decodes HEIC that somebody made, maybe to do harm: on a thread that is ended when it takes too long, and whose memory goes with it. */
const niceness = 10;
const maxFileBytes = 128 * 2 ** 20;
const maxPixels = 120_000_000;
/** Of libheif: `heif_colorspace_RGB`, `heif_chroma_interleaved_RGB`, `heif_channel_interleaved`. */
const rgb = { colorspace: 1, chroma: 10, channel: 10 };
const errorBytes = 12;
const maxThumbnails = 8;
setPriority(niceness);

/** The part of libheif's C interface that is used; a function that answers an error takes the place for it first. */
interface Heif {
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  UTF8ToString?(at: number): string;
  _malloc(bytes: number): number;
  _free(at: number): void;
  _heif_context_alloc(): number;
  _heif_context_free(context: number): void;
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    at: number,
    bytes: number,
    options: number,
  ): void;
  _heif_context_get_primary_image_handle(error: number, context: number, out: number): void;
  _heif_image_handle_get_width(handle: number): number;
  _heif_image_handle_get_height(handle: number): number;
  _heif_image_handle_get_list_of_thumbnail_IDs(handle: number, ids: number, count: number): number;
  _heif_image_handle_get_thumbnail(error: number, handle: number, id: number, out: number): void;
  _heif_image_handle_get_raw_color_profile_size(handle: number): number;
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, out: number): void;
  _heif_image_handle_get_nclx_color_profile(error: number, handle: number, out: number): void;
  _heif_nclx_color_profile_free(profile: number): void;
  _heif_image_handle_release(handle: number): void;
  _heif_decode_image(
    error: number,
    handle: number,
    out: number,
    colorspace: number,
    chroma: number,
    options: number,
  ): void;
  _heif_image_get_plane_readonly(image: number, channel: number, stride: number): number;
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_release(image: number): void;
}

let loaded: Heif | undefined;
function load(): Heif {
  loaded ??= createRequire(import.meta.url)("libheif-js/wasm-bundle") as Heif;
  return loaded;
}

serve<HeicCalls>({
  size: (file) => withPrimary(file, (heif, handle) => sizeOf(heif, handle)),
  decode: ({ targetPixels, ...file }) =>
    withPrimary(file, (heif, handle) => {
      const thumbnail = smallestAbove(heif, handle, targetPixels);
      try {
        return { ...decoded(heif, thumbnail ?? handle, targetPixels), ...profileOf(heif, handle) };
      } finally {
        if (thumbnail !== undefined) heif._heif_image_handle_release(thumbnail);
      }
    }),
});

/** Runs with the picture that the file is about; everything is freed afterwards. */
function withPrimary<T>(file: { fd: number; sizeBytes: number }, work: (heif: Heif, handle: number) => T): T {
  if (file.sizeBytes > maxFileBytes) throw new Error("the file is too large");
  const heif = load();
  const at = heif._malloc(file.sizeBytes);
  const context = heif._heif_context_alloc();
  try {
    fill(heif.HEAPU8.subarray(at, at + file.sizeBytes), file.fd);
    checked(heif, (error) => heif._heif_context_read_from_memory_without_copy(error, context, at, file.sizeBytes, 0));
    const handle = pointerOf(heif, (error, out) => heif._heif_context_get_primary_image_handle(error, context, out));
    try {
      return work(heif, handle);
    } finally {
      heif._heif_image_handle_release(handle);
    }
  } finally {
    heif._heif_context_free(context);
    heif._free(at);
  }
}

function fill(target: Uint8Array, fd: number): void {
  let at = 0;
  for (let count = 1; at < target.length && count > 0; at += count) {
    count = readSync(fd, target, at, target.length - at, at);
  }
}

/** Runs a function of libheif; throws what it says when it fails. */
function checked(heif: Heif, run: (error: number) => void): void {
  const error = heif._malloc(errorBytes);
  try {
    run(error);
    const code = heif.HEAP32[error >> 2] ?? 0;
    if (code !== 0) throw new Error(`libheif: error ${code}.${heif.HEAP32[(error >> 2) + 1] ?? 0}`);
  } finally {
    heif._free(error);
  }
}

function pointerOf(heif: Heif, run: (error: number, out: number) => void): number {
  const out = heif._malloc(4);
  try {
    checked(heif, (error) => run(error, out));
    return heif.HEAP32[out >> 2] ?? 0;
  } finally {
    heif._free(out);
  }
}

function sizeOf(heif: Heif, handle: number): { width: number; height: number } {
  const width = heif._heif_image_handle_get_width(handle);
  const height = heif._heif_image_handle_get_height(handle);
  if (width * height > maxPixels) throw new Error("the picture is too large");
  return { width, height };
}

/** A small picture that the camera has put beside the large one, if it is large enough for what is wanted. */
function smallestAbove(heif: Heif, handle: number, targetPixels: number): number | undefined {
  const ids = heif._malloc(4 * maxThumbnails);
  try {
    const count = heif._heif_image_handle_get_list_of_thumbnail_IDs(handle, ids, maxThumbnails);
    for (let index = 0; index < Math.min(count, maxThumbnails); index += 1) {
      const id = heif.HEAP32[(ids >> 2) + index] ?? 0;
      const thumbnail = pointerOf(heif, (error, out) => heif._heif_image_handle_get_thumbnail(error, handle, id, out));
      const { width, height } = sizeOf(heif, thumbnail);
      if (Math.max(width, height) >= targetPixels) return thumbnail;
      heif._heif_image_handle_release(thumbnail);
    }
    return undefined;
  } finally {
    heif._free(ids);
  }
}

function decoded(heif: Heif, handle: number, targetPixels: number): Omit<Bitmap, "icc" | "primaries"> {
  sizeOf(heif, handle);
  const image = pointerOf(heif, (error, out) =>
    heif._heif_decode_image(error, handle, out, rgb.colorspace, rgb.chroma, 0),
  );
  const strideAt = heif._malloc(4);
  try {
    const at = heif._heif_image_get_plane_readonly(image, rgb.channel, strideAt);
    const width = heif._heif_image_get_width(image, rgb.channel);
    const height = heif._heif_image_get_height(image, rgb.channel);
    const stride = heif.HEAP32[strideAt >> 2] ?? 0;
    if (at === 0 || stride < width * 3) throw new Error("libheif gave no picture");
    const rows = heif.HEAPU8.subarray(at, at + stride * height);
    return shrink({ rows, width, height, stride }, targetPixels);
  } finally {
    heif._free(strideAt);
    heif._heif_image_release(image);
  }
}

/** The colours of the picture: a profile as bytes, or primaries by their number in ISO/IEC 23091-2. */
function profileOf(heif: Heif, handle: number): Pick<Bitmap, "icc" | "primaries"> {
  const sizeBytes = heif._heif_image_handle_get_raw_color_profile_size(handle);
  if (sizeBytes > 0 && sizeBytes < 2 ** 20) {
    const at = heif._malloc(sizeBytes);
    try {
      checked(heif, (error) => heif._heif_image_handle_get_raw_color_profile(error, handle, at));
      return { icc: heif.HEAPU8.slice(at, at + sizeBytes), primaries: 1 };
    } finally {
      heif._free(at);
    }
  }
  try {
    const profile = pointerOf(heif, (error, out) => heif._heif_image_handle_get_nclx_color_profile(error, handle, out));
    // struct heif_color_profile_nclx: version (8 bits), then an enum of the primaries.
    const primaries = heif.HEAP32[(profile >> 2) + 1] ?? 1;
    heif._heif_nclx_color_profile_free(profile);
    return { icc: null, primaries };
  } catch {
    // It says nothing of its colours.
    return { icc: null, primaries: 1 };
  }
}

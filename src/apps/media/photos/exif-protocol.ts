import type { TimeWords } from "./moment.ts";

/** What a picture's file says of itself; null: it says nothing. */
export interface PictureMeta {
  readonly times: Omit<TimeWords, "sidecar" | "utc" | "name">;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly camera: string | null;
  readonly lens: string | null;
  readonly exposureSeconds: number | null;
  readonly aperture: number | null;
  readonly iso: number | null;
  readonly focalMm: number | null;
  readonly description: string | null;
  readonly rating: number | null;
  /** Apple's name for a live photo, the same in its film. */
  readonly contentId: string | null;
  /** The film inside the file. */
  readonly motion: { readonly offset: number; readonly bytes: number } | null;
}

/** An XMP file beside a picture. */
export interface SidecarMeta {
  readonly taken: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly description: string | null;
  readonly rating: number | null;
}

export type ExifCalls = {
  read(input: { readonly fd: number; readonly sizeBytes: number; readonly name: string }): PictureMeta;
  sidecar(input: { readonly fd: number; readonly sizeBytes: number }): SidecarMeta;
  /** Placeholder and hash of a picture in few pixels: 24 bytes at most, and 8 bytes or null for one that looks like nothing. */
  hash(input: {
    readonly rgba: Uint8Array;
    readonly width: number;
    readonly height: number;
    readonly grey: Uint8Array;
  }): {
    readonly thumbhash: Uint8Array;
    readonly hash64: Uint8Array | null;
  };
  /** Name of the country at a place, in English; null at sea. */
  country(input: { readonly latitude: number; readonly longitude: number }): string | null;
};

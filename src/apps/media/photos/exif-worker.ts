import { readSync } from "node:fs";
import { setPriority } from "node:os";
import { serve } from "#platform/thread";
import { rgbaToThumbHash } from "thumbhash";
import { createCountries } from "./countries.ts";
import type { ExifCalls, SidecarMeta } from "./exif-protocol.ts";
import { metaOf, nothingSaid, sidecarOf } from "./exif-tags.ts";
import { motionIn } from "./motion.ts";
import { differenceHash } from "./difference-hash.ts";

/** Reads what strangers wrote into pictures: on a thread that is ended when it takes too long. */
const niceness = 10;
setPriority(niceness);

/** Nearly always everything that is said of a picture stands in so much of its beginning. */
const headBytes = 512 * 1024;
/** Else the whole file is read, when the format may have it anywhere. */
const maxWholeBytes = 96 * 2 ** 20;
const maxSidecarBytes = 2 ** 20;
const anywhere = /\.(?!jpe?g$|jfif$|jpe$|png$|webp$|gif$|bmp$)[a-z0-9]+$/i;

let countries: ReturnType<typeof createCountries> | undefined;

serve<ExifCalls>({
  read: async ({ fd, sizeBytes, name }) => {
    const head = read(fd, 0, Math.min(sizeBytes, headBytes));
    let meta = await metaOf(head);
    if (meta === null && sizeBytes > headBytes && sizeBytes <= maxWholeBytes && anywhere.test(name)) {
      meta = await metaOf(read(fd, 0, sizeBytes));
    }
    const { xmp, ...said } = meta ?? { ...nothingSaid, xmp: "" };
    const motion = motionIn({ head, sizeBytes, xmp, read: (at, bytes) => read(fd, at, bytes) });
    return { ...said, motion };
  },
  sidecar: async ({ fd, sizeBytes }): Promise<SidecarMeta> =>
    sidecarOf(read(fd, 0, Math.min(sizeBytes, maxSidecarBytes))),
  hash: ({ rgba, width, height, grey }) => ({
    thumbhash: rgbaToThumbHash(width, height, rgba),
    hash64: differenceHash(grey),
  }),
  country: async ({ latitude, longitude }) => {
    countries ??= createCountries();
    return (await countries)(latitude, longitude);
  },
});

function read(fd: number, from: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (let count = 1; at < length && count > 0; at += count) count = readSync(fd, bytes, at, length - at, from + at);
  return bytes.subarray(0, at);
}

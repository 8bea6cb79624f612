import { readSync } from "node:fs";

/** Ends of names of what cameras write before they make a picture of it. */
const rawName =
  /\.(3fr|arw|cr2|cr3|crw|dcr|dng|erf|iiq|kdc|mef|mos|mrw|nef|nrw|orf|pef|raf|raw|rw2|rwl|sr2|srf|srw|x3f)$/i;
const maxFileBytes = 256 * 2 ** 20;
const maxCandidates = 64;

export function isRawName(name: string): boolean {
  return rawName.test(name);
}

/**
 * The largest JPEG inside a raw file, which every camera puts there: found by its own marks, so that no format of any maker needs to be
 * known. Null when there is none.
 */
export function largestJpeg(file: { readonly fd: number; readonly sizeBytes: number }): Uint8Array | null {
  if (file.sizeBytes > maxFileBytes) return null;
  const bytes = Buffer.alloc(file.sizeBytes);
  let read = 0;
  for (let count = 1; read < bytes.length && count > 0; read += count) {
    count = readSync(file.fd, bytes, read, bytes.length - read, read);
  }
  let best: { at: number; pixels: number } | undefined;
  let at = bytes.indexOf(start);
  for (let found = 0; at !== -1 && found < maxCandidates; found += 1) {
    const pixels = pixelsOfJpeg(bytes, at);
    if (pixels > (best?.pixels ?? 0)) best = { at, pixels };
    at = bytes.indexOf(start, at + 3);
  }
  return best === undefined ? null : bytes.subarray(best.at);
}

const start = Buffer.from([0xff, 0xd8, 0xff]);
/** Baseline, extended and progressive (ITU T.81 table B.1); raw data itself is often lossless JPEG, which is none of these. */
const shown = new Set([0xc0, 0xc1, 0xc2]);
const maxSegments = 200;

/** Width × height of a JPEG that can be shown; 0 of anything else. */
function pixelsOfJpeg(bytes: Buffer, from: number): number {
  let at = from + 2;
  for (let segment = 0; segment < maxSegments && at + 9 < bytes.length && bytes[at] === 0xff; segment += 1) {
    const marker = bytes[at + 1] ?? 0;
    if (shown.has(marker)) return bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7);
    if (marker === 0xda || marker === 0xd9) return 0;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return 0;
}

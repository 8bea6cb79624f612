/** TIFF 6.0: tag, type (1 byte, 3 short, 4 long, 7 undefined), count, value or place of the values. */
type Entry = readonly [tag: number, type: number, count: number, value: number];

const headerBytes = 8;
const entryBytes = 12;

/** Pixels as an uncompressed TIFF: the plainest way to hand the image library a bitmap together with its colour profile. */
export function tiffOf(
  bitmap: { readonly rgb: Uint8Array; readonly width: number; readonly height: number },
  icc: Uint8Array | null,
): Uint8Array {
  const { rgb, width, height } = bitmap;
  const count = icc === null ? 9 : 10;
  const bitsAt = headerBytes + 2 + count * entryBytes + 4;
  const iccAt = bitsAt + 8;
  const pixelsAt = iccAt + (icc?.byteLength ?? 0) + ((icc?.byteLength ?? 0) % 2);
  const entries: Entry[] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, 3, bitsAt],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, 1, pixelsAt],
    [277, 3, 1, 3],
    [278, 4, 1, height],
    [279, 4, 1, rgb.byteLength],
    ...(icc === null ? [] : [[34_675, 7, icc.byteLength, iccAt] satisfies Entry]),
  ];
  const file = new Uint8Array(pixelsAt + rgb.byteLength);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x49_49_2a_00);
  view.setUint32(4, headerBytes, true);
  view.setUint16(headerBytes, count, true);
  let at = headerBytes + 2;
  for (const [tag, type, length, value] of entries) {
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, length, true);
    view.setUint32(at + 8, value, true);
    at += entryBytes;
  }
  for (let channel = 0; channel < 3; channel += 1) view.setUint16(bitsAt + channel * 2, 8, true);
  if (icc !== null) file.set(icc, iccAt);
  file.set(rgb, pixelsAt);
  return file;
}

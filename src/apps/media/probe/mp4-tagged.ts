import type { FileWindow } from "./file-window.ts";
import { type Box, boxesIn } from "./mp4-boxes.ts";
import { partsOf } from "./mp4-keyframes.ts";

const headBytes = 8;
/** What the tables of an hour of sound take is many times what its tags take. */
const leftOut = new Set(["trak", "free"]);

/** An mp4 file of its tags alone: brands, and the movie box without tracks. Throws Unreadable. */
export function taggedPart(file: FileWindow): Uint8Array {
  const { moov } = partsOf(file, { withFragments: false });
  const brands = Buffer.from(file.bytes(0, file.bytes(0, 4).readUInt32BE(0)));
  const kept = [...boxesIn(moov, 0, moov.length)].filter(({ type }) => !leftOut.has(type));
  const parts = kept.map((box) => withHead(moov, box));
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, headBytes));
  head.write("moov", 4);
  return Buffer.concat([brands, head, ...parts]);
}

function withHead(moov: Buffer, { type, start, end }: Box): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(end - start + headBytes);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, moov.subarray(start, end)]);
}

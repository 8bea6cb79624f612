import { crc32, deflateSync } from "node:zlib";

/** How a point of a PNG is written (PNG, section 11.2.1): in black and white, or with eight bytes. */
const forms = {
  blackAndWhite: { depth: 1, type: 0, rowBytes: (side: number) => Math.ceil(side / 8) },
  deep: { depth: 16, type: 6, rowBytes: (side: number) => side * 8 },
} as const;

/** A square PNG of nothing, of some KB whatever its size; only its first `rows` are there. */
export function emptyPng(side: number, form: keyof typeof forms, rows = side): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const { depth, type, rowBytes } = forms[form];
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, type, 0, 0, 0]);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  const points = deflateSync(new Uint8Array(rows * (1 + rowBytes(side))));
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", points), chunk("IEND", new Uint8Array())]);
}

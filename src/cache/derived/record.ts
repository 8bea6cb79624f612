import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

const magic = "HDC1";
const headBytes = 13;
const kinds = { none: 0, bytes: 1 } as const;

/** The form on disk: magic, kind, CRC-32 and length of the payload, payload. Null is "it is known that there is none". */
export function encodeRecord(value: Uint8Array | null): Uint8Array {
  const payload = value ?? new Uint8Array();
  const head = Buffer.alloc(headBytes);
  head.write(magic, "latin1");
  head.writeUInt8(value === null ? kinds.none : kinds.bytes, 4);
  head.writeUInt32LE(crc32(payload), 5);
  head.writeUInt32LE(payload.byteLength, 9);
  return Buffer.concat([head, payload]);
}

/** The value of a record, or undefined when it is cut short, altered or something else. */
export function decodeRecord(record: Uint8Array): Uint8Array | null | undefined {
  const head = Buffer.from(record.buffer, record.byteOffset, Math.min(record.byteLength, headBytes));
  if (head.length < headBytes || head.toString("latin1", 0, 4) !== magic) return undefined;
  const payload = record.subarray(headBytes);
  if (head.readUInt32LE(9) !== payload.byteLength || head.readUInt32LE(5) !== crc32(payload)) return undefined;
  const kind = head.readUInt8(4);
  if (kind === kinds.none && payload.byteLength === 0) return null;
  return kind === kinds.bytes ? payload : undefined;
}

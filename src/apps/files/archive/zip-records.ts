import { Buffer } from "node:buffer";

/** What a record of the ZIP format says of one entry (PKWARE APPNOTE 6.3.10); entries are stored, not compressed. */
export interface ZipEntry {
  /** UTF-8, `/`-separated; of a folder with a trailing slash. */
  readonly name: Buffer;
  readonly folder: boolean;
  readonly modifiedAtMs: number;
  /** Offset of the local header from the start of the archive. */
  readonly offset: number;
  /** Decided before the bytes are read, for it changes the form of what follows them. */
  readonly zip64: boolean;
}

export interface ZipContent {
  readonly crc32: number;
  readonly sizeBytes: number;
}

const max16 = 0xffff;
const max32 = 0xffffffff;
/** Sizes follow the bytes (bit 3); names are UTF-8 (bit 11). */
const flags = 0x0808;
const version = { plain: 20, zip64: 45 };
const madeByUnix = 3 << 8;
const folderAttributes = ((0o040755 << 16) | 0x10) >>> 0;
const fileAttributes = (0o100644 << 16) >>> 0;

/** 4.3.7: precedes the bytes of an entry. */
export function localHeader(entry: ZipEntry): Buffer {
  // With zip64 the sizes of the descriptor have 8 bytes, which this extra field announces.
  const sizes = entry.zip64 ? extra(0x0001, u64(0), u64(0)) : empty;
  const extras = Buffer.concat([timeExtra(entry), sizes]);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(entry.zip64 ? version.zip64 : version.plain, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt32LE(dosTime(entry.modifiedAtMs), 10);
  const unknown = entry.zip64 ? max32 : 0;
  head.writeUInt32LE(unknown, 18);
  head.writeUInt32LE(unknown, 22);
  head.writeUInt16LE(entry.name.length, 26);
  head.writeUInt16LE(extras.length, 28);
  return Buffer.concat([head, entry.name, extras]);
}

/** 4.3.9: follows the bytes of an entry. */
export function dataDescriptor({ zip64 }: ZipEntry, { crc32, sizeBytes }: ZipContent): Buffer {
  const size = zip64 ? u64(sizeBytes) : u32(sizeBytes);
  return Buffer.concat([u32(0x08074b50), u32(crc32), size, size]);
}

/** 4.3.12: the entry in the directory at the end. */
export function directoryRecord(entry: ZipEntry, { crc32, sizeBytes }: ZipContent): Buffer {
  const farAway = entry.offset >= max32;
  const wide = [...(entry.zip64 ? [u64(sizeBytes), u64(sizeBytes)] : []), ...(farAway ? [u64(entry.offset)] : [])];
  const extras = Buffer.concat([timeExtra(entry), wide.length > 0 ? extra(0x0001, ...wide) : empty]);
  const needed = wide.length > 0 ? version.zip64 : version.plain;
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(madeByUnix | version.zip64, 4);
  head.writeUInt16LE(needed, 6);
  head.writeUInt16LE(flags, 8);
  head.writeUInt32LE(dosTime(entry.modifiedAtMs), 12);
  head.writeUInt32LE(crc32, 16);
  head.writeUInt32LE(entry.zip64 ? max32 : sizeBytes, 20);
  head.writeUInt32LE(entry.zip64 ? max32 : sizeBytes, 24);
  head.writeUInt16LE(entry.name.length, 28);
  head.writeUInt16LE(extras.length, 30);
  head.writeUInt32LE(entry.folder ? folderAttributes : fileAttributes, 38);
  head.writeUInt32LE(farAway ? max32 : entry.offset, 42);
  return Buffer.concat([head, entry.name, extras]);
}

/** 4.3.14 to 4.3.16: the end of the archive, with the zip64 records when a number does not fit. */
export function endRecords(count: number, directoryOffset: number, directoryBytes: number): Buffer {
  const wide = count >= max16 || directoryOffset >= max32 || directoryBytes >= max32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, max16), 8);
  end.writeUInt16LE(Math.min(count, max16), 10);
  end.writeUInt32LE(Math.min(directoryBytes, max32), 12);
  end.writeUInt32LE(Math.min(directoryOffset, max32), 16);
  if (!wide) return end;
  const versions = Buffer.from([version.zip64, 3, version.zip64, 0]);
  const sizes = [u64(count), u64(count), u64(directoryBytes), u64(directoryOffset)];
  const record = Buffer.concat([u32(0x06064b50), u64(44), versions, u32(0), u32(0), ...sizes]);
  const locator = Buffer.concat([u32(0x07064b50), u32(0), u64(directoryOffset + directoryBytes), u32(1)]);
  return Buffer.concat([record, locator, end]);
}

const empty = Buffer.alloc(0);

function u32(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(4);
  buffer.writeUInt32LE(value >>> 0, 0);
  return buffer;
}

function u64(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeBigUInt64LE(BigInt(value), 0);
  return buffer;
}

function extra(id: number, ...values: readonly Buffer[]): Buffer {
  const data = Buffer.concat(values);
  const head = Buffer.allocUnsafe(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
}

/** Info-ZIP "universal time": the modification time in UTC, which the DOS time cannot tell. */
function timeExtra({ modifiedAtMs }: ZipEntry): Buffer {
  const seconds = Math.max(0, Math.min(Math.floor(modifiedAtMs / 1000), 0x7fffffff));
  return extra(0x5455, Buffer.from([1]), u32(seconds));
}

/** Local time in two-second steps from 1980 to 2107. */
function dosTime(ms: number): number {
  const date = new Date(ms);
  const year = date.getFullYear();
  if (year < 1980) return 0x00210000;
  if (year > 2107) return 0xff9fbf7d;
  const day = ((year - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}

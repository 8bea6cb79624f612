/** The little of DER (X.690) that PKCS#12 needs. */

function lengthOf(byteCount: number): number[] {
  if (byteCount < 0x80) return [byteCount];
  const bytes: number[] = [];
  for (let rest = byteCount; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag, ...lengthOf(content.byteLength)), content]);
}

export const sequence = (...parts: Uint8Array[]): Uint8Array => tagged(0x30, Buffer.concat(parts));
export const setOf = (...parts: Uint8Array[]): Uint8Array => tagged(0x31, Buffer.concat(parts));
export const octets = (bytes: Uint8Array): Uint8Array => tagged(0x04, bytes);
/** `[0] EXPLICIT` */
export const explicit0 = (content: Uint8Array): Uint8Array => tagged(0xa0, content);
/** `[0] IMPLICIT OCTET STRING` */
export const implicitOctets0 = (bytes: Uint8Array): Uint8Array => tagged(0x80, bytes);
/** `[0] IMPLICIT SEQUENCE OF` */
export const implicitSequence0 = (...parts: Uint8Array[]): Uint8Array => tagged(0xa0, Buffer.concat(parts));
/** `[2] IMPLICIT IA5String` */
export const implicitText2 = (ascii: string): Uint8Array => tagged(0x82, Buffer.from(ascii, "ascii"));
export const nothing: Uint8Array = Uint8Array.of(0x05, 0x00);

/** A whole number that is not negative. */
export function integer(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  if (bytes.length === 0 || (bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  return tagged(0x02, Uint8Array.from(bytes));
}

/** Dotted form, as `1.2.840.113549.1.7.1`. */
export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc % 128];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) groups.unshift(0x80 | (high % 128));
    bytes.push(...groups);
  }
  return tagged(0x06, Uint8Array.from(bytes));
}

/** UTF-16, most significant byte first. */
export function utf16be(text: string): Uint8Array {
  return Buffer.from(text, "utf16le").swap16();
}

export const bmpString = (text: string): Uint8Array => tagged(0x1e, utf16be(text));

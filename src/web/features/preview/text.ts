/** What a file's first bytes say as text; null when they are no text. */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(wholeCharacters(bytes));
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** A cut at a byte limit may split the last character: leave it off. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}

/** Lines in portions, so that the browser lays out only what is seen. */
export function portionsOf(text: string, linesEach: number): string[][] {
  const lines = text.split(/\r\n|\n|\r/);
  return Array.from({ length: Math.ceil(lines.length / linesEach) }, (_, i) =>
    lines.slice(i * linesEach, (i + 1) * linesEach),
  );
}

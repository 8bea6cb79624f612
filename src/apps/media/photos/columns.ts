/** How pictures are written in columns: few characters each, so that a hundred thousand of them are soon at the page. */
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const steps = digits.length - 1;
/** Aspect ratios from 1:4 to 4:1 in 63 equal steps of their logarithm, some 4.5 % each; what is beyond is cut in the grid. */
const octaves = 4;

/** Of a picture whose size is not known. */
const usual = 4 / 3;

export function ratioChar(width: number, height: number): string {
  const ratio = width > 0 && height > 0 ? width / height : usual;
  const step = Math.round(((Math.log2(ratio) + octaves / 2) / octaves) * steps);
  return digits[Math.min(steps, Math.max(0, step))] ?? "A";
}

/** The step of such a character, 0 to 63. */
export function ratioStep(char: string): number {
  return Math.max(0, digits.indexOf(char));
}

/** Flags of a picture in one character. */
export const flag = { video: 1, motion: 2, favourite: 4, stack: 8, problem: 16, archived: 32 } as const;

export function flagChar(flags: number): string {
  return digits[flags & steps] ?? "A";
}

/** Two characters that change with the content. */
export function revisionOf(etag: string): string {
  const number = Bun.hash.crc32(etag);
  return `${digits[number & steps] ?? "A"}${digits[(number >>> 6) & steps] ?? "A"}`;
}

const hashChars = 32;
const noHash = "A".repeat(hashChars);

/** 24 bytes, the longest thumbhash of a picture without transparency, as 32 characters. */
export function hashChars32(thumbhash: Uint8Array | null): string {
  return thumbhash === null
    ? noHash
    : thumbhash.toBase64({ omitPadding: true }).padEnd(hashChars, "A").slice(0, hashChars);
}

/** The first, then the distance of each to the one before. */
export function stepsOf(ids: readonly number[]): number[] {
  return ids.map((id, index) => id - (index === 0 ? 0 : (ids[index - 1] ?? 0)));
}

import { AppError } from "#platform/errors";

export interface Chunk {
  readonly name: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

const pattern = /^(\d{1,18})(?:-(\d{1,18}))?$/;

/**
 * The number that orders a chunk. Clients write `0000000000000000`, `00001`, `000001` or `1`; rclone writes where the chunk begins
 * and ends. Throws `bad-request`.
 */
function chunkNumber(name: string): number {
  const number = Number(pattern.exec(name)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(number)) throw new AppError("bad-request", "The name of a chunk is a number.");
  return number;
}

interface Sent {
  readonly name: string;
  /** `OC-Chunk-Offset`, which the desktop client sends. */
  readonly offsetHeader: string | null;
  /** Announced; undefined when it is not known before the end. */
  readonly sizeBytes: number | undefined;
}

/**
 * Where a chunk belongs in the file. Who does not say it sends chunks of one size and the last one shorter: then it follows from
 * the chunks that are here, or from its own size. Throws `bad-request`.
 */
export function chunkOffset({ name, offsetHeader, sizeBytes }: Sent, received: readonly Chunk[]): number {
  if (offsetHeader !== null) return readOffset(offsetHeader);
  const number = chunkNumber(name);
  if (pattern.exec(name)?.[2] !== undefined) return number;
  const before = inOrder(received).findLast((chunk) => chunkNumber(chunk.name) < number);
  if (before !== undefined) return before.offsetBytes + (number - chunkNumber(before.name)) * before.sizeBytes;
  const offset = Math.max(0, number - 1) * (sizeBytes ?? Number.NaN);
  return number <= 1 ? 0 : requireOffset(offset);
}

function readOffset(header: string): number {
  return requireOffset(/^\d{1,16}$/.test(header.trim()) ? Number(header) : Number.NaN);
}

function requireOffset(offset: number): number {
  if (Number.isSafeInteger(offset)) return offset;
  throw new AppError("bad-request", "Where the chunk belongs is not known: send OC-Chunk-Offset.");
}

/** As numbers, not as text: `10` comes after `9`. */
export function inOrder(chunks: readonly Chunk[]): readonly Chunk[] {
  return chunks.toSorted((a, b) => chunkNumber(a.name) - chunkNumber(b.name));
}

/** How many bytes lie together from the start, and whether anything lies behind a gap. */
export function coverage(chunks: readonly Chunk[]): { readonly sizeBytes: number; readonly isWhole: boolean } {
  let sizeBytes = 0;
  for (const chunk of chunks.toSorted((a, b) => a.offsetBytes - b.offsetBytes)) {
    if (chunk.offsetBytes > sizeBytes) return { sizeBytes, isWhole: false };
    sizeBytes = Math.max(sizeBytes, chunk.offsetBytes + chunk.sizeBytes);
  }
  return { sizeBytes, isWhole: true };
}

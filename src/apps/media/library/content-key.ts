import { readSync } from "node:fs";
import type { Db } from "#platform/db";

const pieceBytes = 64 * 1024;
const hiddenPieces = 4;
const hiddenBytes = 4096;

/** What this installation alone knows. */
export function saltIn(db: Db): Uint8Array {
  return db.prepare<{ salt: Uint8Array }, []>("SELECT salt FROM media_content_salt").get()?.salt ?? new Uint8Array();
}

/** Places that nobody outside can tell, the same for all files of a length, in the order of the file. */
function hiddenOffsets(salt: Uint8Array, sizeBytes: number): number[] {
  const offsets = Array.from({ length: hiddenPieces }, (_, index) => {
    const digest = new Bun.CryptoHasher("sha256", salt).update(`${sizeBytes}:${index}`).digest();
    return Number(digest.readBigUInt64BE(0) % BigInt(sizeBytes - hiddenBytes + 1));
  });
  return offsets.toSorted((a, b) => a - b);
}

/**
 * Makes what tells the identity of the bytes of an open file: `LENGTH-HASH`, the length in base 36 and 128 bits of SHA-256 over the first,
 * the middle and the last 64 KiB and four pieces at places that only this installation knows; over everything of a file that is no longer
 * than these. What is made of a content is shown to whoever may read a file with this key: who has parts of another's file cannot make one
 * that passes for it. It waits for the disk: for a thread of its own.
 */
export function createContentKeyOf(salt: Uint8Array): (fd: number, sizeBytes: number) => string {
  const piece = Buffer.alloc(pieceBytes);
  /** Reads until the piece is full or the file ends. */
  const read = (fd: number, offset: number, length: number): Uint8Array => {
    let filled = 0;
    for (let got = 1; got > 0 && filled < length; filled += got) {
      got = readSync(fd, piece, filled, length - filled, offset + filled);
    }
    return piece.subarray(0, filled);
  };
  return (fd, sizeBytes) => {
    const hasher = new Bun.CryptoHasher("sha256");
    hasher.update(`${sizeBytes}:`);
    if (sizeBytes <= 3 * pieceBytes) {
      for (let at = 0; at < sizeBytes; at += pieceBytes) {
        hasher.update(read(fd, at, Math.min(pieceBytes, sizeBytes - at)));
      }
    } else {
      const middle = Math.floor((sizeBytes - pieceBytes) / 2);
      for (const offset of [0, middle, sizeBytes - pieceBytes]) hasher.update(read(fd, offset, pieceBytes));
      for (const offset of hiddenOffsets(salt, sizeBytes)) hasher.update(read(fd, offset, hiddenBytes));
    }
    return `${sizeBytes.toString(36)}-${hasher.digest("hex").slice(0, 32)}`;
  };
}

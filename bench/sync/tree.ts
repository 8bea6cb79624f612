import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const filesPerFolder = 50;
const largestBytes = 16 * 1024;
/** Any odd number far from a power of two: it spreads the sizes over the whole range. */
const sizeStride = 7919;

const words = "the house keeps what we give it and gives back what we ask for on any day of the year\n".split(" ");

/** So many bytes of words in no order: noise under the name of a text would look like the work of ransomware. */
function makeText(sizeBytes: number): Buffer {
  const picks = crypto.getRandomValues(new Uint8Array(sizeBytes));
  return Buffer.from(Array.from(picks, (pick) => words[pick % words.length]).join(" ")).subarray(0, sizeBytes);
}

/** `files` texts of 1 byte to 16 KiB, fifty to a folder: the notes of a household. */
export function makeSmallFiles(root: string, files: number): void {
  const text = makeText(largestBytes * 4);
  for (let index = 0; index < files; index++) {
    const folder = join(root, `folder ${String(Math.floor(index / filesPerFolder)).padStart(3, "0")}`);
    if (index % filesPerFolder === 0) mkdirSync(folder, { recursive: true });
    const sizeBytes = 1 + ((index * sizeStride) % largestBytes);
    const start = (index * 31) % (text.length - sizeBytes);
    writeFileSync(join(folder, `note ${String(index).padStart(6, "0")}.txt`), text.subarray(start, start + sizeBytes));
  }
}

import { closeSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";

const filesPerFolder = 1000;

/** `files` sparse files of up to 8 MiB in folders of a thousand, ten folders to a parent: sizes without the bytes. */
export function makeTree(root: string, files: number): void {
  for (let made = 0; made < files; made += filesPerFolder) {
    const number = made / filesPerFolder;
    const folder = join(root, `year ${Math.floor(number / 10)}`, `album ${number % 10}`);
    mkdirSync(folder, { recursive: true });
    for (let index = 0; index < Math.min(filesPerFolder, files - made); index++) {
      const file = openSync(join(folder, `IMG_${String(made + index).padStart(7, "0")}.jpg`), "w");
      ftruncateSync(file, ((made + index) * 7919) % (8 * 1024 * 1024));
      closeSync(file);
    }
  }
}

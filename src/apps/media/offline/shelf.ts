import { mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";

const partEnding = ".part.mp4";
const ending = ".mp4";
const defaultBudgetBytes = 20e9;
const defaultShareOfFree = 0.05;

export type Shelf = ReturnType<typeof createShelf>;

/** The files of copies, by the id of the copy. The data folder belongs to this program alone. */
export function createShelf(folder: string, budgetBytes: number | null) {
  const pathOf = (id: number) => join(folder, `${id}${ending}`);
  const partOf = (id: number) => join(folder, `${id}${partEnding}`);
  const freeBytes = (): number => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { bsize, bavail } = statfsSync(folder);
    return bsize * bavail;
  };
  return {
    pathOf,
    /** Where a copy is written until it is whole; what lay there is removed. */
    part: (id: number): string => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      rmSync(partOf(id), { force: true });
      return partOf(id);
    },
    /** Bytes of what is written so far. */
    partBytes: (id: number): number => statSync(partOf(id), { throwIfNoEntry: false })?.size ?? 0,
    /** Its size. */
    keep: (id: number): number => {
      renameSync(partOf(id), pathOf(id));
      return statSync(pathOf(id)).size;
    },
    has: (id: number): boolean => statSync(pathOf(id), { throwIfNoEntry: false }) !== undefined,
    dropPart: (id: number): void => rmSync(partOf(id), { force: true }),
    remove: (id: number): void => {
      rmSync(partOf(id), { force: true });
      rmSync(pathOf(id), { force: true });
    },
    freeBytes,
    budgetBytes: (usedBytes: number): number =>
      budgetBytes ?? Math.min(defaultBudgetBytes, (freeBytes() + usedBytes) * defaultShareOfFree),
    /** Removes what is no whole copy that `isKnown`. */
    clean: (isKnown: (id: number) => boolean): void => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(folder)) {
        const id = /^(\d{1,15})\.mp4$/.exec(name)?.[1];
        if (id === undefined || !isKnown(Number(id))) rmSync(join(folder, name), { force: true });
      }
    },
  };
}

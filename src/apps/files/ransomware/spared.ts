import { hungOn, pairKeys, splitName } from "./endings.ts";
import { hourMs } from "./facts.ts";
import type { Step } from "./gather.ts";
import { maybeCopyOf } from "./pairs.ts";
import { promiseOf } from "./sniff.ts";

/** New files of a device in an hour that are read at once in any case, and how many more for each change that can lose something. */
const readEachHour = 64;
const readForRisky = 8;
/** Of the others one in so many. */
const sampled = 16;
const maxSpared = 4_000;
const maxNames = 2_000;
/** Of one deleted file. */
const maxDue = 4;

/**
 * New files lose nothing by themselves. Of a device that only adds files most contents are not read; which ones is remembered, so that
 * they are read when it deletes a file that one of them may be a copy of.
 */
export function createSpared() {
  const byFolder = new Map<number, Step[]>();
  const folderOfName = new Map<string, number>();
  let count = 0;
  let read = 0;

  /** The same name in a second folder, as notes have it. */
  const isRepeated = ({ name, folderId }: Step): boolean => {
    const known = folderOfName.get(name);
    if (known === undefined) folderOfName.set(name, folderId);
    const [oldest] = folderOfName.keys();
    if (folderOfName.size > maxNames && oldest !== undefined) folderOfName.delete(oldest);
    return known !== undefined && known !== folderId;
  };
  const remember = (step: Step): void => {
    const list = byFolder.get(step.folderId);
    if (list === undefined) byFolder.set(step.folderId, [step]);
    else list.push(step);
    count += 1;
    for (const [folderId, steps] of byFolder) {
      if (count <= maxSpared) break;
      count -= steps.length;
      byFolder.delete(folderId);
    }
  };

  return {
    newHour: (nowMs: number): void => {
      read = 0;
      for (const [folderId, steps] of byFolder) {
        if (nowMs - (steps.at(-1)?.change.atMs ?? 0) <= hourMs) continue;
        count -= steps.length;
        byFolder.delete(folderId);
      }
    },
    /** Whether a new file need not be read, after so many risky changes of its device in this hour. */
    spares: (step: Step, risky: number): boolean => {
      const isTelling = isRepeated(step) || hungOn(step.name) !== undefined;
      if (isTelling || read < readEachHour + readForRisky * risky || step.node.id % sampled === 0) {
        read += 1;
        return false;
      }
      remember(step);
      return true;
    },
    /** What is to be read before this change of the device is looked at. */
    due: (step: Step): Step[] => {
      const list = byFolder.get(step.folderId);
      if (list === undefined || step.kind !== "delete" || promiseOf(splitName(step.name).ending) === undefined)
        return [];
      const keys = new Set(pairKeys(step.name));
      const isCopy = (made: Step) =>
        step.change.atMs - made.change.atMs <= hourMs &&
        made.node.id !== step.node.id &&
        (pairKeys(made.name).some((key) => keys.has(key)) || maybeCopyOf(step.node.sizeBytes, made.node.sizeBytes));
      const found = list.filter(isCopy).slice(0, maxDue);
      if (found.length === 0) return found;
      count -= found.length;
      byFolder.set(
        step.folderId,
        list.filter((made) => !found.includes(made)),
      );
      return found;
    },
  };
}

export type Spared = ReturnType<typeof createSpared>;

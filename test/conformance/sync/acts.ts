import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Dice } from "../../system/crash/client.ts";
import { hashOf } from "../../system/crash/content.ts";
import { entriesBelow, filesBelow, type WalkedEntry } from "../../system/walk.ts";
import type { Ledger } from "./ledger.ts";

/** Never touched: a client that sees every file vanish asks before it goes on. */
export const anchor = "anchor.txt";
const fileNames = ["a.txt", "b.txt", "c d.txt", "grün.md", "日本.txt", "e", "#1 %41 & q.txt"];
const folderNames = ["one", "two words", "drei ü", "four"];
const maxEntries = 70;
const maxDepth = 5;

/** Something done to a folder by the programs of the machine it is on. Gives the paths concerned; empty when nothing fitted. */
export type FolderAct = (root: string, dice: Dice, hands: Hands) => string[];

export interface Hands {
  readonly ledger: Ledger;
  /** Content that is destroyed: on a client the server may have it, on the server itself it is gone. */
  readonly destroyed: (hash: string) => void;
  /** Seconds for the time of a changed file: a client sees an edit by size and whole seconds. */
  readonly nextSecond: () => number;
}

export const pick = <T>(list: readonly T[], dice: Dice): T | undefined => list[dice.below(Math.max(list.length, 1))];

/** What an act may choose: not the anchor, not the client's own files. */
export function choosable(root: string): WalkedEntry[] {
  return entriesBelow(root).filter(
    ({ path, kind }) =>
      kind !== "other" && path !== anchor && !/(^|\/)\.[^/]*$/.test(path) && !path.includes("conflicted copy"),
  );
}

/** A name in some folder, taken or not. */
export function somePlace(entries: readonly WalkedEntry[], kind: "file" | "folder", dice: Dice): string {
  const folders = entries.filter((entry) => entry.kind === "folder" && entry.path.split("/").length < maxDepth);
  const folder = pick(["", ...folders.map(({ path }) => path)], dice) ?? "";
  const name = pick(kind === "file" ? fileNames : folderNames, dice) ?? "x";
  return folder === "" ? name : `${folder}/${name}`;
}

/** A place for a move, outside of what is moved. */
export function targetFor(entries: readonly WalkedEntry[], moved: WalkedEntry, dice: Dice): string | undefined {
  const outside = entries.filter(({ path }) => path !== moved.path && !path.startsWith(`${moved.path}/`));
  const to = somePlace(outside, moved.kind === "folder" ? "folder" : "file", dice);
  return to === moved.path ? undefined : to;
}

const write: FolderAct = (root, dice, hands) => {
  const entries = choosable(root);
  const path = somePlace(entries, "file", dice);
  const at = join(root, path);
  if (entries.length > maxEntries || (existsSync(at) && !lstatSync(at).isFile())) return [];
  overwrite(at, hands.ledger.fresh(dice), hands);
  return [path];
};

/** As `cp` does it: the same file with other bytes. What is read and what is overwritten is one open file, so nothing slips between. */
function overwrite(at: string, bytes: Uint8Array, hands: Hands): void {
  const fd = openSync(at, existsSync(at) ? "r+" : "wx+");
  try {
    if (fstatSync(fd).size > 0) hands.destroyed(hashOf(readFileSync(fd)));
    ftruncateSync(fd, 0);
    writeSync(fd, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(fd);
  }
  const second = hands.nextSecond();
  utimesSync(at, second, second);
  hands.ledger.keep(bytes);
}

/** As most editors save: a new file takes the place of the old one. */
const saveOver: FolderAct = (root, dice, hands) => {
  const entry = pick(
    choosable(root).filter(({ kind }) => kind === "file"),
    dice,
  );
  if (entry === undefined) return [];
  const [at, temporary] = [join(root, entry.path), join(root, dirname(entry.path), ".saving~")];
  writeNew(temporary, hands.ledger.fresh(dice), hands);
  putOver(temporary, at, hands);
  return [entry.path];
};

/** As vim saves with a backup: the old file steps aside and goes when the new one is written. */
const saveAside: FolderAct = (root, dice, hands) => {
  const entry = pick(
    choosable(root).filter(({ kind }) => kind === "file"),
    dice,
  );
  if (entry === undefined || existsSync(join(root, `${entry.path}~`))) return [];
  const at = join(root, entry.path);
  renameSync(at, `${at}~`);
  writeNew(at, hands.ledger.fresh(dice), hands);
  removeFile(`${at}~`, hands);
  return [entry.path, `${entry.path}~`];
};

function writeNew(at: string, bytes: Uint8Array, hands: Hands): void {
  writeFileSync(at, bytes);
  const second = hands.nextSecond();
  utimesSync(at, second, second);
  hands.ledger.keep(bytes);
}

/** A rename over a file that is there; its content is read after it lost its name. */
function putOver(from: string, to: string, hands: Hands): void {
  const fd = openSync(to, "r");
  try {
    renameSync(from, to);
    hands.destroyed(hashOf(readFileSync(fd)));
  } finally {
    closeSync(fd);
  }
}

function removeFile(at: string, hands: Hands): void {
  const fd = openSync(at, "r");
  try {
    unlinkSync(at);
    hands.destroyed(hashOf(readFileSync(fd)));
  } finally {
    closeSync(fd);
  }
}

const makeFolder: FolderAct = (root, dice) => {
  const path = somePlace(choosable(root), "folder", dice);
  if (existsSync(join(root, path))) return [];
  mkdirSync(join(root, path));
  return [path];
};

/** `rm -r`. */
const remove: FolderAct = (root, dice, hands) => {
  const entry = pick(choosable(root), dice);
  if (entry === undefined) return [];
  removeTree(join(root, entry.path), hands);
  return [entry.path];
};

function removeTree(at: string, hands: Hands): void {
  if (lstatSync(at).isFile()) return removeFile(at, hands);
  for (const { path, kind } of entriesBelow(at).toReversed()) {
    if (kind === "folder") rmdirSync(join(at, path));
    else removeFile(join(at, path), hands);
  }
  rmdirSync(at);
}

const move: FolderAct = (root, dice, hands) => {
  const entries = choosable(root);
  const entry = pick(entries, dice);
  const to = entry && targetFor(entries, entry, dice);
  if (entry === undefined || to === undefined) return [];
  const [from, target] = [join(root, entry.path), join(root, to)];
  if (!existsSync(target)) renameSync(from, target);
  else if (entry.kind === "file" && lstatSync(target).isFile()) putOver(from, target, hands);
  else return [];
  return [entry.path, to];
};

const copy: FolderAct = (root, dice) => {
  const entries = choosable(root);
  const entry = pick(entries, dice);
  const to = entry && targetFor(entries, entry, dice);
  if (entry === undefined || to === undefined || existsSync(join(root, to))) return [];
  if (entries.length + filesBelowOf(root, entry) > maxEntries) return [];
  if (entry.kind === "file") copyFileSync(join(root, entry.path), join(root, to));
  else cpSync(join(root, entry.path), join(root, to), { recursive: true });
  return [to];
};

const filesBelowOf = (root: string, { path, kind }: WalkedEntry) =>
  kind === "folder" ? filesBelow(join(root, path)).length : 1;

const folderActs: readonly (readonly [number, FolderAct])[] = [
  [6, write],
  [2, saveOver],
  [2, saveAside],
  [2, makeFolder],
  [3, remove],
  [5, move],
  [1, copy],
];
const weightOf = folderActs.reduce((sum, [weight]) => sum + weight, 0);

/** One act at random. What the server or the client takes away between the look and the act makes it do nothing. */
export function actOnFolder(root: string, dice: Dice, hands: Hands): { name: string; paths: string[] } {
  let left = dice.below(weightOf);
  const act = folderActs.find(([weight]) => (left -= weight) < 0)?.[1] ?? write;
  try {
    return { name: act.name, paths: act(root, dice, hands) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return { name: `${act.name} (interrupted)`, paths: [""] };
  }
}

import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import { act, type TestStorage } from "../../../src/storage/primary/testing.ts";
import { entriesBelow } from "../walk.ts";

/** Something a program does on the disk without asking us. Numbers choose among what is there. */
export type DiskStep =
  | {
      readonly disk: "write" | "folder" | "save" | "link";
      readonly into: number;
      readonly name: string;
      readonly text: string;
    }
  | { readonly disk: "append" | "delete" | "swapKind" | "retime"; readonly what: number }
  | { readonly disk: "move"; readonly what: number; readonly into: number; readonly name: string }
  | { readonly disk: "respell"; readonly what: number }
  | { readonly disk: "swap"; readonly what: number; readonly other: number };

/** Something a client does through the storage. */
export type ApiStep =
  | { readonly api: "put" | "folder"; readonly into: number; readonly name: string; readonly text: string }
  | { readonly api: "move" | "copy"; readonly what: number; readonly into: number; readonly name: string }
  | { readonly api: "remove" | "restore" | "purge"; readonly what: number };

export type Step =
  | DiskStep
  | ApiStep
  /** The server is off while these happen. */
  | { readonly restart: readonly DiskStep[] }
  /** The steps follow each other without the index looking in between. */
  | { readonly burst: readonly (DiskStep | ApiStep)[] };

const names = fc.constantFrom("a", "b", "B", "é", "e\u0301", "x y.txt", ".hidden", "n".repeat(255), "ß", "日本");
const number = fc.nat(30);
const text = fc.string({ maxLength: 12 });

const diskStep: fc.Arbitrary<DiskStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ disk: fc.constantFrom("write", "folder", "save", "link"), into: number, name: names, text }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ disk: fc.constantFrom("append", "delete", "swapKind", "retime"), what: number }),
  },
  { weight: 4, arbitrary: fc.record({ disk: fc.constant("move"), what: number, into: number, name: names }) },
  { weight: 1, arbitrary: fc.record({ disk: fc.constant("respell"), what: number }) },
  { weight: 1, arbitrary: fc.record({ disk: fc.constant("swap"), what: number, other: number }) },
) as fc.Arbitrary<DiskStep>;

const apiStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ api: fc.constantFrom("put", "folder"), into: number, name: names, text }) },
  {
    weight: 4,
    arbitrary: fc.record({ api: fc.constantFrom("move", "copy"), what: number, into: number, name: names }),
  },
  { weight: 3, arbitrary: fc.record({ api: fc.constantFrom("remove", "restore", "purge"), what: number }) },
) as fc.Arbitrary<ApiStep>;

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: diskStep },
  { weight: 6, arbitrary: apiStep },
  { weight: 1, arbitrary: fc.record({ restart: fc.array(diskStep, { maxLength: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ burst: fc.array(fc.oneof(diskStep, apiStep), { maxLength: 5 }) }) },
);

/** Moves of one entry to a free place; from and to are paths below the root. */
export interface Moved {
  readonly from: string;
  readonly to: string;
}

/** A folder outside of the space, beside it: links lead there, nothing of it may be seen or change. */
export const decoy = "decoy";

/** Does the step on the disk; tells of a move. A step for which nothing fits does nothing. */
export function doOnDisk(root: string, step: DiskStep): Moved | undefined {
  const entries = entriesBelow(root);
  const all = entries.map(({ path }) => path);
  const folders = [".", ...entries.filter(({ kind }) => kind === "folder").map(({ path }) => path)];
  const pick = (list: readonly string[], index: number) => list[index % Math.max(list.length, 1)];
  if ("into" in step) {
    const to = join(pick(folders, step.into) ?? ".", step.name);
    const path = join(root, to);
    const isTaken = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (step.disk === "move") {
      const from = pick(all, step.what);
      if (from === undefined || isTaken || `${to}/`.startsWith(`${from}/`)) return undefined;
      renameSync(join(root, from), path);
      return { from, to };
    }
    if (step.disk === "save") {
      if (isTaken && !lstatSync(path).isFile()) return undefined;
      writeFileSync(`${path.slice(0, -1)}~`, `saved ${step.text}`);
      renameSync(`${path.slice(0, -1)}~`, path);
    } else if (isTaken) return undefined;
    else if (step.disk === "write") writeFileSync(path, step.text);
    else if (step.disk === "folder") mkdirSync(path);
    else symlinkSync(step.text.length % 2 === 0 ? join(root, "..", decoy) : "a", path);
    return undefined;
  }
  const path = pick(all, step.what);
  if (path === undefined) return undefined;
  return change(root, path, step, "other" in step ? pick(all, step.other) : undefined);
}

function change(root: string, path: string, step: DiskStep, other: string | undefined): Moved | undefined {
  const at = join(root, path);
  const stats = lstatSync(at);
  if (step.disk === "delete") rmSync(at, { recursive: true, force: true });
  else if (step.disk === "append" && stats.isFile()) appendFileSync(at, "more");
  else if (step.disk === "retime" && stats.isFile()) utimesSync(at, 1000, stats.mtimeMs / 1000 - 60);
  else if (step.disk === "swapKind") {
    rmSync(at, { recursive: true, force: true });
    if (stats.isDirectory()) writeFileSync(at, "was a folder");
    else mkdirSync(at);
  } else if (step.disk === "respell") {
    const name = basename(path);
    const spelt = [name.toUpperCase(), name.normalize("NFD"), name.normalize("NFC")].find((one) => one !== name);
    const to = join(dirname(path), spelt ?? name);
    if (to === path || existsSync(join(root, to)) || Buffer.byteLength(basename(to)) > 255) return undefined;
    renameSync(at, join(root, to));
    return { from: path, to };
  } else if (
    step.disk === "swap" &&
    other !== undefined &&
    !`${other}/`.startsWith(`${path}/`) &&
    !`${path}/`.startsWith(`${other}/`)
  ) {
    const between = join(root, "~swap");
    renameSync(at, between);
    renameSync(join(root, other), at);
    renameSync(between, join(root, other));
  }
  return undefined;
}

/** Asks the storage; a refusal is an answer. */
export async function doByApi(t: TestStorage, step: ApiStep): Promise<void> {
  const { storage, home } = t;
  const all: { id: number; kind: string }[] = [];
  const walk = (folderId: number) => {
    for (const node of storage.children(folderId)) {
      all.push(node);
      if (node.kind === "folder") walk(node.id);
    }
  };
  walk(home.rootId);
  const folders = [home.rootId, ...all.filter((node) => node.kind === "folder").map((node) => node.id)];
  const place = (into: number, name: string) => ({ parentId: folders[into % folders.length] ?? 0, name });
  const node = (index: number) => all[index % Math.max(all.length, 1)]?.id ?? 0;
  const { items } = storage.trash.list(home.id, { offset: 0, limit: 50 });
  const item = (index: number) => items[index % Math.max(items.length, 1)]?.id ?? "";
  const replace = { ...act, replace: true };
  const ask = (): Promise<unknown> => {
    if ("text" in step) {
      const at = place(step.into, step.name);
      return step.api === "put" ? storage.put(at, Buffer.from(step.text), act) : storage.makeFolder(at, act);
    }
    if ("into" in step) return storage[step.api](node(step.what), place(step.into, step.name), replace);
    if (step.api === "remove") return storage.remove(node(step.what), act);
    return storage.trash[step.api](item(step.what), act);
  };
  await Promise.resolve()
    .then(ask)
    .catch(() => undefined);
}

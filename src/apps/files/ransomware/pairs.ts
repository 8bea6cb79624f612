import { pairKeys, splitName } from "./endings.ts";
import { type Evidence, type Fact, hourMs } from "./facts.ts";
import { promiseOf } from "./sniff.ts";

interface Half {
  readonly fact: Fact;
  readonly weight: number;
  used: boolean;
}

const maxHalves = 20_000;
/** What ciphers and their headers add. */
const mostGrowth = 1_040;
/** Sizes of smaller files are too much alike to tell anything. */
const smallestTold = 2_048;
const soonMs = 15 * 60_000;
/** Packed one by one and the originals deleted: archives with a password do the same work. */
const packed = new Set(["7z", "rar", "zip", "age"]);

/**
 * Finds originals that were deleted for a copy of theirs, by folder and name in either order, or by folder and size when the copy has
 * a name of its own.
 */
export function createPairs() {
  const creates = new Map<string, Half>();
  const deletes = new Map<string, Half>();
  /** Creates by folder, for copies with names of their own. */
  const byFolder = new Map<number, Half[]>();

  const remember = (halves: Map<string, Half>, { fact, weight }: Pick<Half, "fact" | "weight">): void => {
    const half: Half = { fact, weight, used: false };
    for (const key of pairKeys(fact.name)) halves.set(`${fact.folderId}/${key}`, half);
    if (halves === creates && weight === 1) {
      const list = byFolder.get(fact.folderId) ?? [];
      if (list.length < 1000) list.push(half);
      byFolder.set(fact.folderId, list);
    }
    for (const key of halves.keys()) {
      if (halves.size <= maxHalves) break;
      halves.delete(key);
    }
    if (byFolder.size > 1000) byFolder.delete(byFolder.keys().next().value ?? 0);
  };

  const find = (halves: Map<string, Half>, fact: Fact): Half | undefined => {
    for (const key of pairKeys(fact.name)) {
      const half = halves.get(`${fact.folderId}/${key}`);
      if (half === undefined || half.used || half.fact.nodeId === fact.nodeId) continue;
      if (Math.abs(fact.atMs - half.fact.atMs) <= hourMs) return half;
    }
    return undefined;
  };
  const findBySize = ({ folderId, sizeBytes, atMs }: Fact): Half | undefined => {
    return byFolder
      .get(folderId)
      ?.find(
        ({ used, fact }) => !used && maybeCopyOf(sizeBytes, fact.sizeBytes) && Math.abs(atMs - fact.atMs) <= soonMs,
      );
  };

  const take = (fact: Fact): Evidence[] => {
    if (fact.isFolder === true) return [];
    if (fact.act === "create") {
      const weight = weightOf(fact);
      if (weight === 0) return [];
      const original = find(deletes, fact);
      if (original !== undefined) return [pair(original, fact, weight)];
      remember(creates, { fact, weight });
    }
    if (fact.act === "delete" && promiseOf(splitName(fact.name).ending) !== undefined) {
      const copy = find(creates, fact) ?? findBySize(fact);
      if (copy !== undefined) {
        copy.used = true;
        return [pair({ fact, weight: 0, used: true }, copy.fact, copy.weight)];
      }
      remember(deletes, { fact, weight: 1 });
    }
    return [];
  };
  return {
    take,
    clear: () => {
      creates.clear();
      deletes.clear();
      byFolder.clear();
    },
  };
}

/** Whether an encrypted copy of so many bytes may be of that size. */
export function maybeCopyOf(sizeBytes: number, copyBytes: number): boolean {
  return sizeBytes >= smallestTold && copyBytes >= sizeBytes && copyBytes <= sizeBytes + mostGrowth;
}

function weightOf({ content, name }: Fact): number {
  if (content === undefined) return 0;
  if (content.isRandom) return isOpenlyEncrypted(name) ? 0.4 : 1;
  return packed.has(content.type ?? "") && hangsOnPromise(name) ? 0.4 : 0;
}

const openly = new Set(["gpg", "pgp", "asc", "age", "aes", "enc", "p7m"]);
const isOpenlyEncrypted = (name: string): boolean => openly.has(splitName(name).ending);
const hangsOnPromise = (name: string): boolean => promiseOf(splitName(splitName(name).stem).ending) !== undefined;

/** The deleted original is what was lost: it is the node that counts. */
function pair(original: Half, copy: Fact, weight: number): Evidence {
  original.used = true;
  const { fact } = original;
  const { stem, ending } = splitName(copy.name);
  const subject = ending !== splitName(fact.name).ending && stem !== "" ? ending : "";
  return {
    key: String(copy.nodeId),
    nodeId: fact.nodeId,
    spaceId: fact.spaceId,
    folderId: fact.folderId,
    signal: weight === 1 ? "copy-and-delete" : "packed-away",
    points: weight,
    atMs: Math.max(fact.atMs, copy.atMs),
    name: fact.name,
    subject,
  };
}

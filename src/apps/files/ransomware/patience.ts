import type { Signal } from "./contract.ts";
import { splitName } from "./endings.ts";
import type { Evidence } from "./facts.ts";
import { promiseOf } from "./sniff.ts";

/** Scripts of a household do these too: `shred`, test data, letters encrypted one by one, saves of games. */
const alsoHousehold = new Set<Signal>(["type-lost", "name-broken", "broken-new", "packed-away", "same-note"]);
/** So many points of anything else, and it is no script of a household. */
const elsePoints = 2;
/** An attack goes through all that it finds; from so many kinds in so many folders on it is one. */
const broad = { kinds: 3, folders: 3 };
/** What is made and rewritten by scripts, and has nothing to lose by its type. */
const plainKinds = new Set(["text", ""]);
const onDisk = 3;
const ofPlain = 2;

/**
 * How many times more it takes to stop a device, as long as all there is against it are contents that became random: past Hearth
 * while these are of few kinds or in few folders, and for a device while they are texts and files of no known kind.
 */
export function patienceWith(evidence: readonly Evidence[], isDisk: boolean): number {
  const others = evidence.filter(({ signal }) => !alsoHousehold.has(signal) && !(isDisk && signal === "scrambled"));
  if (others.reduce((sum, { points }) => sum + points, 0) >= elsePoints) return 1;
  const kinds = new Set(evidence.map(({ name }) => kindOf(name)));
  if (!isDisk) return kinds.isSubsetOf(plainKinds) ? ofPlain : 1;
  const folders = new Set(evidence.map(({ folderId }) => folderId));
  return kinds.size >= broad.kinds && folders.size >= broad.folders ? 1 : onDisk;
}

/** By what its name promises, also of `photo.jpg.locked`; empty without a promise. */
function kindOf(name: string): string {
  const { stem, ending } = splitName(name);
  const kind = promiseOf(ending) ?? promiseOf(splitName(stem).ending) ?? "";
  return kind === "jpeg" ? "image" : kind;
}

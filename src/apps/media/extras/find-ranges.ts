import type { Item } from "#apps/media/library";
import type { MediaFacts } from "#apps/media/probe";
import { commonPart } from "./fingerprint.ts";
import type { ExtraFiles } from "./files.ts";
import { readFingerprint } from "./make-fingerprint.ts";
import type { ExtraRows, ExtraValues, MsRange } from "./repository.ts";

/** What is left after the end of the credits belongs to them. */
const restMs = 15_000;

/** Intro and credits of an episode: what it has in common with one of its neighbours near the beginning and near the end. */
export async function findRanges(
  { rows, files }: { readonly rows: ExtraRows; readonly files: ExtraFiles },
  contentKey: string,
  facts: MediaFacts,
  neighbours: readonly Item[],
): Promise<ExtraValues["ranges"]> {
  const own = rows.get(contentKey, "fingerprint");
  let [intro, credits]: (MsRange | null)[] = [null, null];
  if (own == null) return { intro: null, credits: null };
  const head = await readFingerprint(files, contentKey, "head");
  const tail = await readFingerprint(files, contentKey, "tail");
  for (const { contentKey: other } of neighbours) {
    if (other === null || other === contentKey || rows.get(other, "fingerprint") == null) continue;
    intro ??= commonPart(head, await readFingerprint(files, other, "head"))?.a ?? null;
    credits ??= commonPart(tail, await readFingerprint(files, other, "tail"))?.a ?? null;
    if (intro !== null && credits !== null) break;
  }
  const originMs = originOf(facts);
  const endMs = facts.durationMs ?? Infinity;
  const moved = (range: MsRange | null | undefined, byMs: number): MsRange | null => {
    if (range == null) return null;
    const end = range.endMs + byMs;
    return { startMs: range.startMs + byMs + originMs, endMs: (endMs - end < restMs ? endMs : end) + originMs };
  };
  return { intro: moved(intro, 0), credits: moved(credits, own.tailStartMs) };
}

/** Where the file's own clock stands at its beginning, in milliseconds. */
export const originOf = ({ seekOriginUs = 0 }: MediaFacts): number => Math.round(seekOriginUs / 1000);

import { titleKey } from "#apps/media/names";
import type { Candidate, Query, Scored } from "./types.ts";

/** Below this nothing is chosen: a wrong film is worse than none. */
const believedFrom = 0.85;
/** The best must be so much better than the next, unless that is the same in all that was asked. */
const leadNeeded = 0.03;

function pairs(key: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at < key.length - 1; at += 1) {
    const pair = key.slice(at, at + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}

/** Likeness of two titles, 0 to 1: shared pairs of letters (Sørensen–Dice) of their keys; other numbers make other titles. */
export function likeness(left: string, right: string): number {
  const [one, other] = [titleKey(left), titleKey(right)];
  if (one === other) return 1;
  if (one.length < 2 || other.length < 2) return 0;
  const [ours, theirs] = [pairs(one), pairs(other)];
  if ((one.match(/\d+/g) ?? []).join(" ") !== (other.match(/\d+/g) ?? []).join(" ")) return 0.4;
  let shared = 0;
  for (const [pair, count] of ours) shared += Math.min(count, theirs.get(pair) ?? 0);
  // Only equal titles are 1: `Alien` and `Aliens` are two films.
  return Math.min(0.95, (2 * shared) / (one.length + other.length - 2));
}

function yearFit(asked: number | null, found: number | null): number {
  if (asked === null) return 0.9;
  if (found === null) return 0.5;
  const apart = Math.abs(asked - found);
  return apart === 0 ? 1 : apart === 1 ? 0.85 : apart === 2 ? 0.4 : 0;
}

function durationFit(asked: number | null, found: number | null): number {
  if (asked === null || found === null) return 1;
  const apart = Math.abs(asked - found) / Math.max(asked, found);
  return apart < 0.05 ? 1 : apart < 0.15 ? 0.8 : 0.3;
}

/** How well a candidate fits what was asked for, 0 to 1; 0 when it is of another kind. */
export function scoreOf(query: Query, candidate: Candidate): number {
  if (query.kind !== candidate.kind) return 0;
  const titles = [candidate.title, candidate.originalTitle ?? ""].map((title) => likeness(query.title, title));
  const title = Math.max(...titles);
  const artist = query.artist === null || candidate.artist === null ? 1 : likeness(query.artist, candidate.artist);
  const year = query.kind === "artist" ? 1 : yearFit(query.year, candidate.year);
  return title ** 2 * artist * (0.4 + 0.6 * year) * (0.5 + 0.5 * durationFit(query.durationMs, candidate.durationMs));
}

/** Best first; of equals the order of the catalogue stays, which knows what people mean. */
export function ranked(query: Query, candidates: readonly Candidate[]): Scored[] {
  return candidates
    .map((candidate) => ({ ...candidate, score: scoreOf(query, candidate) }))
    .toSorted((a, b) => b.score - a.score);
}

/** The one that is believed; undefined: none is sure enough, and a person may choose. */
export function believed(query: Query, scored: readonly Scored[]): Scored | undefined {
  const [best, next] = scored;
  if (best === undefined || best.score < believedFrom) return undefined;
  const isTold = next === undefined || best.score - next.score >= leadNeeded;
  // Without a year in the name, two films of one title are as good as each other.
  return isTold || (query.year !== null && best.year === query.year && next.year !== query.year) ? best : undefined;
}

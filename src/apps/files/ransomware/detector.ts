import type { Reason, Signal, Verdict } from "./contract.ts";
import { foreignEnding, hungOn, splitName } from "./endings.ts";
import { dayMs, type Evidence, type Fact, hourMs } from "./facts.ts";
import { createNotes } from "./notes.ts";
import { createPairs } from "./pairs.ts";
import { patienceWith } from "./patience.ts";
import { promiseOf } from "./sniff.ts";

/** What is known of a device from before. */
export interface Profile {
  /** Points from which on it is stopped; learned upwards. */
  readonly threshold: number;
  /** Risky changes in the busiest hour of its last two weeks. */
  readonly riskyUsually: number;
  /** Whatever writes past Hearth: scripts of the household as well as an attacker. */
  readonly isDisk: boolean;
}

export const baseThreshold = 12;
/** Of a device that was let go on though it was an attack; for a week. */
export const warnedThreshold = 4;
const warnedForMs = 7 * dayMs;
/** What slowly adds up over a day must be more. */
const dayFactor = 2;
/** A device that suddenly does much more than it ever did is trusted less. */
const unusual = { factor: 5, least: 50, trust: 0.75 };
/** Signals that alone never stop a device, however many files there are. */
const mostPoints: Partial<Record<Signal, number>> = { renamed: 5, "broken-new": 5, "same-note": 6, "locked-beside": 8 };
const maxEvidence = 5_000;
const maxExamples = 5;

/** What was learned of a device; a warning is forgotten after a week. */
export function thresholdAt(
  lesson: { readonly threshold: number; readonly atMs: number } | undefined,
  nowMs: number,
): number {
  if (lesson === undefined) return baseThreshold;
  return lesson.threshold < baseThreshold && nowMs - lesson.atMs > warnedForMs ? baseThreshold : lesson.threshold;
}

export interface Tally {
  /** Takes one fact in; returns what it newly speaks for. */
  add(fact: Fact): Evidence[];
  /** Takes what was stored before a restart back in. */
  restore(evidence: readonly Evidence[]): void;
  verdict(profile: Profile, nowMs: number): Verdict & { readonly isAttack: boolean; readonly beganAtMs: number };
  evidence(): readonly Evidence[];
  /** Somebody has judged what there was. */
  clear(): void;
}

/**
 * What one device did, weighed. Nothing but the facts and the profile decides: the same facts in the same order give the same
 * verdict, however they are cut into portions. Memory is bounded.
 */
export function createTally(): Tally {
  const evidence = new Map<string, Evidence>();
  const pairs = createPairs();
  const notes = createNotes();
  let risky: { hour: number; count: number } = { hour: 0, count: 0 };

  const keep = (found: Evidence | undefined): Evidence[] => {
    if (found === undefined || found.points <= 0) return [];
    const known = evidence.get(found.key);
    if (known !== undefined && known.points >= found.points) return [];
    if (known === undefined && evidence.size >= maxEvidence) return [];
    evidence.set(found.key, found);
    return [found];
  };

  return {
    add: (fact) => {
      const hour = Math.floor(fact.atMs / hourMs);
      if (fact.act !== "create") risky = { hour, count: (risky.hour === hour ? risky.count : 0) + 1 };
      const judged = [judgeCanary(fact), judgeContent(fact), judgeName(fact), ...pairs.take(fact), notes.take(fact)];
      return judged.flatMap((one) => keep(one));
    },
    restore: (stored) => {
      for (const one of stored) keep(one);
    },
    evidence: () => [...evidence.values()],
    clear: () => {
      evidence.clear();
      pairs.clear();
      notes.clear();
    },
    verdict: (profile, nowMs) => {
      for (const [key, { atMs }] of evidence) if (nowMs - atMs > dayMs) evidence.delete(key);
      const riskyThisHour = risky.hour === Math.floor(nowMs / hourMs) ? risky.count : 0;
      return weigh([...evidence.values()], profile, nowMs, riskyThisHour);
    },
  };
}

function weigh(all: readonly Evidence[], profile: Profile, nowMs: number, riskyThisHour: number) {
  const { riskyUsually } = profile;
  const lastHour = all.filter(({ atMs }) => nowMs - atMs <= hourMs);
  const patience = patienceWith(lastHour, profile.isDisk);
  const isUnusual = patience === 1 && riskyThisHour > Math.max(unusual.least, unusual.factor * riskyUsually);
  const threshold = profile.threshold * (isUnusual ? unusual.trust : patience);
  const hourPoints = sumOf(lastHour);
  const dayPoints = sumOf(all);
  const byDay = hourPoints < threshold && dayPoints >= threshold * dayFactor;
  const counted = byDay ? all : lastHour;
  const points = byDay ? dayPoints : hourPoints;
  return {
    isAttack: points >= threshold * (byDay ? dayFactor : 1),
    beganAtMs: counted.reduce((first, { atMs }) => Math.min(first, atMs), nowMs),
    points: round(points),
    threshold: round(threshold * (byDay ? dayFactor : 1)),
    windowMs: byDay ? dayMs : hourMs,
    patience,
    reasons: reasonsOf(counted),
    riskyThisHour,
    riskyUsually,
  };
}

const round = (points: number): number => Math.round(points * 100) / 100;

function pointsOf(signal: Signal, list: readonly Evidence[]): number {
  const sum = list.reduce((points, one) => points + one.points, 0);
  return Math.min(sum, mostPoints[signal] ?? Infinity);
}

function sumOf(list: readonly Evidence[]): number {
  return Map.groupBy(list, ({ signal }) => signal)
    .entries()
    .reduce((sum, [signal, group]) => sum + pointsOf(signal, group), 0);
}

function reasonsOf(list: readonly Evidence[]): Reason[] {
  return Map.groupBy(list, ({ signal, subject }) => `${signal} ${subject}`)
    .values()
    .map((group) => {
      const [{ signal, subject }] = group as [Evidence];
      const examples = group.slice(0, maxExamples).map(({ name }) => name);
      return {
        signal,
        subject,
        count: group.reduce((sum, one) => sum + (one.count ?? 1), 0),
        points: round(pointsOf(signal, group)),
        examples,
      };
    })
    .toArray()
    .toSorted((a, b) => b.points - a.points);
}

/** Evidence of a fact about its own node. */
function evidenceOf(fact: Fact, signal: Signal, points: number, subject = ""): Evidence {
  const { nodeId, spaceId, folderId, atMs, name } = fact;
  return { key: String(nodeId), nodeId, spaceId, folderId, signal, points, atMs, name, subject };
}

/** Decoys: nobody has a reason to write into one; throwing one away happens. */
function judgeCanary(fact: Fact): Evidence | undefined {
  if (fact.isCanary !== true) return undefined;
  const strong = fact.act === "overwrite" && fact.content?.isRandom !== false;
  const renamed = fact.act === "rename" && splitName(fact.name).ending !== splitName(fact.fromName ?? "").ending;
  return evidenceOf(fact, "canary", strong || renamed ? 6 : 2);
}

function judgeContent(fact: Fact): Evidence | undefined {
  const { act, content, name } = fact;
  if (content === undefined || act === "delete") return undefined;
  const { ending } = splitName(name);
  if (act === "overwrite" && content.isScrambled) return evidenceOf(fact, "scrambled", 1, content.type ?? "");
  if (!content.isRandom) return undefined;
  const { before } = content;
  if (act === "overwrite" && before !== undefined) {
    if (before.type !== null) return evidenceOf(fact, "type-lost", 1, before.type);
    // Without a signature: parts of disk images and containers have no ending, and change at will.
    return before.isRandom || ending === "" ? undefined : evidenceOf(fact, "type-lost", 0.5);
  }
  if (promiseOf(ending) === undefined) return undefined;
  // What is only new has lost nothing.
  const isNew = act === "create";
  return evidenceOf(fact, isNew ? "broken-new" : "name-broken", isNew ? 0.5 : 1, ending);
}

function judgeName(fact: Fact): Evidence | undefined {
  const { act, name, fromName, content } = fact;
  if (fact.isFolder === true) return undefined;
  if (act === "rename" && fromName !== undefined) {
    const ending = foreignEnding(fromName, name);
    if (ending === undefined) return undefined;
    const isRandom = content?.isRandom === true;
    return evidenceOf(fact, isRandom ? "new-ending" : "renamed", isRandom ? 1 : 0.15, ending);
  }
  if (act !== "create" || content?.isRandom !== true || fact.besideOriginal !== true) return undefined;
  const hung = hungOn(name);
  return hung && evidenceOf(fact, "locked-beside", 0.5, hung.ending);
}

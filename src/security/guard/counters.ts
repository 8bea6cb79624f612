import type { Clock } from "#platform/clock";
import type { RuleCounter } from "./contract.ts";
import type { Repository } from "./repository.ts";

interface Counter {
  matches: number;
  wouldHave: number;
  lastMatchAtMs: number | null;
}

export interface Counters {
  readonly sinceMs: number;
  matched(ruleId: string): void;
  wouldHave(ruleId: string): void;
  list(ruleIds: readonly string[]): RuleCounter[];
  /** Writes what has changed, and forgets rules that are gone. */
  save(ruleIds: readonly string[]): void;
}

/** Counted in memory and written once in a while: a crash loses the last minute of counting, nothing else. */
export function createCounters({ clock, repository }: { clock: Clock; repository: Repository }): Counters {
  const rows = repository.counters();
  const counters = new Map<string, Counter>(
    rows.map((row) => [
      row.rule_id,
      { matches: row.matches, wouldHave: row.would_have, lastMatchAtMs: row.last_match_at_ms },
    ]),
  );
  const sinceMs = rows.reduce((least, row) => Math.min(least, row.since_ms), clock.now());
  const changed = new Set<string>();
  const of = (ruleId: string): Counter => {
    let counter = counters.get(ruleId);
    if (counter === undefined) {
      counter = { matches: 0, wouldHave: 0, lastMatchAtMs: null };
      counters.set(ruleId, counter);
    }
    changed.add(ruleId);
    counter.lastMatchAtMs = clock.now();
    return counter;
  };
  return {
    sinceMs,
    matched: (ruleId) => void (of(ruleId).matches += 1),
    wouldHave: (ruleId) => void (of(ruleId).wouldHave += 1),
    list: (ruleIds) =>
      ruleIds.map((ruleId) => ({
        ruleId,
        ...(counters.get(ruleId) ?? { matches: 0, wouldHave: 0, lastMatchAtMs: null }),
      })),
    save: (ruleIds) => {
      for (const ruleId of changed) {
        const counter = counters.get(ruleId);
        if (counter === undefined) continue;
        const { matches, wouldHave, lastMatchAtMs } = counter;
        const row = {
          rule_id: ruleId,
          matches,
          would_have: wouldHave,
          last_match_at_ms: lastMatchAtMs,
          since_ms: sinceMs,
        };
        repository.saveCounter(row);
      }
      changed.clear();
      repository.keepCounters(ruleIds);
      const kept = new Set(ruleIds);
      for (const ruleId of counters.keys()) if (!kept.has(ruleId)) counters.delete(ruleId);
    },
  };
}

import type { TierCandidate } from "#storage/primary";
import type { TierPlacement, TierRule } from "./contract.ts";

const dayMs = 86_400_000;

export interface RuleFacts {
  readonly nowMs: number;
  /** Ids of the folders above a file, the nearest first. */
  readonly above: (nodeId: number) => readonly number[];
  readonly placements: ReadonlyMap<number, TierPlacement>;
  /** Stores that can be written to now, by name. */
  readonly roles: ReadonlyMap<string, "cold" | "fast">;
}

/** What was decided for a node itself or the nearest folder above it, and where. */
export function placementOf(
  placements: ReadonlyMap<number, TierPlacement>,
  nodeId: number,
  above: readonly number[],
): { readonly placement: TierPlacement; readonly nodeId: number | null } {
  for (const id of [nodeId, ...above]) {
    const placement = placements.get(id);
    if (placement !== undefined) return { placement, nodeId: id };
  }
  return { placement: "auto", nodeId: null };
}

/** The first rule that sends the file somewhere; undefined when it stays. What is pinned or kept out of the rules stays. */
export function matchingRule(rules: readonly TierRule[], file: TierCandidate, facts: RuleFacts): TierRule | undefined {
  let above: readonly number[] | undefined;
  const folders = () => (above ??= facts.above(file.nodeId));
  for (const rule of rules) {
    if (!rule.enabled || !holds(rule, file, facts)) continue;
    if (rule.folderId !== null && !folders().includes(rule.folderId)) continue;
    if (placementOf(facts.placements, file.nodeId, folders()).placement !== "auto") return undefined;
    return rule;
  }
  return undefined;
}

function holds(rule: TierRule, file: TierCandidate, { nowMs, roles }: RuleFacts): boolean {
  const role = roles.get(rule.tier);
  if (role === undefined || (role === "fast" && file.fastTier === rule.tier)) return false;
  const isOlder = (sinceMs: number, days: number | null) => days === null || nowMs - sinceMs >= days * dayMs;
  const usedAtMs = Math.max(file.modifiedAtMs, file.lastOpenedAtMs ?? -Infinity);
  return (
    isOlder(usedAtMs, rule.notOpenedDays) &&
    isOlder(file.modifiedAtMs, rule.olderThanDays) &&
    (rule.largerThanBytes === null || file.sizeBytes > rule.largerThanBytes) &&
    (rule.opensAtLeast === null || file.opens >= rule.opensAtLeast)
  );
}

/** What no rule can match: lets the look-up leave most files out. */
export function boundsOf(rules: readonly TierRule[], nowMs: number): { minBytes: number; changedBeforeMs: number } {
  const enabled = rules.filter((rule) => rule.enabled);
  const days = enabled.map((rule) => Math.max(rule.notOpenedDays ?? 0, rule.olderThanDays ?? 0));
  return {
    minBytes:
      enabled.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...enabled.map((rule) => rule.largerThanBytes ?? 0)),
    changedBeforeMs: nowMs - (days.length === 0 ? 0 : Math.min(...days)) * dayMs,
  };
}

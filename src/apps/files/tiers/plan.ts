import type { Clock } from "#platform/clock";
import type { Storage, TierCandidate } from "#storage/primary";
import type { TierRule, TierSettings } from "./contract.ts";
import type { TiersRepository } from "./repository.ts";
import { boundsOf, matchingRule } from "./rules.ts";

interface PlanDeps {
  readonly storage: Storage;
  readonly repository: TiersRepository;
  readonly clock: Clock;
}

export interface Match {
  readonly file: TierCandidate;
  readonly rule: TierRule;
}

const atATime = 2_000;

/** Every file that the rules would move now, in order of id; other work has its turn in between. */
export async function* matches(
  { storage, repository, clock }: PlanDeps,
  settings: TierSettings,
): AsyncGenerator<Match> {
  const nowMs = clock.now();
  const bounds = boundsOf(settings.rules, nowMs);
  const online = storage.tiers.stores().filter((store) => store.configured && store.online);
  const facts = {
    nowMs,
    above: storage.above,
    placements: repository.placements(),
    roles: new Map(online.map(({ name, role }) => [name, role])),
  };
  for (let afterId = 0; ;) {
    const page = storage.tiers.candidates({ ...bounds, afterId, limit: atATime, nowMs });
    const last = page.at(-1);
    if (last === undefined) return;
    afterId = last.nodeId;
    for (const file of page) {
      const rule = matchingRule(settings.rules, file, facts);
      if (rule !== undefined) yield { file, rule };
    }
    await new Promise((done) => setImmediate(done));
  }
}

/** Bytes and count by store, and one page of names, the largest first. */
export async function planOf(
  deps: PlanDeps,
  settings: TierSettings,
  { offset, limit, isShown }: { offset: number; limit: number; isShown: (nodeId: number) => boolean },
) {
  const { storage, repository } = deps;
  const free = new Map(storage.tiers.stores().map((store) => [store.name, store.freeBytes]));
  const byTier = new Map<string, { tier: string; files: number; sizeBytes: number; freeBytes: number | null }>();
  let found: Match[] = [];
  let files = 0;
  let sizeBytes = 0;
  const largest = offset + limit;
  for await (const match of matches(deps, settings)) {
    const { tier } = match.rule;
    const sum = byTier.get(tier) ?? { tier, files: 0, sizeBytes: 0, freeBytes: free.get(tier) ?? null };
    sum.files++;
    sum.sizeBytes += match.file.sizeBytes;
    byTier.set(tier, sum);
    files++;
    sizeBytes += match.file.sizeBytes;
    found.push(match);
    // Only what a page can show is kept in memory.
    if (found.length >= largest * 2 + 1_000) found = largestOf(found, largest);
  }
  const speed = repository.speed("apply");
  return {
    files,
    sizeBytes,
    byTier: [...byTier.values()],
    estimatedMs: speed === undefined || sizeBytes === 0 ? null : Math.round(sizeBytes / speed),
    total: files,
    page: largestOf(found, largest)
      .slice(offset)
      .map(({ file, rule }) => ({
        nodeId: isShown(file.nodeId) ? file.nodeId : null,
        path: isShown(file.nodeId) ? pathOf(storage, file.nodeId) : null,
        sizeBytes: file.sizeBytes,
        tier: rule.tier,
        ruleId: rule.id,
        lastOpenedAtMs: file.lastOpenedAtMs,
        modifiedAtMs: file.modifiedAtMs,
      })),
  };
}

function largestOf(found: readonly Match[], count: number): Match[] {
  return found.toSorted((a, b) => b.file.sizeBytes - a.file.sizeBytes || a.file.nodeId - b.file.nodeId).slice(0, count);
}

function pathOf(storage: Storage, nodeId: number): string {
  return storage
    .lineage(nodeId)
    .map(({ name }) => name)
    .join("/");
}

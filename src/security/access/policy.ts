import { bits, withoutOrphans } from "./actions.ts";
import { type Entry, resourceKey, subjectKey } from "./entries.ts";

/** What the entries that concern somebody say at each node: allowed bits, and denied bits four places higher. */
export type Rules = ReadonlyMap<number, number>;

export const denyShift = 4;
const noRules: Rules = new Map();

/** A node, the folders above it up to the root of its space, and what membership of that space allows. */
export interface Position {
  readonly nodeId: number;
  /** The nearest first. Empty for the root; without the root at its end when the way up is lost. */
  readonly above: readonly number[];
  readonly rootId: number;
  readonly base: number;
}

/**
 * The actions somebody has at a node. For each action the nearest node with an entry about it decides, and a deny wins there;
 * membership is an allow at the root. Where the way up is lost, only whoever manages the space is still somebody.
 */
export function effectiveMask(rules: Rules, { nodeId, above, rootId, base }: Position): number {
  let undecided = 15;
  let mask = 0;
  let at: number | undefined = nodeId;
  for (let step = 0; at !== undefined; at = above[step++]) {
    const rule = (rules.get(at) ?? 0) | (at === rootId ? base : 0);
    if (rule === 0) continue;
    const denied = rule >> denyShift;
    const decided = (rule | denied) & undecided;
    mask |= decided & ~denied;
    undecided &= ~decided;
    if (undecided === 0) return withoutOrphans(mask);
  }
  const isLost = (above.at(-1) ?? nodeId) !== rootId;
  if (isLost && (base & bits.manage) !== 0) mask |= base & undecided;
  return withoutOrphans(mask);
}

/** How many of the node and the folders above it, counted from the node, can be read without a gap. */
export function readableSteps(rules: Rules, { nodeId, above, rootId, base }: Position): number {
  let readable = 0;
  let mask = 0;
  for (let index = above.length - 1; index >= -1; index -= 1) {
    const at = index === -1 ? nodeId : (above[index] as number);
    const rule = (rules.get(at) ?? 0) | (at === rootId ? base : 0);
    const denied = rule >> denyShift;
    mask = (mask & ~(rule | denied)) | (rule & 15 & ~denied);
    readable = (mask & bits.read) === 0 ? 0 : readable + 1;
  }
  return readable;
}

/** All entries, in memory: a household has few, and every request asks. */
export interface Policy {
  /** Raised by every change, also when an entry expires. */
  version(): number;
  /** Entries on a resource that count now. */
  on(resource: Entry["resource"]): readonly Entry[];
  all(): readonly Entry[];
  /** Of everybody who answers to one of these subjects. Cached under `who` until anything changes. */
  rulesOf(who: string, subjects: () => ReadonlySet<string>): Rules;
  /** Reads everything anew. */
  reload(): void;
  /** Who answers to what has changed. */
  forgetRules(): void;
}

const none: readonly Entry[] = [];

export function createPolicy(load: () => readonly Entry[], now: () => number, onExpired: () => void): Policy {
  let live: readonly Entry[] = [];
  let byResource = new Map<string, Entry[]>();
  let nextExpiryMs = Number.POSITIVE_INFINITY;
  let version = 0;
  const rules = new Map<string, Rules>();

  const reload = () => {
    const nowMs = now();
    live = load().filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs);
    byResource = Map.groupBy(live, ({ resource }) => resourceKey(resource));
    nextExpiryMs = live.reduce(
      (soonest, { expiresAtMs }) => Math.min(soonest, expiresAtMs ?? soonest),
      Number.POSITIVE_INFINITY,
    );
    rules.clear();
    version += 1;
  };
  const current = () => {
    if (nextExpiryMs === Number.POSITIVE_INFINITY || now() < nextExpiryMs) return;
    reload();
    onExpired();
  };
  reload();

  return {
    version: () => {
      current();
      return version;
    },
    on: (resource) => {
      current();
      return byResource.get(resourceKey(resource)) ?? none;
    },
    all: () => {
      current();
      return live;
    },
    rulesOf: (who, subjects) => {
      current();
      if (live.length === 0) return noRules;
      let known = rules.get(who);
      if (known === undefined) {
        known = compile(live, subjects());
        rules.set(who, known);
      }
      return known;
    },
    reload,
    forgetRules: () => {
      rules.clear();
      version += 1;
    },
  };
}

function compile(entries: readonly Entry[], subjects: ReadonlySet<string>): Rules {
  const compiled = new Map<number, number>();
  for (const { resource, subject, effect, actions } of entries) {
    if (resource.kind !== "node" || !subjects.has(subjectKey(subject))) continue;
    const rule = effect === "allow" ? actions : actions << denyShift;
    compiled.set(resource.id, (compiled.get(resource.id) ?? 0) | rule);
  }
  return compiled.size === 0 ? noRules : compiled;
}

import type { Clock } from "#platform/clock";
import { type AuditEvent, type Draft, draftOf } from "./event.ts";
import type { Folded } from "./storm.ts";

/** Names of so many files stand in one entry; the next file begins another. */
const maxMerged = 100;

interface Bundle {
  readonly event: AuditEvent;
  readonly resources: string[];
  count: number;
  readonly firstAtMs: number;
}

export interface Pending {
  /** One entry for itself. False when there is no room; it is counted. */
  add(event: AuditEvent): boolean;
  /** One entry together with what the same credential did likewise just before: the files of one sync run. */
  merge(event: AuditEvent): void;
  addFolded(folded: Folded): void;
  /** The oldest ones as drafts, which are no longer here. */
  take(limit: number): Draft[];
  /** Puts back what could not be written, in front. */
  restore(drafts: readonly Draft[]): void;
  size(): number;
  /** How many found no room since this was last told; 0 while there is none to tell it. */
  takeLost(): number;
}

/** What waits to be written, in the order of its begin; at most so many entries. */
export function createPending(clock: Clock, maxEntries: number): Pending {
  let drafts: Draft[] = [];
  let bundles: Bundle[] = [];
  const open = new Map<string, Bundle>();
  let lost = 0;

  const isFull = () => drafts.length + bundles.length >= maxEntries;
  const push = (event: AuditEvent, resources: string[], count: number, firstAtMs: number): Bundle | undefined => {
    if (isFull()) {
      lost += count;
      return undefined;
    }
    const bundle = { event, resources, count, firstAtMs };
    bundles.push(bundle);
    return bundle;
  };

  return {
    add: (event) => push(event, [...(event.resources ?? [])], 1, clock.now()) !== undefined,
    merge: (event) => {
      const key = `${event.operation} ${event.outcome} ${event.actor.userId} ${event.actor.credentialId} ${event.address}`;
      const known = open.get(key);
      if (known !== undefined && known.count < maxMerged) {
        known.count += 1;
        for (const resource of event.resources ?? []) known.resources.push(resource);
        return;
      }
      const bundle = push(event, [...(event.resources ?? [])], 1, clock.now());
      if (bundle !== undefined) open.set(key, bundle);
    },
    addFolded: ({ event, resources, count, firstAtMs }) => void push(event, [...resources], count, firstAtMs),
    take: (limit) => {
      if (bundles.length > 0) {
        for (const { event, resources, count, firstAtMs } of bundles) {
          drafts.push(draftOf(event, resources, count, firstAtMs));
        }
        bundles = [];
        open.clear();
      }
      const taken = drafts.slice(0, limit);
      drafts = drafts.slice(limit);
      return taken;
    },
    restore: (failed) => {
      drafts = [...failed, ...drafts];
    },
    size: () => drafts.length + bundles.length,
    takeLost: () => {
      if (isFull()) return 0;
      const count = lost;
      lost = 0;
      return count;
    },
  };
}

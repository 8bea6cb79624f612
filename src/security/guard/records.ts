import type { Clock } from "#platform/clock";
import type { AppError } from "#platform/errors";
import { type Actor, anonymous } from "#platform/usecase";
import type { AuditEvent } from "#security/audit";

export type Did = "denied" | "challenged" | "throttled" | "banned" | "refused" | "logged" | "detected";

/** What the guard did to a request. */
interface GuardEvent {
  /** `refused` is by a ban that held already; `logged` and `detected` let the request pass. */
  readonly did: Did;
  /** What the request is answered with; undefined when it passes. */
  readonly error: AppError | undefined;
  /** How many requests it stands for: those that passed are told of once a minute for each cause and network. */
  readonly count: number;
  /** Id of a rule, name of a detector, or empty for a ban by a person. */
  readonly cause: string;
  readonly detail: string;
  readonly method: string;
  /** Without the token of a link or of a one-time download, which is a secret. */
  readonly path: string;
  readonly address: string;
  readonly network: string;
  readonly userAgent: string;
  readonly requestId: string;
  /** Undefined when nobody asked who it was. */
  readonly actor: Actor | undefined;
}

interface Folded {
  readonly event: GuardEvent;
  readonly sinceMs: number;
  more: number;
}

const foldMs = 60_000;
const maxFolded = 2000;

export interface Records {
  add(event: Omit<GuardEvent, "count">): void;
  /** Passes on what was held back for a minute; with `all` everything. */
  flush(all: boolean): void;
}

/**
 * Passes every refusal on, since the audit folds storms of those itself. Of what passed, the first of its kind is told at once
 * and the rest of the minute as one.
 */
export function createRecords(clock: Clock, audit: (event: AuditEvent) => unknown): Records {
  const record = (event: GuardEvent) => void audit(auditEventOf(event));
  const folded = new Map<string, Folded>();
  const release = (key: string, { event, more }: Folded) => {
    folded.delete(key);
    if (more > 0) record({ ...event, count: more });
  };
  return {
    add: (draft) => {
      const event = { ...draft, path: withoutToken(draft.path), count: 1 };
      if (event.error !== undefined) {
        record(event);
        return;
      }
      const key = `${event.did} ${event.cause} ${event.network}`;
      const open = folded.get(key);
      if (open !== undefined && clock.now() - open.sinceMs < foldMs) {
        open.more += 1;
        return;
      }
      if (open !== undefined) release(key, open);
      folded.set(key, { event, sinceMs: clock.now(), more: 0 });
      record(event);
      const [oldest] = folded;
      if (folded.size > maxFolded && oldest !== undefined) release(...oldest);
    },
    flush: (all) => {
      for (const [key, entry] of [...folded]) {
        if (all || clock.now() - entry.sinceMs >= foldMs) release(key, entry);
      }
    },
  };
}

function withoutToken(path: string): string {
  return path.replace(/^(\/s\/|\/pki\/device\/)[^/]+/, "$1…").slice(0, 300);
}

function auditEventOf({ did, cause, method, path, count, actor = anonymous, ...event }: GuardEvent): AuditEvent {
  const resources = [...(cause === "" ? [] : [`rule ${cause}`]), ...(path === "" ? [] : [`${method} ${path}`])];
  const detail = count > 1 ? `${event.detail} (${count} times)` : event.detail;
  const { address, userAgent, requestId, error } = event;
  const outcome = error === undefined ? "allowed" : "refused";
  return { operation: `guard.${did}`, outcome, actor, address, userAgent, requestId, resources, detail, error };
}

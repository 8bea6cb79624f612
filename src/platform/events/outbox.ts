import { type Clock, inTime } from "#platform/clock";
import type { Db, Migration } from "#platform/db";
import type { Logger } from "#platform/log";

/** Events that outlive a crash: stored with the change they tell of, delivered after it, to each subscriber at least once. */
export interface Outbox<Payloads> {
  /** Stores the event as a part of the caller's transaction. It is delivered when that has been committed. */
  publishDurably<N extends keyof Payloads & string>(name: N, payload: Payloads[N]): void;
  /**
   * `subscriber` names the receiver for ever: what is stored for it is found again after a restart. The same event may come
   * twice. Subscribe everything before `start`; throws when a name is taken for the event.
   */
  subscribe<N extends keyof Payloads & string>(
    name: N,
    subscriber: string,
    listener: (payload: Payloads[N]) => Promise<void> | void,
  ): void;
  /** Delivers what an earlier process left, then whatever is published. */
  start(): void;
  /** Resolves when the deliveries under way have ended; the rest waits for the next start. */
  stop(): Promise<void>;
}

interface OutboxDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** For one delivery. */
  readonly timeoutMs?: number;
}

export const outboxMigrations: readonly Migration[] = [
  {
    id: "outbox-001",
    sql: `
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  event TEXT NOT NULL,
  subscriber TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at_ms INTEGER NOT NULL,
  error TEXT,
  failed_at_ms INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (event, subscriber, next_at_ms) WHERE failed_at_ms IS NULL;
`,
  },
];

interface Subscription {
  readonly event: string;
  readonly subscriber: string;
  readonly listener: (payload: never) => Promise<void> | void;
  delivering: Promise<void> | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

interface Stored {
  readonly id: number;
  readonly payload: string;
  readonly attempts: number;
}

/** Then the event is kept, marked as failed, and said in the log; the others go on. */
const maxAttempts = 8;
const firstRetryMs = 1000;
const batch = 100;
const defaultTimeoutMs = 30_000;
const maxWaitMs = 3_600_000;

/** A subscriber gets its events in order, except that one that failed comes again later. */
export function createOutbox<Payloads>(deps: OutboxDeps): Outbox<Payloads> {
  const { db, clock, log } = deps;
  const statements = createStatements(db);
  const subscriptions: Subscription[] = [];
  let started = false;

  const wake = (subscription: Subscription, waitMs: number) => {
    if (!started || subscription.delivering !== undefined) return;
    clearTimeout(subscription.timer);
    subscription.timer = setTimeout(() => {
      subscription.delivering = deliverDue(subscription, deps, statements, () => started)
        .catch((cause: unknown) => log.error("the outbox could not be read", { cause }))
        .finally(() => {
          subscription.delivering = undefined;
          const nextAtMs = started ? statements.nextAtMs(subscription) : undefined;
          if (nextAtMs !== undefined) wake(subscription, Math.min(maxWaitMs, Math.max(0, nextAtMs - clock.now())));
        });
    }, waitMs);
  };

  return {
    publishDurably: (name, payload) => {
      const text = JSON.stringify(payload);
      for (const subscription of subscriptions) {
        if (subscription.event !== name) continue;
        statements.insert(subscription, text, clock.now());
        wake(subscription, 0);
      }
    },
    subscribe: (event, subscriber, listener) => {
      if (subscriptions.some((one) => one.event === event && one.subscriber === subscriber)) {
        throw new Error(`${subscriber} subscribes to ${event} twice`);
      }
      subscriptions.push({ event, subscriber, listener, delivering: undefined, timer: undefined });
    },
    start: () => {
      started = true;
      const strangers = statements.forgetOthers(subscriptions);
      if (strangers > 0) log.warn("events for subscribers that are no more were dropped", { count: strangers });
      for (const subscription of subscriptions) wake(subscription, 0);
    },
    stop: async () => {
      started = false;
      for (const { timer } of subscriptions) clearTimeout(timer);
      await Promise.all(subscriptions.map(async ({ delivering }) => delivering));
    },
  };
}

async function deliverDue(
  subscription: Subscription,
  { clock, log, timeoutMs = defaultTimeoutMs }: OutboxDeps,
  statements: Statements,
  goesOn: () => boolean,
): Promise<void> {
  for (const { id, payload, attempts } of statements.due(subscription, clock.now())) {
    if (!goesOn()) return;
    try {
      const work = (async () => subscription.listener(JSON.parse(payload) as never))();
      await inTime(work, timeoutMs, () => new Error(`not done within ${timeoutMs} ms`));
      statements.remove(id);
    } catch (cause) {
      const final = attempts + 1 >= maxAttempts;
      const { event, subscriber } = subscription;
      log[final ? "error" : "warn"]("an event could not be delivered", { event, subscriber, id, final, cause });
      const nowMs = clock.now();
      const reason = cause instanceof Error ? cause.message : String(cause);
      statements.fail(id, reason, nowMs + firstRetryMs * 2 ** attempts, final ? nowMs : null);
    }
  }
}

type Statements = ReturnType<typeof createStatements>;

function createStatements(db: Db) {
  const prepare = <Row, Params extends (string | number | null)[]>(sql: string) => db.prepare<Row, Params>(sql);
  const own = "event = ? AND subscriber = ? AND failed_at_ms IS NULL";
  return {
    insert: ({ event, subscriber }: Subscription, payload: string, nowMs: number) =>
      prepare("INSERT INTO outbox (event, subscriber, payload, created_at_ms, next_at_ms) VALUES (?, ?, ?, ?, ?)").run(
        event,
        subscriber,
        payload,
        nowMs,
        nowMs,
      ),
    due: ({ event, subscriber }: Subscription, nowMs: number) =>
      prepare<Stored, [string, string, number]>(
        `SELECT id, payload, attempts FROM outbox WHERE ${own} AND next_at_ms <= ? ORDER BY id LIMIT ${batch}`,
      ).all(event, subscriber, nowMs),
    nextAtMs: ({ event, subscriber }: Subscription) =>
      prepare<{ at: number | null }, [string, string]>(`SELECT min(next_at_ms) AS at FROM outbox WHERE ${own}`).get(
        event,
        subscriber,
      )?.at ?? undefined,
    forgetOthers: (subscriptions: readonly Subscription[]) =>
      prepare<unknown, [string]>(
        "DELETE FROM outbox WHERE json_array(event, subscriber) NOT IN (SELECT value FROM json_each(?))",
      ).run(JSON.stringify(subscriptions.map(({ event, subscriber }) => JSON.stringify([event, subscriber])))).changes,
    remove: (id: number) => prepare("DELETE FROM outbox WHERE id = ?").run(id),
    fail: (id: number, error: string, nextAtMs: number, failedAtMs: number | null) =>
      prepare(
        "UPDATE outbox SET attempts = attempts + 1, error = ?, next_at_ms = ?, failed_at_ms = ? WHERE id = ?",
      ).run(error, nextAtMs, failedAtMs, id),
  };
}

import { z } from "zod";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { JobContext, JobKind } from "#platform/jobs";
import type { Logger } from "#platform/log";
import type { Asked, ProvidedRow, Repository } from "./repository.ts";
import { believed, ranked } from "./score.ts";
import type { Details, Provider, Query } from "./types.ts";

/** Asks catalogues about films and series that nothing is known of yet. */
export const metadataAsk = {
  name: "metadata.ask",
  lane: "io",
  payload: z.object({}),
  maxAttempts: 3,
  timeoutMs: 86_400_000,
} satisfies JobKind;

export interface AskingDeps {
  readonly repository: Repository;
  readonly providers: readonly Provider[];
  readonly clock: Clock;
  readonly log: Logger;
  /** Something is known of the work of this file now. */
  readonly found: (itemId: number) => void;
}

const firstPauseMs = 5 * 60_000;
const longestPauseMs = 86_400_000;
const pieceSize = 50;

function queryOf({ kind, title, year }: Asked): Query {
  return { kind, title, year, artist: null, durationMs: null };
}

/** What catalogues say of a work that a number or a search finds; null: nothing that is sure enough. */
async function lookUp(providers: readonly Provider[], asked: Asked, signal: AbortSignal): Promise<Details | null> {
  const { kind, ids } = asked;
  for (const provider of providers.filter(({ kinds }) => kinds.includes(kind))) {
    const known = ids.tmdb ?? ids.imdb;
    if (known !== undefined) {
      const details = await provider.details(kind, known, signal);
      if (details !== null) return details;
    }
    const query = queryOf(asked);
    const best = believed(query, ranked(query, await provider.search(query, signal)));
    const details = best && (await provider.details(kind, best.id, signal));
    if (details) return details;
  }
  return null;
}

/** Asks once; false: it cannot be had now, and `later` was told when to ask again. Throws when `signal` is aborted. */
export async function askOnce(
  { clock, log }: Pick<AskingDeps, "clock" | "log">,
  signal: AbortSignal,
  of: {
    readonly tries: number;
    readonly ask: () => Promise<void>;
    readonly later: (nextAtMs: number) => void;
  },
): Promise<boolean> {
  try {
    await of.ask();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    of.later(clock.now() + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(of.tries, 12)));
    log.warn("a catalogue could not be asked", { reason: error.detail });
    return false;
  }
}

type RunContext = Pick<JobContext, "signal" | "progress">;

/** What is to be asked about. */
interface Due<T> {
  readonly due: (nowMs: number, limit: number) => readonly T[];
  readonly dueCount: (nowMs: number) => number;
}

/** Asks about one after the other, until nothing is due. False: a catalogue cannot be reached now. */
export async function askAllDue<T>(
  { due, dueCount }: Due<T>,
  one: (row: T, signal: AbortSignal) => Promise<boolean>,
  clock: Clock,
  { signal, progress }: RunContext,
): Promise<boolean> {
  let done = 0;
  for (;;) {
    const rows = due(clock.now(), pieceSize);
    if (rows.length === 0) return true;
    for (const row of rows) {
      signal.throwIfAborted();
      // The others would fail as well; the schedule comes back to them.
      if (!(await one(row, signal))) return false;
      done += 1;
      progress(done, done + dueCount(clock.now()));
    }
  }
}

/** Asks about one work after the other. A catalogue that cannot be reached changes nothing, and is asked again later. */
export function createAsking({ repository, providers, clock, log, found }: AskingDeps) {
  /** False: it cannot be reached now. */
  const one = (row: ProvidedRow, signal: AbortSignal): Promise<boolean> =>
    askOnce({ clock, log }, signal, {
      tries: row.tries,
      later: (nextAtMs) => repository.later(row.itemId, nextAtMs),
      ask: async () => {
        const details = await lookUp(providers, JSON.parse(row.asked) as Asked, signal);
        if (details === null) repository.unsure(row);
        else repository.matched(row, details);
        if (details !== null) found(row.itemId);
      },
    });
  return {
    one,
    /** False: a catalogue cannot be reached now. */
    run: (context: RunContext) => askAllDue(repository, one, clock, context),
  };
}

import type { AnyDraft, Fields, SeriesDraft, WorkRow } from "#apps/media/works";
import type { JobContext } from "#platform/jobs";
import { askAllDue, type AskingDeps, askOnce } from "./asking.ts";
import type { SeasonRow, SeasonRows } from "./season-rows.ts";

interface SeasonsDeps extends Omit<AskingDeps, "repository"> {
  readonly rows: SeasonRows;
}

/** A file may be here before the catalogue has its episode. */
const askAgainMs = 86_400_000;
const mostSeasons = 200;

/** What catalogues say of seasons and episodes of series that are matched: one request for each season. */
export function createSeasons({ rows, providers, clock, log, found }: SeasonsDeps) {
  const one = (row: SeasonRow, signal: AbortSignal): Promise<boolean> =>
    askOnce({ clock, log }, signal, {
      tries: row.tries,
      later: (nextAtMs) => rows.later(row, nextAtMs),
      ask: async () => {
        for (const provider of providers) {
          const details = await provider.season?.(row.asked, row.season, signal);
          if (!details) continue;
          rows.known(row, details, clock.now());
          return found(row.itemId);
        }
        rows.none(row, clock.now());
      },
    });
  const isWanted = (row: SeasonRow | undefined, seriesId: string, episodes: readonly number[]): boolean => {
    if (row === undefined || row.asked !== seriesId) return true;
    if (row.state === "wanted" || clock.now() < row.answeredAtMs + askAgainMs) return false;
    return rows.lacks(row.itemId, row.season, episodes);
  };
  return {
    /** Notes seasons of a matched series that are to be asked about; whether there are some. */
    want: (itemId: number, series: SeriesDraft, seriesId: string | undefined): boolean => {
      if (seriesId === undefined) return false;
      let isSome = false;
      for (const { season, episodes } of series.seasons.slice(0, mostSeasons)) {
        const numbers = episodes.flatMap(({ episode }) => episode ?? []);
        // What is only dated or counted through has other numbers there.
        if (numbers.length === 0 || !isWanted(rows.get(itemId, season), seriesId, numbers)) continue;
        rows.want(itemId, season, seriesId, clock.now());
        isSome = true;
      }
      return isSome;
    },
    /** What is known of a season or an episode of the series with this first file. */
    fieldsOf: (itemId: number, draft: AnyDraft): Fields | undefined => {
      if (draft.type === "season") return rows.seasonFields(itemId, draft.season);
      return draft.type === "episode" && draft.episode !== null
        ? rows.episodeFields(itemId, draft.season, draft.episode)
        : undefined;
    },
    /** Asks about the season of a season or an episode at once. */
    ask: async ({ id, seasonNumber }: Pick<WorkRow, "id" | "seasonNumber">, signal: AbortSignal): Promise<void> => {
      const itemId = rows.seriesItemOf(id);
      const row = itemId === undefined || seasonNumber === null ? undefined : rows.get(itemId, seasonNumber);
      if (row !== undefined) await one(row, signal);
    },
    /** False: a catalogue cannot be reached now. */
    run: (context: Pick<JobContext, "signal" | "progress">) => askAllDue(rows, one, clock, context),
  };
}

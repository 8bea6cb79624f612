import type { WorkCard } from "#contract/apps/media/works";
import { formatDuration } from "#web/ui/index.ts";

/** A position in a film: `4:05`, `1:02:09`. */
export function formatPosition(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `S1 E2`, `S1 E2–3`, a date or a number, as far as it is known. */
export function episodeNumber(card: WorkCard): string {
  const { seasonNumber, episodeNumber: first, lastEpisodeNumber: last } = card;
  if (first !== null) {
    const range = last !== null && last > first ? `${first}–${last}` : String(first);
    return seasonNumber === null ? `E${range}` : `S${seasonNumber} E${range}`;
  }
  return card.airDate ?? (card.absoluteNumber === null ? "" : `#${card.absoluteNumber}`);
}

/** The line under a title: year, length, age rating, genres. */
export function factsOf(card: WorkCard): string {
  const { year, durationMs, certification, genres } = card;
  const length = durationMs === null ? null : formatDuration(durationMs);
  return [year, length, certification, genres.slice(0, 3).join(", ")].filter(Boolean).join(" · ");
}

/** How much of it was watched, 0 to 1. */
export function shareWatched(state: { positionMs: number | null; durationMs: number | null } | undefined): number {
  if (!state?.positionMs || !state.durationMs) return 0;
  return Math.min(1, state.positionMs / state.durationMs);
}

/** At most two letters that stand for a title where there is no picture of it. */
export function initialsOf(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? "")
    .join("");
}

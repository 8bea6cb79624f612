import type { Output } from "#web/client.ts";

export type Extras = Output<"extras.get">;
export type Trickplay = NonNullable<Extras["trickplay"]>;
export type Chapter = Extras["chapters"][number];

/** `7:05`, `1:02:09`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const tail = `${String(Math.floor(whole / 60) % 60).padStart(whole >= 3600 ? 2 : 1, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${tail}` : tail;
}

/** For a screen reader: `1 hour 2 minutes 9 seconds`. */
export function spokenClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const parts = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return said.length === 0 ? "0 seconds" : said.join(" ");
}

/** Where the picture of a moment is: its sheet, and the offset in it in pixels. */
export function trickplayAt(
  { intervalMs, columns, rows, count, width, height, sheetUrls }: Trickplay,
  seconds: number,
) {
  const index = Math.min(count - 1, Math.max(0, Math.floor((seconds * 1000) / intervalMs)));
  const perSheet = columns * rows;
  const inSheet = index % perSheet;
  const url = sheetUrls[Math.floor(index / perSheet)];
  return url === undefined
    ? null
    : { url, x: (inSheet % columns) * width, y: Math.floor(inSheet / columns) * height, width, height };
}

/** Chapters in the clock of the player, without what lies outside of it. */
export function chaptersIn(chapters: readonly Chapter[], originMs: number, seconds: number) {
  return chapters
    .map(({ startMs, title }, at) => ({ at: Math.max(0, (startMs - originMs) / 1000), title, number: at + 1 }))
    .filter(({ at }) => at < seconds);
}

/** The one that a moment lies in. */
export function chapterAt<C extends { readonly at: number }>(chapters: readonly C[], seconds: number): C | undefined {
  return chapters.findLast(({ at }) => at <= seconds);
}

/** Less than this is not worth a button. */
const shortestSkip = 3;

/** What can be skipped at a moment, and where to; in the clock of the player. */
export function skipAt(
  { intro, credits }: Pick<Extras, "intro" | "credits">,
  originMs: number,
  seconds: number,
): { readonly kind: "intro" | "credits"; readonly to: number } | null {
  for (const [kind, range] of [
    ["intro", intro],
    ["credits", credits],
  ] as const) {
    if (range === null) continue;
    const start = (range.startMs - originMs) / 1000;
    const end = (range.endMs - originMs) / 1000;
    if (seconds >= start && seconds < end - shortestSkip) return { kind, to: end };
  }
  return null;
}

/** Ranges that are buffered, as parts of the whole. */
export function bufferedParts(ranges: TimeRanges, duration: number): { from: number; to: number }[] {
  if (!(duration > 0)) return [];
  return Array.from({ length: ranges.length }, (_, at) => ({
    from: ranges.start(at) / duration,
    to: Math.min(1, ranges.end(at) / duration),
  }));
}

const oldestMs = 1000;
const newestMs = 0xff_ff_ff_fe * 1000;
const keptDates = 4096;
const dates = new Map<number, string>();

/**
 * IMF-fixdate of a time (RFC 9110 §5.6.7). Clamped to 1970-01-01T00:00:01 … 2106: sync clients refuse a file whose time does
 * not fit into 32 bits. Texts are kept per second, since listings repeat them.
 */
export function httpDate(timeMs: number): string {
  const second = Math.floor(Math.min(Math.max(timeMs, oldestMs), newestMs) / 1000);
  let text = dates.get(second);
  if (text === undefined) {
    text = new Date(second * 1000).toUTCString();
    if (dates.size >= keptDates) dates.clear();
    dates.set(second, text);
  }
  return text;
}

/** Milliseconds of an HTTP date, undefined when it is none (a condition with it is then ignored, RFC 9110 §13.1.3). */
export function parseHttpDate(text: string): number | undefined {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** Numbers and times as people read them. Pure; the locale is the browser's. */
const iec = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const si = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A size with three significant digits at most: `0 B`, `1.4 MiB`, `823 GiB`. */
export function formatBytes(sizeBytes: number, units: "iec" | "si" = "iec"): string {
  const base = units === "iec" ? 1024 : 1000;
  const names = units === "iec" ? iec : si;
  let value = Math.max(0, sizeBytes);
  let step = 0;
  while (step < names.length - 1 && Math.round(value) >= base) {
    value /= base;
    step += 1;
  }
  const digits = step === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${names[step]}`;
}

/** A rate for transfers: `12.3 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A length of time: `42 s`, `3 min`, `2 h 05 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

const dayMs = 86_400_000;

/** When something changed, short: `just now`, `5 min ago`, `14:02`, `Yesterday`, `3 Mar`, `3 Mar 2024`. */
export function formatWhen(atMs: number, nowMs: number, locale?: string): string {
  const age = nowMs - atMs;
  if (age >= 0 && age < 60_000) return "just now";
  if (age >= 0 && age < 3_600_000) return `${Math.floor(age / 60_000)} min ago`;
  const at = new Date(atMs);
  const today = new Date(nowMs);
  const midnight = new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime();
  if (atMs >= midnight && atMs < midnight + dayMs)
    return at.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
  if (atMs >= midnight - dayMs && atMs < midnight) return "Yesterday";
  const sameYear = at.getFullYear() === today.getFullYear();
  return at.toLocaleDateString(locale, { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}

/** A day, for what ends or began. */
export function formatDay(atMs: number, locale?: string): string {
  return new Date(atMs).toLocaleDateString(locale, { dateStyle: "medium" });
}

/** The full moment, for tooltips and details. */
export function formatMoment(atMs: number, locale?: string): string {
  return new Date(atMs).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

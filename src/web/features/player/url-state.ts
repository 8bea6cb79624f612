/** What the address of the player says beside its item. */
export interface WatchSearch {
  /** Where to begin, in seconds; without it, where the person stopped. */
  readonly t?: number;
  /** A room to watch with others. */
  readonly room?: string;
}

export function parseWatchSearch({ t, room }: Record<string, unknown>): WatchSearch {
  const seconds = Number(t);
  return {
    ...(t !== undefined && Number.isFinite(seconds) && seconds >= 0 ? { t: seconds } : {}),
    ...(typeof room === "string" && /^[A-Za-z0-9_-]{16,40}$/.test(room) ? { room } : {}),
  };
}

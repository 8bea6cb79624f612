/** Whether the bar of the player is to be shown: kept apart from the player, so that pages without music load nothing of it. */
const key = "hearth.music-dock";
const listeners = new Set<() => void>();

export function isDockWanted(): boolean {
  return sessionStorage.getItem(key) === "1";
}

export function wantDock(): void {
  if (isDockWanted()) return;
  sessionStorage.setItem(key, "1");
  for (const listener of listeners) listener();
}

export function onDockWanted(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

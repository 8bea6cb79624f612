import type { QueryClient } from "@tanstack/react-query";

/** Whether the page runs as a program of its own, from an icon, and not in a tab. */
export function isInstalled(): boolean {
  const { standalone } = navigator as { standalone?: boolean };
  return standalone === true || matchMedia("(display-mode: standalone), (display-mode: fullscreen)").matches;
}

/**
 * On a device of somebody's own: a worker that starts the page without the server and takes what other programs share, and a copy
 * of what was opened last. Not in a tab, which may be on anybody's machine.
 */
export async function prepareInstalled(client: QueryClient): Promise<void> {
  if (!isInstalled()) return;
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/service-worker.js").catch(() => undefined);
  const { keepForOffline } = await import("./offline.ts");
  await keepForOffline(client);
}

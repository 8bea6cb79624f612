import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { invalidate } from "#web/client.ts";

const everyMs = 10_000;
/** Moments so near to each other are one. */
const sameMs = 500;

/** What saving needs to know of the player; read when it is time. */
interface Where {
  readonly positionMs: () => number;
  readonly durationMs: () => number;
}

/**
 * Keeps the position: every ten seconds, when it is paused, sought or ends, when the page is hidden or left. What is sent while
 * leaving goes on without the page.
 */
export function useSaving(video: HTMLVideoElement | null, itemId: number, where: Where): void {
  const client = useQueryClient();
  const latest = useRef(where);
  latest.current = where;
  useEffect(() => {
    if (video === null) return undefined;
    let savedMs = -1;
    let hasPlayed = false;
    const save = (): void => {
      const durationMs = Math.round(latest.current.durationMs());
      const positionMs = Math.round(Math.min(latest.current.positionMs(), durationMs));
      if (!hasPlayed || durationMs <= 0 || Math.abs(positionMs - savedMs) < sameMs) return;
      savedMs = positionMs;
      const now = Date.now();
      void fetch("/api/watch.save", {
        method: "POST",
        keepalive: true,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ itemId, positionMs, durationMs, atMs: now, sentAtMs: now }),
      }).catch(() => undefined);
    };
    const onPlaying = (): void => {
      hasPlayed = true;
    };
    const onHidden = (): void => {
      if (document.visibilityState === "hidden") save();
    };
    const timer = setInterval(() => {
      if (!video.paused) save();
    }, everyMs);
    video.addEventListener("playing", onPlaying);
    for (const name of ["pause", "ended", "seeked"]) video.addEventListener(name, save);
    document.addEventListener("visibilitychange", onHidden);
    window.addEventListener("pagehide", save);
    return () => {
      clearInterval(timer);
      video.removeEventListener("playing", onPlaying);
      for (const name of ["pause", "ended", "seeked"]) video.removeEventListener(name, save);
      document.removeEventListener("visibilitychange", onHidden);
      window.removeEventListener("pagehide", save);
      save();
      void invalidate(client, "watch.states", "watch.resume", "watch.item", "watch.history");
    };
  }, [video, itemId, client]);
}

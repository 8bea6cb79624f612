import { useEffect, useRef } from "react";
import { isTyping } from "#web/ui/index.ts";
import { actOf } from "./keys.ts";
import type { PlayerActs } from "./use-acts.ts";

interface KeyDeps {
  readonly video: HTMLVideoElement | null;
  readonly durationSeconds: number;
  readonly acts: PlayerActs;
  readonly toggleSubtitles: () => void;
  readonly escape: () => void;
  readonly woken: () => void;
}

/** Keys of the whole page, but not those of an open menu or dialog, nor Space and arrows of what has the focus. */
export function useKeys(deps: KeyDeps): void {
  const latest = useRef(deps);
  latest.current = deps;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { video, durationSeconds, acts, toggleSubtitles, escape, woken } = latest.current;
      const target = event.target instanceof HTMLElement ? event.target : null;
      woken();
      if (isTyping(target) || target?.closest("[role=menu], [aria-modal=true]") || event.defaultPrevented) return;
      const found = actOf(event);
      if (found === undefined) return;
      if (event.key === " " && target?.closest("button, a")) return;
      // The slider of the volume has arrows of its own.
      if (event.key.startsWith("Arrow") && target?.matches("[role=slider]:not([data-seek])")) return;
      event.preventDefault();
      switch (found.act) {
        case "seekBy":
          return acts.seekBy(found.by);
        case "seekTo":
          return acts.seekTo(found.part * durationSeconds);
        case "volumeBy":
          return acts.setVolume((video?.volume ?? 1) + found.by);
        case "speedBy":
          return acts.setSpeed((video?.playbackRate ?? 1) + found.by);
        case "subtitles":
          return toggleSubtitles();
        case "escape":
          return escape();
        default:
          return acts[found.act]();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

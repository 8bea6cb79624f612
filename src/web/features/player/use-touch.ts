import { type PointerEvent, useRef, useState } from "react";
import { filmSeconds } from "./film-clock.ts";
import type { PlayerActs } from "./use-acts.ts";

const doubleMs = 300;
/** Less than this is a tap. */
const slopPx = 16;
/** A drag over the whole width goes so far. */
const widthSeconds = 90;
const stepSeconds = 10;

/** What a finger drags to, or a double tap has skipped; null when there is nothing to show. */
export interface TouchHint {
  readonly seconds: number;
  readonly isBy: boolean;
}

/** A tap shows or hides the bar, two taps go back or forward, a drag seeks; a mouse plays and pauses, twice for full screen. */
export function useTouch(deps: {
  readonly video: HTMLVideoElement | null;
  readonly acts: PlayerActs;
  readonly toggleBar: () => void;
}) {
  const { video, acts } = deps;
  const start = useRef<{ x: number; y: number; at: number; isDrag: boolean } | null>(null);
  const lastTap = useRef({ atMs: 0, x: 0 });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [hint, setHint] = useState<TouchHint | null>(null);
  const flash = (shown: TouchHint): void => {
    setHint(shown);
    setTimeout(() => setHint(null), 600);
  };
  const draggedTo = (event: PointerEvent): number => {
    const width = event.currentTarget.clientWidth || 1;
    const by = ((event.clientX - (start.current?.x ?? 0)) / width) * widthSeconds;
    return Math.max(0, Math.min((start.current?.at ?? 0) + by, video?.duration ?? 0));
  };
  const tap = (event: PointerEvent): void => {
    const now = event.timeStamp;
    const part = event.clientX / (event.currentTarget.clientWidth || 1);
    const isDouble = now - lastTap.current.atMs < doubleMs;
    lastTap.current = { atMs: isDouble ? 0 : now, x: event.clientX };
    clearTimeout(timer.current);
    if (event.pointerType === "mouse") {
      if (isDouble) acts.fullscreen();
      acts.toggle();
      return;
    }
    if (!isDouble) {
      timer.current = setTimeout(deps.toggleBar, doubleMs);
      return;
    }
    if (part > 0.35 && part < 0.65) return acts.toggle();
    const by = part < 0.5 ? -stepSeconds : stepSeconds;
    acts.seekBy(by);
    flash({ seconds: by, isBy: true });
  };
  return {
    hint,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        if (event.button !== 0) return;
        start.current = { x: event.clientX, y: event.clientY, at: video ? filmSeconds(video) : 0, isDrag: false };
      },
      onPointerMove: (event: PointerEvent) => {
        const from = start.current;
        if (from === null || event.pointerType === "mouse") return;
        const across = Math.abs(event.clientX - from.x);
        if (!from.isDrag && across < slopPx) return;
        if (!from.isDrag && Math.abs(event.clientY - from.y) > across) {
          start.current = null;
          return;
        }
        from.isDrag = true;
        setHint({ seconds: draggedTo(event), isBy: false });
      },
      onPointerUp: (event: PointerEvent) => {
        const from = start.current;
        if (from === null) return;
        if (from.isDrag) {
          acts.seekTo(draggedTo(event));
          setHint(null);
        } else tap(event);
        start.current = null;
      },
      onPointerCancel: () => {
        start.current = null;
        setHint(null);
      },
    },
  };
}

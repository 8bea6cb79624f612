import { useRef, type TouchEvent } from "react";

const farPx = 64;

/** Swipes of one finger. What zooms or scrolls under it marks itself with `data-no-swipe`. */
export function useSwipe(acts: { left(): void; right(): void; down(): void }): {
  onTouchStart(event: TouchEvent): void;
  onTouchEnd(event: TouchEvent): void;
} {
  const from = useRef<{ x: number; y: number } | null>(null);
  return {
    onTouchStart(event) {
      const touch = event.touches[0];
      const held = event.target instanceof Element && event.target.closest("[data-no-swipe]");
      from.current = touch && event.touches.length === 1 && !held ? { x: touch.clientX, y: touch.clientY } : null;
    },
    onTouchEnd(event) {
      const touch = event.changedTouches[0];
      if (!from.current || !touch || event.touches.length > 0) return;
      const dx = touch.clientX - from.current.x;
      const dy = touch.clientY - from.current.y;
      from.current = null;
      if (Math.abs(dx) > farPx && Math.abs(dx) > 2 * Math.abs(dy)) acts[dx < 0 ? "left" : "right"]();
      else if (dy > 2 * farPx && dy > 2 * Math.abs(dx)) acts.down();
    },
  };
}

import { useRef, type PointerEvent as ReactPointerEvent, type RefObject } from "react";
import type { SelectionTools } from "./use-selection.ts";

const longPressMs = 420;
const slopPx = 8;
const edgePx = 70;
const scrollPx = 18;

interface Drag {
  readonly from: number;
  readonly x: number;
  readonly y: number;
  readonly isTouch: boolean;
  active: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Selecting by dragging over pictures: with the mouse at once, with a finger after a long press. The page scrolls at its edges. */
export function useDragSelect(scroller: RefObject<HTMLDivElement | null>, selection: SelectionTools) {
  const drag = useRef<Drag | null>(null);
  const tools = useRef(selection);
  tools.current = selection;

  const end = (): void => {
    const held = drag.current;
    clearTimeout(held?.timer);
    drag.current = null;
    if (!held?.active) return;
    tools.current.endDrag();
    tools.current.swallowNextClick();
    scroller.current?.style.removeProperty("touch-action");
  };
  return {
    onPointerDown: (event: ReactPointerEvent<HTMLDivElement>): void => {
      // What goes down now is no end of the drag before, however soon it comes.
      tools.current.swallowsClick();
      const from = indexAt(event.target);
      if (from === null || event.button !== 0) return;
      const isTouch = event.pointerType !== "mouse";
      const begun: Drag = { from, x: event.clientX, y: event.clientY, isTouch, active: false, timer: undefined };
      drag.current = begun;
      if (!isTouch) return;
      begun.timer = setTimeout(() => {
        begun.active = true;
        navigator.vibrate?.(10);
        tools.current.dragTo(from, from);
      }, longPressMs);
    },
    onPointerMove: (event: ReactPointerEvent<HTMLDivElement>): void => {
      const held = drag.current;
      if (held === null) return;
      const far = Math.hypot(event.clientX - held.x, event.clientY - held.y) > slopPx;
      if (!held.active) {
        if (!far) return;
        // A finger that moves before the press was long scrolls.
        if (held.isTouch) return end();
        if (event.buttons !== 1) return end();
        held.active = true;
      }
      const to = indexAt(document.elementFromPoint(event.clientX, event.clientY));
      if (to !== null) tools.current.dragTo(held.from, to);
      const box = scroller.current?.getBoundingClientRect();
      if (!box) return;
      if (event.clientY < box.top + edgePx) scroller.current?.scrollBy(0, -scrollPx);
      else if (event.clientY > box.bottom - edgePx) scroller.current?.scrollBy(0, scrollPx);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onTouchMoveCapture: (event: React.TouchEvent): void => {
      if (drag.current?.active === true && event.cancelable) event.preventDefault();
    },
    onContextMenu: (event: React.MouseEvent): void => {
      if (drag.current?.isTouch === true) event.preventDefault();
    },
  };
}

function indexAt(target: EventTarget | null): number | null {
  const tile = target instanceof Element ? target.closest("[data-index]") : null;
  return tile === null ? null : Number(tile.getAttribute("data-index"));
}

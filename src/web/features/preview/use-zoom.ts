import { useEffect, useRef, useState, type MouseEvent, type PointerEvent, type RefObject } from "react";
import { fit, fitted, panBy, zoomAt, type Stage, type View } from "./zoom.ts";

const step = 1.5;
const doubleClickScale = 2.5;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Zoom and pan of a picture inside `stage`, by wheel, one or two fingers, double click and keys. */
export function useZoom(
  stage: RefObject<HTMLDivElement | null>,
  natural: { readonly width: number; readonly height: number } | null,
) {
  const [view, setView] = useState<View>(fitted);
  const fingers = useRef(new Map<number, Point>());

  const measured = (): Stage => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = stage.current ?? {};
    const size = fit(natural?.width ?? 0, natural?.height ?? 0, width, height);
    return { width, height, fittedWidth: size.width, fittedHeight: size.height };
  };
  const fromCentre = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const box = stage.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  };
  const by = (factor: number, at: Point = { x: 0, y: 0 }): void =>
    setView((now) => zoomAt(now, factor, at.x, at.y, measured()));

  useWheel(stage, (event) => by(Math.exp(-event.deltaY / 300), fromCentre(event)));
  useZoomKeys({ "+": () => by(step), "=": () => by(step), "-": () => by(1 / step), "0": () => setView(fitted) });

  const move = (event: PointerEvent): void => {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const now = fromCentre(event);
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    fingers.current.set(event.pointerId, now);
    if (!other) return setView((seen) => panBy(seen, now.x - before.x, now.y - before.y, measured()));
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    by(Math.max(1, distance(now, other)) / Math.max(1, distance(before, other)), middle);
  };
  const lift = (event: PointerEvent): void => void fingers.current.delete(event.pointerId);

  return {
    view,
    transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
    in: () => by(step),
    out: () => by(1 / step),
    reset: () => setView(fitted),
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        if (event.target instanceof HTMLImageElement) event.currentTarget.setPointerCapture(event.pointerId);
        else return;
        fingers.current.set(event.pointerId, fromCentre(event));
      },
      onPointerMove: move,
      onPointerUp: lift,
      onPointerCancel: lift,
      onDoubleClick: (event: MouseEvent) => by(view.scale > 1 ? 0 : doubleClickScale, fromCentre(event)),
    },
  };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** React's wheel listener is passive and could not keep the page from scrolling. */
function useWheel(stage: RefObject<HTMLDivElement | null>, act: (event: WheelEvent) => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const element = stage.current;
    const turn = (event: WheelEvent): void => {
      event.preventDefault();
      latest.current(event);
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, [stage]);
}

function useZoomKeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!event.ctrlKey && !event.metaKey) keys[event.key]?.();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

import { useEffect, useRef } from "react";
import { type Drawing, type DrawingState, type DrawnSubtitle, openDrawing } from "./drawing.ts";
import classes from "./player.module.css";

/** Subtitles with their own looks and places, over the picture. */
export function DrawnLayer(props: {
  readonly video: HTMLVideoElement | null;
  readonly subtitle: DrawnSubtitle;
  /** Time of the file's clock that is 0 in the player. */
  readonly originMs: number;
  /** Later when positive. */
  readonly shiftSeconds: number;
  readonly onState: (state: DrawingState) => void;
}) {
  const { video, subtitle, originMs, shiftSeconds, onState } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const offsetMs = useRef(0);
  const told = useRef(onState);
  told.current = onState;
  useEffect(() => {
    offsetMs.current = originMs - shiftSeconds * 1000;
    drawing.current?.redraw();
  }, [originMs, shiftSeconds]);
  // The list is made anew with every answer of the server: what counts is what it says.
  const what = JSON.stringify(subtitle);
  useEffect(() => {
    if (video === null || canvas.current === null) return undefined;
    const made = openDrawing({
      ...{ video, canvas: canvas.current, subtitle: JSON.parse(what) as DrawnSubtitle },
      originMs: () => offsetMs.current,
      changed: (state) => told.current(state),
    });
    drawing.current = made;
    const observer = new ResizeObserver(made.redraw);
    observer.observe(video);
    return () => {
      observer.disconnect();
      drawing.current = null;
      made.close();
    };
  }, [video, what]);
  return <canvas ref={canvas} className={classes.drawn} width={1} height={1} data-testid="drawn-subtitles" />;
}

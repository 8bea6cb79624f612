import { useRef, useState, type PointerEvent } from "react";
import { photos as t } from "#web/strings/photos.ts";
import classes from "./grid.module.css";
import { type Layout, rowAt } from "./layout.ts";
import { monthAt, type Shape } from "./shape.ts";
import { monthName } from "./words.ts";

interface Props {
  readonly shape: Shape;
  readonly layout: Layout;
  /** Upper edge of the screen on the sheet. */
  readonly at: number;
  readonly height: number;
  onJump(y: number): void;
}

const minYearGapPx = 22;

/** The line at the right: years along it, the month under the finger while it is dragged. */
export function Scrubber({ shape, layout, at, height, onJump }: Props) {
  const line = useRef<HTMLDivElement>(null);
  const [isHeld, setHeld] = useState(false);
  const most = Math.max(1, layout.height - height);
  const share = Math.min(1, at / most);
  const month = monthAt(shape, layout.starts[rowAt(layout, at)] ?? 0);
  const jump = (event: PointerEvent): void => {
    const box = line.current?.getBoundingClientRect();
    if (box) onJump(Math.max(0, Math.min(1, (event.clientY - box.top) / box.height)) * most);
  };
  const text = month === undefined ? "" : monthName(month.month);
  return (
    <div
      ref={line}
      className={classes.scrubber}
      role="slider"
      tabIndex={0}
      aria-label={t.scrubber}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={shape.months.length - 1}
      aria-valuenow={month === undefined ? 0 : shape.months.indexOf(month)}
      aria-valuetext={text}
      data-held={isHeld || undefined}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setHeld(true);
        jump(event);
      }}
      onPointerMove={(event) => isHeld && jump(event)}
      onPointerUp={() => setHeld(false)}
      onPointerCancel={() => setHeld(false)}
      onKeyDown={(event) => {
        const order = month === undefined ? 0 : shape.months.indexOf(month);
        const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
        const to = event.key === "Home" ? 0 : event.key === "End" ? shape.months.length - 1 : order + (step ?? 0);
        if (to === order) return;
        event.preventDefault();
        onJump(edgeOf(layout, Math.max(0, Math.min(shape.months.length - 1, to))));
      }}
    >
      {yearMarks(shape, layout, most, line.current?.clientHeight ?? 600).map(({ year, at: where }) => (
        <span key={year} className={classes.year} style={{ top: `${where * 100}%` }} aria-hidden="true">
          {year}
        </span>
      ))}
      <span className={classes.thumb} style={{ top: `${share * 100}%` }} aria-hidden="true">
        <span className={classes.bubble}>{text}</span>
      </span>
    </div>
  );
}

function edgeOf(layout: Layout, order: number): number {
  const row = layout.headings.indexOf(order);
  return row === -1 ? 0 : (layout.edges[row] ?? 0);
}

function yearMarks(shape: Shape, layout: Layout, most: number, height: number) {
  const marks: { year: number; at: number }[] = [];
  for (const [order, { month }] of shape.months.entries()) {
    const year = Math.floor(month / 12);
    const before = marks.at(-1);
    if (before?.year === year || month === 0) continue;
    const at = Math.min(1, edgeOf(layout, order) / most);
    if (before === undefined || (at - before.at) * height >= minYearGapPx) marks.push({ year, at });
  }
  return marks;
}

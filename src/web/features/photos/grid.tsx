import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { photos as t } from "#web/strings/photos.ts";
import { sizes } from "#web/theme.ts";
import classes from "./grid.module.css";
import { layoutOf, measures, rowAt, rowOf } from "./layout.ts";
import { Row } from "./row.tsx";
import { Scrubber } from "./scrubber.tsx";
import { monthAt, type Shape } from "./shape.ts";
import type { PhotoView } from "./url-state.ts";
import { useDragSelect } from "./use-drag-select.ts";
import type { SelectionTools } from "./use-selection.ts";
import { useCells } from "./use-view.ts";

const rowHeights = { desk: 210, phone: 118 } as const;
/** Rows above and below the screen that are ready. */
const overscanPx = 600;
/** While the page flies past, nothing is fetched. */
const settleMs = 120;

interface Props {
  readonly view: PhotoView;
  readonly shape: Shape;
  readonly albumId: number | undefined;
  readonly selection: SelectionTools;
  /** Number of the picture that was open last: it is brought into view. */
  readonly focusIndex: number | null;
  /** What stands above the pictures and scrolls with them. */
  readonly head?: ReactNode;
  onOpen(index: number): void;
}

/** The virtual grid: only the rows on the screen exist, however many pictures there are. */
export function Grid(props: Props) {
  const { view, shape, selection } = props;
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = width > 0 && width < sizes.phoneBelowPx ? rowHeights.phone : rowHeights.desk;
  const layout = useMemo(() => layoutOf(shape, Math.max(1, width), wanted), [shape, width, wanted]);
  const head = useRef<HTMLDivElement>(null);
  const screen = useScreen(scroller, head);
  const first = rowAt(layout, screen.top - overscanPx);
  const last = Math.min(layout.rowCount - 1, rowAt(layout, screen.top + screen.height + overscanPx));
  const months = monthsBetween(shape, layout.starts[first] ?? 0, (layout.starts[last + 1] ?? 1) - 1);
  const settled = useSettled(months, settleMs);
  const cellAt = useCells(view, shape, settled);
  const drag = useDragSelect(scroller, selection);
  useFocus(props.focusIndex, layout, scroller, head);
  const rows = [];
  for (let row = first; row <= last && row < layout.rowCount; row += 1) rows.push(row);
  return (
    <div className={classes.frame}>
      <div className={classes.scroller} ref={scroller} data-photos-scroller tabIndex={-1} {...drag}>
        <div ref={head}>{props.head}</div>
        <div
          ref={sizeRef}
          className={classes.sheet}
          role="group"
          aria-label={t.timeline}
          data-selecting={selection.count > 0 || undefined}
          style={{ height: layout.height }}
        >
          {width > 0 &&
            rows.map((row) => (
              <Row
                key={layout.starts[row]}
                row={row}
                layout={layout}
                shape={shape}
                cellAt={cellAt}
                albumId={props.albumId}
                selection={selection}
                onOpen={props.onOpen}
              />
            ))}
        </div>
      </div>
      {shape.months.length > 1 && layout.height > screen.height * 2 && (
        <Scrubber
          shape={shape}
          layout={layout}
          at={screen.top}
          height={screen.height}
          onJump={(y) => scroller.current?.scrollTo({ top: y + (head.current?.offsetHeight ?? 0) })}
        />
      )}
    </div>
  );
}

/** Which part of the sheet is on the screen; told once a frame. */
function useScreen(scroller: React.RefObject<HTMLDivElement | null>, head: React.RefObject<HTMLDivElement | null>) {
  const [screen, setScreen] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const top = Math.max(0, element.scrollTop - (head.current?.offsetHeight ?? 0));
      setScreen((known) => {
        // Rows stand ready beyond the edge: small steps need no new ones.
        const isNear = Math.abs(known.top - top) < measures.heading && known.height === element.clientHeight;
        return isNear ? known : { top, height: element.clientHeight };
      });
    };
    const ask = (): void => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    element.addEventListener("scroll", ask, { passive: true });
    const observer = new ResizeObserver(ask);
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", ask);
      observer.disconnect();
    };
  }, [scroller, head]);
  return screen;
}

function monthsBetween(shape: Shape, from: number, to: number): number[] {
  const first = monthAt(shape, Math.max(0, from));
  if (first === undefined) return [];
  const at = shape.months.indexOf(first);
  const found: number[] = [];
  for (let index = at; index < shape.months.length && (shape.months[index]?.start ?? 0) <= to; index += 1) {
    found.push(shape.months[index]?.month ?? 0);
  }
  return found;
}

/** The same list until another one has stood for a moment; at once when part of it is known to be wanted. */
function useSettled(months: readonly number[], ms: number): readonly number[] {
  const [settled, setSettled] = useState(months);
  const key = months.join();
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key === "" ? [] : key.split(",").map(Number)), ms);
    return () => clearTimeout(timer);
  }, [key, ms]);
  return settled;
}

function useFocus(
  index: number | null,
  layout: ReturnType<typeof layoutOf>,
  scroller: React.RefObject<HTMLDivElement | null>,
  head: React.RefObject<HTMLDivElement | null>,
): void {
  const done = useRef<number | null>(null);
  useEffect(() => {
    const element = scroller.current;
    if (index === null || !element || layout.width <= 1 || done.current === index) return;
    done.current = index;
    const row = rowOf(layout, index);
    const top = (layout.tops[row] ?? 0) + (head.current?.offsetHeight ?? 0);
    const isSeen =
      top >= element.scrollTop && top + (layout.heights[row] ?? 0) <= element.scrollTop + element.clientHeight;
    if (!isSeen) element.scrollTo({ top: Math.max(0, top - element.clientHeight / 3) });
  }, [index, layout, scroller, head]);
}

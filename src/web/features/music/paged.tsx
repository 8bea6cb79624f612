import { Skeleton } from "@mantine/core";
import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { ErrorState, useAfter } from "#web/ui/index.ts";
import classes from "./music.module.css";

export interface Page<T> {
  readonly total: number;
  readonly items: readonly T[];
}

interface PageQuery<T> {
  /** Begins with the name of the operation, which live events rely on. */
  readonly queryKey: readonly unknown[];
  queryFn(context: { readonly signal: AbortSignal }): Promise<Page<T>>;
}

const pageSize = 100;
const gapPx = 16;

interface PagedProps<T> {
  /** Answers of one list for a place in it. */
  query(offset: number, limit: number): PageQuery<T>;
  /** Changes with what is asked: then the list begins at its top again. */
  readonly listKey: string;
  readonly label: string;
  /** Least width of a cell, or null for one cell a row. */
  readonly cellPx: number | null;
  /** Height of a row; of cells the part beside their square picture. */
  readonly rowPx: number;
  render(item: T, index: number): ReactNode;
  readonly empty: ReactNode;
  summary?(total: number): ReactNode;
}

/** A list of any length of which only what is near the screen exists, here and on its way from the server. */
export function Paged<T>(props: PagedProps<T>) {
  const { cellPx, rowPx, render, label } = props;
  const root = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  const [topPx, setTopPx] = useState(0);
  const scroller = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return;
    scroller.current = scrollerOf(element);
    const measure = () => {
      const outer = scroller.current;
      setWidthPx(element.clientWidth);
      if (outer) setTopPx(element.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const columns = cellPx === null || widthPx === 0 ? 1 : Math.max(2, Math.floor((widthPx + gapPx) / (cellPx + gapPx)));
  const cellWidth = (widthPx - gapPx * (columns - 1)) / columns;
  const linePx = cellPx === null ? rowPx : Math.round(cellWidth) + rowPx;
  const [total, setTotal] = useState<number | null>(null);
  const virtual = useVirtualizer({
    count: Math.ceil((total ?? 0) / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => linePx,
    overscan: cellPx === null ? 12 : 3,
    scrollMargin: topPx,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, linePx]);
  const lines = virtual.getVirtualItems();
  const first = Math.floor(((lines[0]?.index ?? 0) * columns) / pageSize);
  const last = Math.floor((((lines.at(-1)?.index ?? 0) + 1) * columns - 1) / pageSize);
  const numbers = [...new Set([0, ...Array.from({ length: Math.max(1, last - first + 1) }, (_, at) => first + at)])];
  const pages = useQueries({
    queries: numbers.map((number) => ({
      placeholderData: keepPreviousData,
      ...props.query(number * pageSize, pageSize),
    })),
  });
  const byNumber = new Map(numbers.map((number, at) => [number, pages[at]?.data]));
  const [
    { data: top, error, isPending, refetch } = { data: undefined, error: null, isPending: true, refetch: undefined },
  ] = pages;
  const known = top?.total ?? null;
  if (known !== total) setTotal(known);
  const late = useAfter(isPending);
  return (
    <div ref={root} className={classes.paged}>
      {error && top === undefined && <ErrorState error={error} onRetry={() => void refetch?.()} />}
      {isPending && late && <Skeleton height={320} animate={false} radius="md" />}
      {known === 0 && props.empty}
      {known !== null && known > 0 && props.summary?.(known)}
      <ul
        className={classes.lines}
        aria-label={label}
        style={{ height: virtual.getTotalSize() }}
        data-empty={(known ?? 0) === 0 || undefined}
      >
        {lines.flatMap((line) =>
          Array.from({ length: columns }, (_, column) => {
            const index = line.index * columns + column;
            if (index >= (total ?? 0)) return null;
            const item = byNumber.get(Math.floor(index / pageSize))?.items[index % pageSize];
            const style = {
              top: line.start - topPx,
              left: column * (cellWidth + gapPx),
              width: cellPx === null ? "100%" : cellWidth,
              height: linePx,
            };
            return (
              <li
                key={index}
                className={classes.cell}
                style={style}
                aria-setsize={total ?? 0}
                aria-posinset={index + 1}
              >
                {item === undefined ? null : render(item, index)}
              </li>
            );
          }),
        )}
      </ul>
    </div>
  );
}

function scrollerOf(element: HTMLElement): HTMLElement {
  for (let outer = element.parentElement; outer !== null; outer = outer.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(outer).overflowY)) return outer;
  }
  return document.documentElement;
}

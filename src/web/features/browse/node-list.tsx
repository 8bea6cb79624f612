import { VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useLayoutEffect, useRef, type CSSProperties, type ReactNode } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { sizes } from "#web/theme.ts";
import type { ThumbUrl } from "#web/ui/index.ts";
import { TableCells, Tile, type CellProps } from "./cells.tsx";
import { layoutOf, type ListLayout } from "./layout.ts";
import { ListHeader } from "./list-header.tsx";
import classes from "./node-list.module.css";
import type { Rows } from "./rows.ts";
import { noSelection, type Selection } from "./selection.ts";
import type { Sort, SortBy, View } from "./url-state.ts";
import { useListKeys } from "./use-list-keys.ts";
import { useListPointer } from "./use-list-pointer.ts";
import { useNow } from "./use-now.ts";
import { useWidth } from "./use-width.ts";

export interface NodeListProps {
  readonly rows: Rows;
  readonly view: View;
  /** Names the list for assistive technology. */
  readonly label: string;
  readonly onOpen: (node: Node) => void;
  readonly sort?: Sort;
  readonly onSort?: (key: SortBy) => void;
  /** Without `onSelect` nothing can be selected. */
  readonly selection?: Selection;
  readonly onSelect?: (selection: Selection) => void;
  readonly thumbUrl?: ThumbUrl;
  /** Right click, long press, the ⋯ button or the menu key; null is the empty space of the list. */
  readonly onMenu?: (node: Node | null, at: { readonly x: number; readonly y: number }) => void;
  /** Keys the list does not use itself; true when used. */
  readonly onKey?: (event: React.KeyboardEvent) => boolean;
  readonly editingId?: number | null;
  readonly onRename?: (node: Node, name: string | null) => void;
  /** With it, nodes can be dragged onto folders of the list. */
  readonly onDropNodes?: (ids: readonly number[], folder: Node) => void;
  /** The list takes the focus when it appears with this, and again whenever it changes. */
  readonly focusKey?: number;
  /** Shown instead of rows when there are none. */
  readonly empty?: ReactNode;
}

const headerPx = 36;
const doubleClickMs = 500;
const overscanLines = 8;

/** The virtual body: only the lines near the screen exist. */
function useLines(props: NodeListProps, layout: ListLayout, scroller: React.RefObject<HTMLDivElement | null>) {
  const { rows, view } = props;
  const top = view === "table" ? headerPx : 0;
  const virtual = useVirtualizer({
    count: Math.ceil(rows.total / layout.columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => layout.linePx,
    overscan: view === "table" ? overscanLines : 3,
    scrollMargin: top,
    scrollPaddingStart: top,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, layout.linePx]);
  const lines = virtual.getVirtualItems();
  const from = (lines[0]?.index ?? 0) * layout.columns;
  const to = ((lines.at(-1)?.index ?? 0) + 1) * layout.columns;
  useEffect(() => rows.ensure?.(from, to), [rows, from, to]);
  return { virtual, lines, top };
}

/** A list of files and folders as a table or a grid; virtual, with sort, selection, keyboard, drag and inline rename. */
export function NodeList(props: NodeListProps) {
  const { rows, view, selection = noSelection } = props;
  const phone = useMediaQuery(`(max-width: ${sizes.phoneBelowPx - 0.02}px)`, undefined, {
    getInitialValueInEffect: false,
  });
  const body = useWidth();
  const scroller = useRef<HTMLDivElement>(null);
  const layout = layoutOf(view, body.widthPx, phone);
  const { virtual, lines, top } = useLines(props, layout, scroller);
  const listId = useId();
  const nowMs = useNow();
  const idOf = (index: number): string => `${listId}-${index}`;
  const reveal = (index: number): void => virtual.scrollToIndex(Math.floor(index / layout.columns));
  const pointer = useListPointer(props);
  const linesPerPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / layout.linePx) - 1);
  const onKeyDown = useListKeys(props, { columns: layout.columns, linesPerPage, reveal, cellId: idOf });
  const { cursor } = selection;
  // A click must not move what is under the pointer, or the second click of a double one meets another row.
  const pointedAtMs = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (performance.now() - pointedAtMs.current < doubleClickMs) return;
    if (cursor !== null && cursor < rows.total) virtual.scrollToIndex(Math.floor(cursor / layout.columns));
    // Only a moved cursor scrolls; new rows or another width must not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cursor]);
  useEffect(() => {
    if (props.focusKey !== undefined) scroller.current?.focus({ preventScroll: true });
  }, [props.focusKey]);

  const cell = (index: number, node: Node): CellProps => ({
    id: idOf(index),
    index,
    node,
    selected: selection.nodes.has(node.id),
    cursor: selection.cursor === index,
    dropTarget: pointer.dropIndex === index,
    selectable: props.onSelect !== undefined,
    editing: props.editingId === node.id,
    nowMs,
    thumbUrl: props.thumbUrl,
    hasMenu: props.onMenu !== undefined,
    draggable: props.onDropNodes !== undefined && !phone,
    onRename: pointer.onRename,
  });

  if (rows.total === 0 && props.empty) {
    return (
      <div className={classes.list} ref={scroller} {...pointer.handlers}>
        {props.empty}
      </div>
    );
  }
  const style = { "--tile": `${layout.tilePx}px`, "--header": `${headerPx}px` } as CSSProperties;
  return (
    <div
      ref={scroller}
      className={classes.list}
      style={style}
      data-view={view}
      data-picking={selection.nodes.size > 0 || undefined}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-multiselectable={props.onSelect ? true : undefined}
      aria-rowcount={Math.ceil(rows.total / layout.columns) + (view === "table" ? 1 : 0)}
      aria-activedescendant={cursor !== null && cursor < rows.total ? idOf(cursor) : undefined}
      onKeyDown={onKeyDown}
      onPointerDownCapture={() => {
        pointedAtMs.current = performance.now();
      }}
      {...pointer.handlers}
    >
      {view === "table" && <ListHeader sort={props.sort} onSort={props.onSort} />}
      <div role="rowgroup" ref={body.ref} className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {(view === "table" || body.widthPx > 0) &&
          lines.map((line) => (
            <Line
              key={line.key}
              view={view}
              index={line.index}
              startPx={line.start - top}
              linePx={layout.linePx}
              layout={layout}
              rows={rows}
              cell={cell}
            />
          ))}
      </div>
      {view === "grid" && rows.total === 0 && <VisuallyHidden>{strings.browse.empty}</VisuallyHidden>}
    </div>
  );
}

function Line(props: {
  readonly view: View;
  readonly index: number;
  readonly startPx: number;
  readonly linePx: number;
  readonly layout: ListLayout;
  readonly rows: Rows;
  readonly cell: (index: number, node: Node) => CellProps;
}) {
  const { view, index, rows, cell, layout } = props;
  const style = { transform: `translateY(${props.startPx}px)`, height: props.linePx };
  if (view === "grid") {
    const first = index * layout.columns;
    const last = Math.min(rows.total, first + layout.columns);
    return (
      <div role="row" aria-rowindex={index + 1} className={classes.tileLine} style={style}>
        {Array.from({ length: last - first }, (_, offset) => {
          const node = rows.get(first + offset);
          if (node) return <Tile key={node.id} {...cell(first + offset, node)} />;
          return (
            <div
              key={-1 - offset}
              role="gridcell"
              className={classes.tilePending}
              aria-label={strings.common.loading}
            />
          );
        })}
      </div>
    );
  }
  const node = rows.get(index);
  if (!node) {
    return (
      <div role="row" aria-rowindex={index + 2} className={classes.rowPending} style={style}>
        <span role="gridcell" aria-label={strings.common.loading} />
      </div>
    );
  }
  const given = cell(index, node);
  return (
    <div
      role="row"
      id={given.id}
      aria-rowindex={index + 2}
      aria-selected={given.selectable ? given.selected : undefined}
      className={classes.row}
      style={style}
      data-index={index}
      data-selected={given.selected || undefined}
      data-cursor={given.cursor || undefined}
      data-drop={given.dropTarget || undefined}
      draggable={given.draggable && !given.editing}
    >
      <TableCells {...given} />
    </div>
  );
}

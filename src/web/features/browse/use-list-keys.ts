import { isTyping } from "#web/ui/index.ts";
import type { NodeListProps } from "./node-list.tsx";
import { allRows } from "./rows.ts";
import { clear, cursorAfter, noSelection, rangeTo, selectAll, selectOnly, selectRange, toggle } from "./selection.ts";

/** The keyboard of a list: arrows with Shift and Ctrl, Enter, Space, Ctrl-A, Escape, the menu key; the rest goes to `onKey`. */
export function useListKeys(
  props: NodeListProps,
  shape: {
    readonly columns: number;
    readonly linesPerPage: number;
    readonly reveal: (index: number) => void;
    readonly cellId: (index: number) => string;
  },
): (event: React.KeyboardEvent) => void {
  const { rows, selection = noSelection, onSelect, onOpen, onMenu } = props;

  const move = (event: React.KeyboardEvent): boolean => {
    const next = cursorAfter(event.key, selection.cursor, { total: rows.total, ...shape });
    if (next === null) return false;
    shape.reveal(next);
    const node = rows.get(next);
    if (event.shiftKey) {
      const { from, to } = rangeTo(selection, next);
      void allRows(rows, from, to).then((nodes) => onSelect?.(selectRange(selection, next, nodes)));
    } else if (event.ctrlKey || event.metaKey || !node) onSelect?.({ ...selection, cursor: next });
    else onSelect?.(selectOnly(next, node));
    return true;
  };

  const menu = (): boolean => {
    const { cursor } = selection;
    const node = cursor === null ? null : (rows.get(cursor) ?? null);
    const box = cursor === null ? null : document.getElementById(shape.cellId(cursor))?.getBoundingClientRect();
    if (!onMenu || !box) return false;
    if (node && cursor !== null && !selection.nodes.has(node.id)) onSelect?.(selectOnly(cursor, node));
    onMenu(node, { x: box.left + shape.columns, y: box.bottom });
    return true;
  };

  const act = (event: React.KeyboardEvent): boolean => {
    const { cursor } = selection;
    const node = cursor === null ? undefined : rows.get(cursor);
    const chord = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && node && !chord && !event.altKey) {
      onOpen(node);
      return true;
    }
    if (event.key === " " && node && cursor !== null) {
      onSelect?.(toggle(selection, cursor, node));
      return true;
    }
    if (event.key.toLowerCase() === "a" && chord) {
      void allRows(rows, 0, rows.total).then((nodes) => onSelect?.(selectAll(selection, nodes)));
      return true;
    }
    if (event.key === "Escape" && selection.nodes.size > 0) {
      onSelect?.(clear(selection));
      return true;
    }
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) return menu();
    return false;
  };

  return (event) => {
    if (isTyping(event.target) || event.defaultPrevented) return;
    const onButton = event.target instanceof HTMLElement && event.target.closest("button") !== null;
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const plainMove = !event.altKey && move(event);
    if (plainMove || act(event) || props.onKey?.(event)) event.preventDefault();
  };
}

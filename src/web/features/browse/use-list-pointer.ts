import { useRef, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { urls } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { dragLabel, droppedIds, fillDrag, isNodesDrag } from "./drag.ts";
import type { NodeListProps } from "./node-list.tsx";
import classes from "./drag-label.module.css";
import { allRows } from "./rows.ts";
import { clear, noSelection, rangeTo, selectOnly, selectRange, toggle } from "./selection.ts";

const longPressMs = 450;
const longPressSlackPx = 10;

interface Hit {
  readonly index: number | null;
  readonly act: string | null;
  readonly element: HTMLElement | null;
}

function hitOf(target: EventTarget): Hit {
  if (!(target instanceof Element)) return { index: null, act: null, element: null };
  const element = target.closest<HTMLElement>("[data-index]");
  const act = target.closest<HTMLElement>("[data-act]")?.dataset["act"] ?? null;
  return { index: element ? Number(element.dataset["index"]) : null, act, element };
}

const isTouch = (event: React.MouseEvent): boolean =>
  event.nativeEvent instanceof PointerEvent && event.nativeEvent.pointerType === "touch";

/** Mouse, touch and drag on a list: one handler each for the whole list instead of one for every row. */
export function useListPointer(props: NodeListProps) {
  const { rows, selection = noSelection, onSelect, onMenu, onOpen } = props;
  const [dropIndex, setDropIndex] = useState<number | null>(null);
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const pressed = useRef(false);
  const latest = useRef(props);
  latest.current = props;
  const [onRename] = useState(() => (node: Node, name: string | null) => latest.current.onRename?.(node, name));

  const extendTo = async (index: number): Promise<void> => {
    const { from, to } = rangeTo(selection, index);
    onSelect?.(selectRange(selection, index, await allRows(rows, from, to)));
  };

  const pick = (event: React.MouseEvent, index: number, node: Node, act: string | null): void => {
    if (event.shiftKey) void extendTo(index);
    else if (act === "check" || event.ctrlKey || event.metaKey) onSelect?.(toggle(selection, index, node));
    else onSelect?.(selectOnly(index, node));
  };

  const onClick = (event: React.MouseEvent): void => {
    if (pressed.current) {
      pressed.current = false;
      return;
    }
    const { index, act, element } = hitOf(event.target);
    if (event.target instanceof HTMLInputElement || act === "header") return;
    if (index === null || !element) {
      if (onSelect && selection.nodes.size > 0 && !(event.target as Element).closest("button"))
        onSelect(clear(selection));
      return;
    }
    const node = rows.get(index);
    if (!node) return;
    if (act === "more") {
      const box = (event.target as Element).getBoundingClientRect();
      if (!selection.nodes.has(node.id)) onSelect?.(selectOnly(index, node));
      onMenu?.(node, { x: box.left, y: box.bottom });
    } else if (!onSelect) onOpen(node);
    else if (isTouch(event) && act !== "check") {
      if (selection.nodes.size > 0) onSelect(toggle(selection, index, node));
      else onOpen(node);
    } else pick(event, index, node, act);
  };

  const onDoubleClick = (event: React.MouseEvent): void => {
    const { index, act } = hitOf(event.target);
    const node = index === null ? undefined : rows.get(index);
    if (node && !act && !(event.target instanceof HTMLInputElement) && !event.ctrlKey && !event.shiftKey) onOpen(node);
  };

  const onContextMenu = (event: React.MouseEvent): void => {
    if (event.target instanceof HTMLInputElement) return;
    if (!onMenu) return;
    event.preventDefault();
    if (isTouch(event)) return;
    const { index } = hitOf(event.target);
    const node = index === null ? undefined : rows.get(index);
    if (node && index !== null && !selection.nodes.has(node.id)) onSelect?.(selectOnly(index, node));
    onMenu(node ?? null, { x: event.clientX, y: event.clientY });
  };

  const endPress = (): void => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  const onPointerDown = (event: React.PointerEvent): void => {
    pressed.current = false;
    if (event.pointerType !== "touch" || !onSelect) return;
    const { index, act } = hitOf(event.target);
    const node = index === null ? undefined : rows.get(index);
    if (!node || index === null || act) return;
    endPress();
    const timer = setTimeout(() => {
      pressed.current = true;
      navigator.vibrate?.(8);
      latest.current.onSelect?.(toggle(latest.current.selection ?? noSelection, index, node));
    }, longPressMs);
    press.current = { timer, x: event.clientX, y: event.clientY };
  };
  const onPointerMove = (event: React.PointerEvent): void => {
    const at = press.current;
    if (at && Math.hypot(event.clientX - at.x, event.clientY - at.y) > longPressSlackPx) endPress();
  };

  const onDragStart = (event: React.DragEvent): void => {
    const { index } = hitOf(event.target);
    const node = index === null ? undefined : rows.get(index);
    if (!node || index === null || !props.onDropNodes) return;
    const nodes = selection.nodes.has(node.id) ? [...selection.nodes.values()] : [node];
    if (!nodes.every((each) => each.canWrite)) return event.preventDefault();
    if (!selection.nodes.has(node.id)) onSelect?.(selectOnly(index, node));
    const only = nodes.length === 1 && node.kind === "file" ? node : null;
    const file = only ? { name: only.name, mime: only.mime, url: urls.download(only.id) } : null;
    fillDrag(
      event,
      nodes.map((each) => each.id),
      file,
    );
    dragLabel(event, nodes.length === 1 ? node.name : strings.common.items(nodes.length), classes.dragLabel);
  };
  const folderAt = (event: React.DragEvent): { readonly index: number; readonly node: Node } | null => {
    const { index } = hitOf(event.target);
    const node = index === null ? undefined : rows.get(index);
    if (!node || index === null || node.kind !== "folder" || !node.canWrite) return null;
    return selection.nodes.has(node.id) ? null : { index, node };
  };
  const onDragOver = (event: React.DragEvent): void => {
    if (!props.onDropNodes || !isNodesDrag(event)) return;
    const target = folderAt(event);
    setDropIndex(target?.index ?? null);
    if (!target) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  };
  const onDrop = (event: React.DragEvent): void => {
    const target = folderAt(event);
    setDropIndex(null);
    if (!target || !isNodesDrag(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const ids = droppedIds(event);
    if (ids.length > 0) props.onDropNodes?.(ids, target.node);
  };
  const onDragLeave = (event: React.DragEvent): void => {
    if (!event.currentTarget.contains(event.relatedTarget as globalThis.Node | null)) setDropIndex(null);
  };

  return {
    dropIndex,
    onRename,
    handlers: {
      onClick,
      onDoubleClick,
      onContextMenu,
      onPointerDown,
      onPointerMove,
      onPointerUp: endPress,
      onPointerCancel: endPress,
      onDragStart,
      onDragOver,
      onDragLeave,
      onDrop,
      onDragEnd: () => setDropIndex(null),
    },
  };
}

/** The drag of nodes within the page. */
const nodesDragType = "application/x-hearth-nodes";

/** True while nodes of this page are dragged (their ids can be read only on drop). */
export function isNodesDrag(event: React.DragEvent): boolean {
  return event.dataTransfer.types.includes(nodesDragType);
}

/** The ids of a drop; empty for anything else. */
export function droppedIds(event: React.DragEvent): readonly number[] {
  const text = event.dataTransfer.getData(nodesDragType);
  if (!/^[0-9,]+$/.test(text)) return [];
  return text.split(",").map(Number);
}

/** Fills a drag: ids for this page, and for one file an address so that dragging out of the window downloads it. */
export function fillDrag(
  event: React.DragEvent,
  ids: readonly number[],
  file: { readonly name: string; readonly mime: string; readonly url: string } | null,
): void {
  event.dataTransfer.effectAllowed = "copyMove";
  event.dataTransfer.setData(nodesDragType, ids.join(","));
  if (file) {
    const address = new URL(file.url, location.href).href;
    event.dataTransfer.setData("DownloadURL", `${file.mime || "application/octet-stream"}:${file.name}:${address}`);
  }
}

/** A small label under the pointer instead of the picture of one row. */
export function dragLabel(event: React.DragEvent, text: string, className: string | undefined): void {
  const label = document.createElement("div");
  label.textContent = text;
  label.className = className ?? "";
  document.body.append(label);
  event.dataTransfer.setDragImage(label, -12, -8);
  requestAnimationFrame(() => label.remove());
}

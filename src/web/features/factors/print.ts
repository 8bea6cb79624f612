/** Prints a text and nothing of the page around it: in a frame of its own that goes away afterwards. */
export function printText(text: string): void {
  const frame = document.createElement("iframe");
  // Out of sight, not hidden: Firefox prints nothing of what is not drawn.
  frame.style.position = "fixed";
  frame.style.insetInlineStart = "-10000px";
  frame.ariaHidden = "true";
  document.body.append(frame);
  const inner = frame.contentWindow;
  if (!inner) return frame.remove();
  const block = inner.document.createElement("pre");
  block.textContent = text;
  inner.document.body.append(block);
  inner.addEventListener("afterprint", () => frame.remove());
  inner.print();
}

import { thumbHashToAverageRGBA, thumbHashToDataURL } from "thumbhash";

const kept = new Map<string, string>();
const maxKept = 3000;
const waiting: { hash: string; element: HTMLElement }[] = [];
let scheduled = false;

function bytesOf(hash: string): Uint8Array {
  return Uint8Array.from(atob(hash), (char) => char.charCodeAt(0));
}

/** The mean colour of a placeholder; cheap enough for every tile of a scroll. */
export function colourOf(hash: string | null): string | undefined {
  if (hash === null) return undefined;
  const { r, g, b } = thumbHashToAverageRGBA(bytesOf(hash));
  return `rgb(${Math.round(r * 255)} ${Math.round(g * 255)} ${Math.round(b * 255)})`;
}

/** Paints the whole placeholder when the browser has nothing else to do, and the picture is not there yet. */
export function paintSoon(element: HTMLElement, hash: string): () => void {
  const entry = { hash, element };
  waiting.push(entry);
  schedule();
  return () => {
    const at = waiting.indexOf(entry);
    if (at !== -1) waiting.splice(at, 1);
  };
}

const idle: (work: (deadline: { timeRemaining(): number }) => void) => void =
  typeof requestIdleCallback === "function"
    ? (work) => void requestIdleCallback(work)
    : (work) => void setTimeout(() => work({ timeRemaining: () => 8 }), 60);

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  idle((deadline) => {
    scheduled = false;
    while (waiting.length > 0 && deadline.timeRemaining() > 3) {
      const next = waiting.shift();
      if (next?.element.isConnected) next.element.style.backgroundImage = `url(${dataUrlOf(next.hash)})`;
    }
    if (waiting.length > 0) schedule();
  });
}

function dataUrlOf(hash: string): string {
  const known = kept.get(hash);
  if (known !== undefined) return known;
  const made = thumbHashToDataURL(bytesOf(hash));
  if (kept.size >= maxKept) kept.clear();
  kept.set(hash, made);
  return made;
}

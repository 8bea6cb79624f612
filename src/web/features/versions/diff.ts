/** A line of a comparison; the numbers count from 1 in the text it stands in. */
export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
  readonly oldNumber: number | null;
  readonly newNumber: number | null;
}

/** Lines alike that are left out of a comparison. */
export interface Gap {
  readonly kind: "gap";
  readonly count: number;
}

/** Two texts that differ in more lines have little in common, and finding out what would cost time and memory. */
const maxEdits = 1500;

export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** What was removed and added, with the fewest changes (E. Myers, An O(ND) Difference Algorithm, 1986). */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const middle = middleOf(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  const kinds: readonly DiffLine["kind"][] = [
    ...Array.from({ length: head }, () => "same" as const),
    ...middle,
    ...Array.from({ length: tail }, () => "same" as const),
  ];
  return numbered(kinds, before, after);
}

function numbered(kinds: readonly DiffLine["kind"][], before: readonly string[], after: readonly string[]): DiffLine[] {
  let old = 0;
  let current = 0;
  return kinds.map((kind) => {
    const text = (kind === "added" ? after[current] : before[old]) ?? "";
    if (kind !== "added") old++;
    if (kind !== "removed") current++;
    return { kind, text, oldNumber: kind === "added" ? null : old, newNumber: kind === "removed" ? null : current };
  });
}

function middleOf(before: readonly string[], after: readonly string[]): DiffLine["kind"][] {
  const trace = furthestPoints(before, after);
  if (trace === null) return [...before.map(() => "removed" as const), ...after.map(() => "added" as const)];
  const kinds: DiffLine["kind"][] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const at = (diagonal: number): number => trace[edits]?.[diagonal + edits + 1] ?? 0;
    const diagonal = comesFrom(at, x - y, edits);
    const fromX = at(diagonal);
    const fromY = fromX - diagonal;
    for (; x > fromX && y > fromY; x--, y--) kinds.push("same");
    kinds.push(x === fromX ? "added" : "removed");
    x = fromX;
    y = fromY;
  }
  for (; x > 0; x--) kinds.push("same");
  return kinds.toReversed();
}

/** For each number of edits, how far along `before` every diagonal had come before the last of them; null when there are too many. */
function furthestPoints(before: readonly string[], after: readonly string[]): Int32Array[] | null {
  const most = Math.min(before.length + after.length, maxEdits);
  const middle = most + 1;
  const furthest = new Int32Array(2 * most + 3);
  const at = (diagonal: number): number => furthest[diagonal + middle] ?? 0;
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(furthest.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const from = comesFrom(at, diagonal, edits);
      let x = edits === 0 || from > diagonal ? at(from) : at(from) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      furthest[diagonal + middle] = x;
      if (x >= before.length && x - diagonal >= after.length) return trace;
    }
  }
  return null;
}

/** The neighbouring diagonal that the furthest path to this one comes from: above by an added line, below by a removed one. */
function comesFrom(at: (diagonal: number) => number, diagonal: number, edits: number): number {
  const isAdded = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
  return isAdded ? diagonal + 1 : diagonal - 1;
}

const context = 3;

/** The changes with some lines around them; what is alike for longer becomes a gap. */
export function withGaps(lines: readonly DiffLine[]): (DiffLine | Gap)[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, index) => {
    if (line.kind !== "same") near.fill(1, Math.max(0, index - context), index + context + 1);
  });
  const shown: (DiffLine | Gap)[] = [];
  let skipped = 0;
  lines.forEach((line, index) => {
    if (near[index] === 0) {
      skipped++;
      return;
    }
    if (skipped > 0) shown.push({ kind: "gap", count: skipped });
    skipped = 0;
    shown.push(line);
  });
  if (skipped > 0 && shown.length > 0) shown.push({ kind: "gap", count: skipped });
  return shown;
}

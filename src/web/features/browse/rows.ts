import type { Node } from "#contract/apps/files/browse";

/** Rows of a list that may be only partly loaded: `get` gives undefined for a row that is on its way. */
export interface Rows {
  readonly total: number;
  get(index: number): Node | undefined;
  /** Called with what is on the screen (end exclusive); loads it when missing. */
  ensure?(from: number, to: number): void;
  /** Every row of a range (end exclusive), loaded when missing; for a selection that reaches beyond the screen. */
  load?(from: number, to: number): Promise<readonly Node[]>;
}

/** Rows that are all there. */
export function rowsOf(nodes: readonly Node[]): Rows {
  return { total: nodes.length, get: (index) => nodes[index] };
}

/** The rows of a range that are there already. */
export function loadedRows(rows: Rows, from: number, to: number): Node[] {
  const found: Node[] = [];
  for (let index = Math.max(0, from); index < Math.min(rows.total, to); index += 1) {
    const node = rows.get(index);
    if (node) found.push(node);
  }
  return found;
}

/** Every row of a range, loaded when needed. */
export async function allRows(rows: Rows, from: number, to: number): Promise<readonly Node[]> {
  const there = loadedRows(rows, from, to);
  const wanted = Math.min(rows.total, to) - Math.max(0, from);
  return there.length >= wanted || !rows.load ? there : rows.load(from, to);
}

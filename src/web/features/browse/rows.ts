import type { Node } from "#contract/apps/files/browse";

/** Rows of a list that may be only partly loaded: `get` gives undefined for a row that is on its way. */
export interface Rows {
  readonly total: number;
  get(index: number): Node | undefined;
  /** Called with what is on the screen; loads it when missing. */
  ensure?(from: number, to: number): void;
}

/** Rows that are all there. */
export function rowsOf(nodes: readonly Node[]): Rows {
  return { total: nodes.length, get: (index) => nodes[index] };
}

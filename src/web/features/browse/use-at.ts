import { useEffect, useRef } from "react";
import { allRows, type Rows } from "./rows.ts";
import { noSelection, selectOnly, type Selection } from "./selection.ts";

/** A node beyond this many rows is opened without being looked for. */
const searchedRows = 20_000;

/** With a finger a selection changes what a tap does, so there a node is only scrolled to. */
const isCoarse = (): boolean => window.matchMedia("(pointer: coarse)").matches;

/** Selects the node that the address names (`at`), once its row can be found. */
export function useAt(at: number | undefined, rows: Rows, onSelect: (selection: Selection) => void): void {
  const done = useRef<number | null>(null);
  useEffect(() => {
    if (!at || done.current === at || rows.total === 0) return;
    void allRows(rows, 0, Math.min(rows.total, searchedRows)).then((nodes) => {
      const index = nodes.findIndex((node) => node.id === at);
      const node = nodes[index];
      if (!node || done.current === at) return;
      done.current = at;
      onSelect(isCoarse() ? { ...noSelection, cursor: index } : selectOnly(index, node));
    });
  }, [at, rows, onSelect]);
}

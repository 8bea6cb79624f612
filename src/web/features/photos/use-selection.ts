import { useCallback, useMemo, useRef, useState } from "react";
import type { Cell } from "./shape.ts";

export interface SelectionTools {
  readonly count: number;
  readonly ids: ReadonlySet<number>;
  has(id: number): boolean;
  toggle(index: number, id: number): void;
  /** From the last one chosen to this one. */
  extendTo(index: number): void;
  addRange(from: number, to: number): void;
  /** While dragging: what was selected before, and everything between. */
  dragTo(from: number, to: number): void;
  endDrag(): void;
  clear(): void;
  /** The click that ends a long press or a drag opens nothing. */
  swallowsClick(): boolean;
  swallowNextClick(): void;
}

/** The click of a pointer that goes up follows at once. */
const swallowMs = 60;

/** Chosen pictures by id, wherever they are in the view; ranges are fetched when they are not on the screen. */
export function useSelection(range: (from: number, to: number) => Promise<readonly Cell[]>): SelectionTools {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const anchor = useRef(0);
  const base = useRef<ReadonlySet<number> | null>(null);
  const swallow = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(0);

  const add = useCallback(
    async (from: number, to: number, onto: ReadonlySet<number> | null): Promise<void> => {
      const asked = (latest.current += 1);
      const cells = await range(from, to);
      // Only the newest end of a drag counts.
      if (onto !== null && asked !== latest.current) return;
      setIds((known) => new Set([...(onto ?? known), ...cells.map(({ id }) => id)]));
    },
    [range],
  );
  return useMemo(
    () => ({
      count: ids.size,
      ids,
      has: (id) => ids.has(id),
      toggle: (index, id) => {
        anchor.current = index;
        setIds((known) => {
          const next = new Set(known);
          if (!next.delete(id)) next.add(id);
          return next;
        });
      },
      extendTo: (index) => void add(anchor.current, index, null),
      addRange: (from, to) => {
        anchor.current = to;
        void add(from, to, null);
      },
      dragTo: (from, to) => {
        base.current ??= ids;
        anchor.current = to;
        void add(from, to, base.current);
      },
      endDrag: () => {
        base.current = null;
      },
      clear: () => setIds(new Set()),
      swallowsClick: () => {
        const swallows = swallow.current !== undefined;
        clearTimeout(swallow.current);
        swallow.current = undefined;
        return swallows;
      },
      swallowNextClick: () => {
        clearTimeout(swallow.current);
        swallow.current = setTimeout(() => {
          swallow.current = undefined;
        }, swallowMs);
      },
    }),
    [ids, add],
  );
}

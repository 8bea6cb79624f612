import type { Node } from "#contract/apps/files/browse";

/** What is selected, where the keyboard stands (`cursor`) and where a range began (`anchor`); both are row indexes. */
export interface Selection {
  readonly nodes: ReadonlyMap<number, Node>;
  readonly cursor: number | null;
  readonly anchor: number | null;
}

export const noSelection: Selection = { nodes: new Map(), cursor: null, anchor: null };

const mapOf = (nodes: Iterable<Node>): ReadonlyMap<number, Node> => new Map([...nodes].map((node) => [node.id, node]));

/** Exactly this row. */
export function selectOnly(index: number, node: Node): Selection {
  return { nodes: mapOf([node]), cursor: index, anchor: index };
}

/** This row joins or leaves; the next range begins here. */
export function toggle(selection: Selection, index: number, node: Node): Selection {
  const nodes = new Map(selection.nodes);
  if (!nodes.delete(node.id)) nodes.set(node.id, node);
  return { nodes, cursor: index, anchor: index };
}

/** The range a Shift-click or Shift-arrow to `index` means, end exclusive. */
export function rangeTo(selection: Selection, index: number): { readonly from: number; readonly to: number } {
  const anchor = selection.anchor ?? selection.cursor ?? index;
  return { from: Math.min(anchor, index), to: Math.max(anchor, index) + 1 };
}

/** Exactly the rows of a range that ends at `index`; the anchor stays where it was. */
export function selectRange(selection: Selection, index: number, nodes: readonly Node[]): Selection {
  return { nodes: mapOf(nodes), cursor: index, anchor: selection.anchor ?? selection.cursor ?? index };
}

export function selectAll(selection: Selection, nodes: readonly Node[]): Selection {
  return { ...selection, nodes: mapOf(nodes) };
}

/** Nothing selected; the keyboard stays where it stood. */
export function clear(selection: Selection): Selection {
  return { nodes: new Map(), cursor: selection.cursor, anchor: selection.cursor };
}

/** Without nodes that are gone, and with the newest form of those that are still there. */
export function refresh(selection: Selection, current: (id: number) => Node | null | undefined): Selection {
  let changed = false;
  const nodes = new Map<number, Node>();
  for (const [id, node] of selection.nodes) {
    const now = current(id);
    if (now === null) changed = true;
    else {
      if (now && now !== node) changed = true;
      nodes.set(id, now ?? node);
    }
  }
  return changed ? { ...selection, nodes } : selection;
}

/** Where a key takes the cursor in a list of `columns` per line, or null when the key is not about moving. */
export function cursorAfter(
  key: string,
  cursor: number | null,
  shape: { readonly total: number; readonly columns: number; readonly linesPerPage: number },
): number | null {
  const { total, columns, linesPerPage } = shape;
  if (total === 0) return null;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
    PageDown: columns * linesPerPage,
    PageUp: -columns * linesPerPage,
    Home: -total,
    End: total,
  };
  const step = steps[key];
  if (step === undefined) return null;
  if (cursor === null) return key === "End" ? total - 1 : 0;
  const next = cursor + step;
  const vertical = key === "ArrowDown" || key === "ArrowUp";
  if (vertical && next < 0) return cursor;
  return Math.min(total - 1, Math.max(0, next));
}

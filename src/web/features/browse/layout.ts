import { sizes } from "#web/theme.ts";

/** How a list of `widthPx` is cut into lines. */
export interface ListLayout {
  readonly columns: number;
  readonly linePx: number;
  /** Width of one tile; 0 in a table. */
  readonly tilePx: number;
}

export const gridGapPx = 12;

/** Table: one entry a line. Grid: as many tiles as fit, their pictures four by three. */
export function layoutOf(view: "table" | "grid", widthPx: number, phone: boolean): ListLayout {
  if (view === "table") return { columns: 1, linePx: phone ? sizes.rowPhonePx : sizes.rowPx, tilePx: 0 };
  const minPx = phone ? sizes.tileMinPhonePx : sizes.tileMinPx;
  const columns = Math.max(2, Math.floor((widthPx + gridGapPx) / (minPx + gridGapPx)));
  const tilePx = Math.max(0, (widthPx - gridGapPx * (columns - 1)) / columns);
  return { columns, linePx: Math.round((tilePx * 3) / 4) + sizes.tileCaptionPx + gridGapPx, tilePx };
}

import type { Shape } from "./shape.ts";

/** Where every row of pictures lies; columns, so that a hundred thousand pictures take some hundred kilobytes. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly rowCount: number;
  /** Number of the first picture of a row; one more at the end. */
  readonly starts: Int32Array;
  /** Upper edge of the pictures of a row. */
  readonly tops: Float64Array;
  readonly heights: Float32Array;
  /** Upper edge of what belongs to the row, with heading and days above it. */
  readonly edges: Float64Array;
  /** Place of each month's heading in the list of months; -1: the row begins none. */
  readonly headings: Int32Array;
  /** 1: a line with days stands above the row. */
  readonly labelled: Uint8Array;
}

export const measures = { gap: 4, heading: 52, label: 26 } as const;

/**
 * Rows as wide as the page, each picture whole in its proportions and all of a row equally high. The last row of a month is as high as
 * wanted and not as wide.
 */
export function layoutOf({ ratios, months, startsDay }: Shape, width: number, wantedHeight: number): Layout {
  const { gap, heading, label } = measures;
  const most = ratios.length + months.length;
  const starts = new Int32Array(most + 1);
  const tops = new Float64Array(most);
  const edges = new Float64Array(most);
  const heights = new Float32Array(most);
  const headings = new Int32Array(most).fill(-1);
  const labelled = new Uint8Array(most);
  let row = 0;
  let y = 0;
  for (const [order, { month, start, end }] of months.entries()) {
    let at = start;
    while (at < end) {
      let sum = 0;
      let next = at;
      let hasDay = false;
      for (; next < end; next += 1) {
        sum += ratios[next] ?? 1;
        hasDay ||= startsDay[next] === 1;
        if (width - (next - at) * gap <= sum * wantedHeight) {
          next += 1;
          break;
        }
      }
      const justified = (width - (next - at - 1) * gap) / sum;
      const isFull = justified <= wantedHeight;
      heights[row] = isFull ? justified : wantedHeight;
      edges[row] = y;
      if (at === start && month > 0) {
        headings[row] = order;
        y += heading;
      }
      if (hasDay) {
        labelled[row] = 1;
        y += label;
      }
      starts[row] = at;
      tops[row] = y;
      y += (heights[row] ?? 0) + gap;
      row += 1;
      at = next;
    }
  }
  starts[row] = ratios.length;
  return {
    ...{ width, height: y, rowCount: row, starts: starts.subarray(0, row + 1), tops: tops.subarray(0, row) },
    ...{ heights: heights.subarray(0, row), edges: edges.subarray(0, row), headings: headings.subarray(0, row) },
    labelled: labelled.subarray(0, row),
  };
}

/** The row at a height. */
export function rowAt({ edges, rowCount }: Pick<Layout, "edges" | "rowCount">, y: number): number {
  let low = 0;
  let high = rowCount - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** The row that holds a picture. */
export function rowOf({ starts, rowCount }: Pick<Layout, "starts" | "rowCount">, index: number): number {
  let low = 0;
  let high = rowCount - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

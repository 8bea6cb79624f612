/** Rows of red, green and blue, eight bits each; `stride` bytes from one row to the next. */
interface Rows {
  readonly rows: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
}

/** So much larger than wanted the picture stays, for whoever resizes it well. */
const margin = 1.25;

/** A copy without gaps, made smaller by a whole factor (mean of each square) when it is much larger than `targetPixels` on its long side. */
export function shrink(
  { rows, width, height, stride }: Rows,
  targetPixels: number,
): { rgb: Uint8Array; width: number; height: number } {
  const factor = Math.max(1, Math.floor(Math.max(width, height) / (targetPixels * margin)));
  const outWidth = Math.max(1, Math.floor(width / factor));
  const outHeight = Math.max(1, Math.floor(height / factor));
  const rgb = new Uint8Array(outWidth * outHeight * 3);
  if (factor === 1) {
    for (let y = 0; y < height; y += 1) rgb.set(rows.subarray(y * stride, y * stride + width * 3), y * width * 3);
    return { rgb, width, height };
  }
  const sums = new Uint32Array(outWidth * 3);
  const down = Math.min(factor, height);
  const across = Math.min(factor, width);
  const area = down * across;
  for (let y = 0; y < outHeight; y += 1) {
    sums.fill(0);
    for (let line = 0; line < down; line += 1) addRow(sums, rows, (y * factor + line) * stride, outWidth, across);
    const out = y * outWidth * 3;
    for (let index = 0; index < sums.length; index += 1) rgb[out + index] = ((sums[index] ?? 0) + area / 2) / area;
  }
  return { rgb, width: outWidth, height: outHeight };
}

function addRow(sums: Uint32Array, rows: Uint8Array, start: number, outWidth: number, across: number): void {
  let at = start;
  for (let x = 0; x < outWidth * 3; x += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let step = 0; step < across; step += 1, at += 3) {
      red += rows[at] ?? 0;
      green += rows[at + 1] ?? 0;
      blue += rows[at + 2] ?? 0;
    }
    sums[x] = (sums[x] ?? 0) + red;
    sums[x + 1] = (sums[x + 1] ?? 0) + green;
    sums[x + 2] = (sums[x + 2] ?? 0) + blue;
  }
}

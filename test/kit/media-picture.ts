/**
 * Pictures that carry their number. Four bands of equal height: the number as black and white bars, the same bars the other way
 * round, a band that is white while a flash lasts, and a texture that moves so that encoders have something to predict.
 */
const bars = 20;
const numberBits = 17;
/** Numbers begin anew here: after an hour and a half of a film. */
export const numberLimit = 2 ** numberBits;
const bands = 4;
const black = 24;
const white = 228;
/** Bars and their opposite must differ so much, of 255, in a picture that is read. */
const leastContrast = 40;

/** Width and height of the strip into which a picture is scaled before it is read. */
export const strip = { width: bars * 8, height: bands * 2 } as const;

export interface ReadPicture {
  /** Below `numberLimit`. Null when the bars say no number: a blend of two pictures, or damage. */
  readonly number: number | null;
  readonly isFlash: boolean;
}

/** Bit i, from the left: the number, highest bit first, then the number modulo 7. */
function bitOf(number: number, index: number): boolean {
  const value = index < numberBits ? number : number % 7;
  const shift = index < numberBits ? numberBits - 1 - index : bars - 1 - index;
  return ((value >> shift) & 1) === 1;
}

/** One grey picture, a byte a pixel, into `target` (width × height bytes). */
export function drawPicture(target: Uint8Array, width: number, height: number, number: number, isFlash: boolean): void {
  const bandHeight = Math.floor(height / bands);
  const said = number % numberLimit;
  for (let x = 0; x < width; x++) {
    const isWhite = bitOf(said, Math.min(bars - 1, Math.floor((x * bars) / width)));
    target[x] = isWhite ? white : black;
    target[bandHeight * width + x] = isWhite ? black : white;
    target[3 * bandHeight * width + x] = 90 + 60 * Math.sin((x + 3 * number) / 9);
  }
  target.fill(isFlash ? white : black, 2 * bandHeight * width, 3 * bandHeight * width);
  for (const band of [0, 1, 3]) {
    const top = band * bandHeight;
    const bottom = band === bands - 1 ? height : top + bandHeight;
    for (let row = top + 1; row < bottom; row++) target.copyWithin(row * width, top * width, (top + 1) * width);
  }
}

/** Reads a strip (grey, a byte a pixel). `stride` is the number of bytes from one pixel to the next: 4 for a canvas. */
export function readStrip(pixels: Uint8Array | Uint8ClampedArray, stride = 1): ReadPicture {
  const at = (x: number, y: number) => pixels[(y * strip.width + x) * stride] ?? 0;
  let value = 0;
  let isReadable = true;
  for (let bar = 0; bar < bars; bar++) {
    const x = bar * 8 + 3;
    const difference =
      at(x, 0) + at(x + 1, 0) + at(x, 1) + at(x + 1, 1) - at(x, 2) - at(x + 1, 2) - at(x, 3) - at(x + 1, 3);
    if (Math.abs(difference) / 4 < leastContrast) isReadable = false;
    value = value * 2 + (difference > 0 ? 1 : 0);
  }
  const number = value >> (bars - numberBits);
  const isFlash = at(strip.width / 2, 4) > (at(3, 0) + at(3, 2)) / 2;
  return { number: isReadable && (value & 7) === number % 7 ? number : null, isFlash };
}

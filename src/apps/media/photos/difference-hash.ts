const width = 9;
const height = 8;
/** So much brighter or darker neighbours are at the least, on the mean, or the picture is a plain surface that many others look like. */
const minContrast = 2;

/** 64 bits of a picture in 9 × 8 pixels of grey: whether each is darker than the one to its right. Null for a plain surface. */
export function differenceHash(grey: Uint8Array): Uint8Array | null {
  const hash = new Uint8Array(height);
  let contrast = 0;
  for (let y = 0; y < height; y += 1) {
    let bits = 0;
    for (let x = 0; x < width - 1; x += 1) {
      const step = (grey[y * width + x + 1] ?? 0) - (grey[y * width + x] ?? 0);
      contrast += Math.abs(step);
      bits = (bits << 1) | (step > 0 ? 1 : 0);
    }
    hash[y] = bits;
  }
  return contrast / (height * (width - 1)) < minContrast ? null : hash;
}

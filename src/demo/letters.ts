/** Capitals of thin lines on a grid six units high, so that titles look the same whatever fonts a machine has. */
const glyphs: Readonly<Record<string, { readonly path: string; readonly width: number }>> = {
  A: { path: "M0 6L2.1 0L4.2 6M.8 3.9H3.4", width: 4.2 },
  B: { path: "M0 0V6H2.2A1.6 1.6 0 0 0 2.2 2.8H0M2 2.8A1.4 1.4 0 0 0 2 0H0", width: 3.8 },
  C: { path: "M4.3 1.1A2.6 3 0 1 0 4.3 4.9", width: 4.3 },
  D: { path: "M0 0V6H1.5A2.8 3 0 0 0 1.5 0Z", width: 4.3 },
  E: { path: "M3.1 0H0V6H3.1M0 2.9H2.6", width: 3.1 },
  F: { path: "M3.1 0H0V6M0 2.9H2.6", width: 3.1 },
  G: { path: "M4.4 1.1A2.6 3 0 1 0 4.6 4.6V3.2H2.8", width: 4.6 },
  H: { path: "M0 0V6M4 0V6M0 2.9H4", width: 4 },
  I: { path: "M0 0V6", width: 0 },
  J: { path: "M2.4 0V4.3A1.35 1.7 0 0 1 0 5", width: 2.4 },
  K: { path: "M0 0V6M3.6 0L0 3.7M1.3 2.5L3.8 6", width: 3.8 },
  L: { path: "M0 0V6H3", width: 3 },
  M: { path: "M0 6V0L2.5 4.2L5 0V6", width: 5 },
  N: { path: "M0 6V0L4.1 6V0", width: 4.1 },
  O: { path: "M2.7 0A2.7 3 0 1 0 2.7 6A2.7 3 0 1 0 2.7 0Z", width: 5.4 },
  P: { path: "M0 6V0H2.1A1.7 1.7 0 0 1 2.1 3.4H0", width: 3.8 },
  Q: { path: "M2.7 0A2.7 3 0 1 0 2.7 6A2.7 3 0 1 0 2.7 0ZM3.4 4.4L5.2 6.3", width: 5.4 },
  R: { path: "M0 6V0H2.1A1.7 1.7 0 0 1 2.1 3.4H0M1.9 3.4L3.9 6", width: 3.9 },
  S: { path: "M3.4 1.1C2.9 -.3 .3 -.4 .3 1.5C.3 3.4 3.6 2.6 3.6 4.5C3.6 6.4 .5 6.4 0 4.8", width: 3.6 },
  T: { path: "M0 0H4M2 0V6", width: 4 },
  U: { path: "M0 0V3.9A2 2.1 0 0 0 4 3.9V0", width: 4 },
  V: { path: "M0 0L2.1 6L4.2 0", width: 4.2 },
  W: { path: "M0 0L1.5 6L3 .8L4.5 6L6 0", width: 6 },
  X: { path: "M0 0L4 6M4 0L0 6", width: 4 },
  Y: { path: "M0 0L2.1 3L4.2 0M2.1 3V6", width: 4.2 },
  Z: { path: "M0 0H3.9L0 6H3.9", width: 3.9 },
};
const gridHeight = 6;
const wordGap = 3.2;

interface Lettering {
  /** Middle of the line, and its top. */
  readonly x: number;
  readonly y: number;
  /** Of a capital. */
  readonly height: number;
  /** At most so wide; smaller letters when there are many. */
  readonly maxWidth: number;
  readonly colour: string;
  /** Space between letters, in sixths of the height. */
  readonly tracking?: number;
  /** Thickness of the lines, in sixths of the height. */
  readonly weight?: number;
}

/** A line of capitals (A to Z and spaces) as SVG. */
export function lettering(text: string, look: Lettering): string {
  const { tracking = 2.2, weight = 0.42 } = look;
  let at = 0;
  const placed = [...text.toUpperCase()].flatMap((letter) => {
    const glyph = glyphs[letter];
    if (glyph === undefined) {
      at += wordGap;
      return [];
    }
    const path = `<path transform="translate(${at.toFixed(2)} 0)" d="${glyph.path}"/>`;
    at += glyph.width + tracking;
    return [path];
  });
  const units = Math.max(1, at - tracking);
  const scale = Math.min(look.height / gridHeight, look.maxWidth / units);
  const left = look.x - (units * scale) / 2;
  return `<g transform="translate(${left.toFixed(1)} ${look.y}) scale(${scale.toFixed(3)})" fill="none" stroke="${look.colour}" stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round">${placed.join("")}</g>`;
}

import { describe, expect, test } from "bun:test";
import { ember, surfaces } from "./theme.ts";

/** Relative luminance and contrast ratio (WCAG 2.2, 1.4.3). */
function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const textAa = 4.5;
const graphicsAa = 3;

for (const scheme of ["light", "dark"] as const) {
  const colours = surfaces[scheme];
  const backgrounds = [
    "--hearth-page",
    "--hearth-panel",
    "--hearth-raised",
    "--hearth-hover",
    "--hearth-selected",
  ] as const;
  describe(scheme, () => {
    for (const text of ["--hearth-text", "--hearth-dimmed", "--hearth-accent", "--hearth-now"] as const)
      test(`${text} can be read on every surface`, () => {
        for (const background of backgrounds)
          expect({ background, ratio: contrast(colours[text], colours[background]) >= textAa }).toEqual({
            background,
            ratio: true,
          });
      });
    test("what was added and removed can be read", () => {
      for (const background of ["--hearth-added", "--hearth-removed"] as const)
        expect(contrast(colours["--hearth-text"], colours[background])).toBeGreaterThanOrEqual(textAa);
    });
    test("states and kinds can be told from the page", () => {
      for (const tint of [
        "--hearth-good",
        "--hearth-soon",
        "--hearth-tint-image",
        "--hearth-tint-video",
        "--hearth-tint-audio",
      ] as const)
        expect(contrast(colours[tint], colours["--hearth-page"])).toBeGreaterThanOrEqual(graphicsAa);
    });
  });
}

test("white text on the filled accent", () => {
  expect(contrast("#ffffff", ember[7])).toBeGreaterThanOrEqual(textAa);
});

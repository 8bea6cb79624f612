import { dirname, join } from "node:path";

const fontPackages = ["@fontsource-variable/inter/wght.css", "@fontsource-variable/jetbrains-mono/wght.css"];
/** The face of the first words on the page; fetched early so that text does not jump. */
const firstFont = "inter-latin-wght-normal";
const hashLength = 8;

const hashOf = (content: string | Uint8Array): string => Bun.hash(content).toString(36).slice(0, hashLength);

/** Copies the fonts beside the style sheet and returns their `@font-face` rules; browsers fetch only the scripts they need. */
async function writeFonts(assetsDir: string): Promise<{ readonly css: string; readonly preload: string }> {
  let css = "";
  let preload = "";
  for (const name of fontPackages) {
    const sheet = Bun.fileURLToPath(import.meta.resolve(name));
    let text = await Bun.file(sheet).text();
    for (const [whole, path] of text.matchAll(/url\(\.\/([^)]+\.woff2)\)/g)) {
      if (!path) continue;
      const bytes = await Bun.file(join(dirname(sheet), path)).bytes();
      const stem = path.replace(/^.*\//, "").replace(/\.woff2$/, "");
      const file = `${stem}-${hashOf(bytes)}.woff2`;
      await Bun.write(join(assetsDir, file), bytes);
      text = text.replaceAll(whole, `url(/assets/${file})`);
      if (stem === firstFont) preload = file;
    }
    css += text;
  }
  return { css: css.replaceAll(/\/\*[^*]*\*\//g, "").replaceAll(/\s+/g, " "), preload };
}

/**
 * Joins the style sheets of all chunks into one, the entry's first: the bundler makes one per lazy chunk but nothing loads them,
 * and fonts would be inlined as base64. Answers the file names below `assets/`.
 */
export async function writeStyles(
  assetsDir: string,
  sheets: readonly string[],
): Promise<{ readonly sheet: string; readonly font: string }> {
  const fonts = await writeFonts(assetsDir);
  const texts = await Promise.all(sheets.map((name) => Bun.file(join(assetsDir, name)).text()));
  await Promise.all(sheets.map((name) => Bun.file(join(assetsDir, name)).delete()));
  const css = fonts.css + [...new Set(texts)].join("\n");
  const sheet = `styles-${hashOf(css)}.css`;
  await Bun.write(join(assetsDir, sheet), css);
  return { sheet, font: fonts.preload };
}

import { fetchBytes, serveDrawer } from "./drawn-words.ts";
import { parsePgs } from "./pgs.ts";

/** Of a long film with many lines in high definition some 60 MB. */
const maxBytes = 160 * 2 ** 20;

serveDrawer(async ({ url }, fetched) => {
  const bytes = await fetchBytes(url, maxBytes);
  fetched();
  const track = parsePgs(bytes);
  let shown: number | null = null;
  return {
    draw: async (atMs, _size, fromMs) => {
      const { number, screen, compose } = track.at(atMs, fromMs);
      if (number === shown) return { size: screen, parts: null };
      const parts = compose().map(async ({ x, y, width, height, rgba }) => ({
        bitmap: await createImageBitmap(new ImageData(rgba, width, height)),
        ...{ x, y },
      }));
      shown = number;
      return { size: screen, parts: await Promise.all(parts) };
    },
  };
});

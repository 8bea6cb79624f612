import createLibass from "jassub/dist/wasm/jassub-worker.js";
import fallbackFontUrl from "jassub/dist/default.woff2";
import wasmUrl from "jassub/dist/wasm/jassub-worker.wasm";
import { Canvas2DRenderer } from "jassub/dist/worker/renderers/2d-renderer.js";
import { WebGL2Renderer } from "jassub/dist/worker/renderers/webgl2-renderer.js";
import { type Drawer, fetchBytes, serveDrawer, type Size, Undrawable } from "./drawn-words.ts";

/** What is used of libass, as `jassub` compiled it. */
interface LibassTrack {
  addFont(name: string, at: number, length: number): void;
  createTrackMem(text: string): void;
  rawRender(seconds: number, repaint: number): unknown[] | null;
  reloadFonts(): void;
  resizeCanvas(width: number, height: number, filmWidth: number, filmHeight: number): void;
  setMemoryLimits(glyphs: number, megabytes: number): void;
  setThreads(count: number): number;
}

interface Libass {
  readonly JASSUB: new (width: number, height: number, defaultFont: string) => LibassTrack;
  _malloc(length: number): number;
}

const maxTextBytes = 24 * 2 ** 20;
/** Of one film together; what is beyond is drawn with the font of this page. */
const maxFontBytes = 64 * 2 ** 20;
const maxFonts = 60;
/** Glyphs and megabytes of pictures that libass keeps. */
const [maxGlyphs, maxCacheMegabytes] = [10_000, 96];
/** Of all that libass holds. */
const maxHeapBytes = 2 ** 30;
const fallbackFont = "liberation sans";

const scope = globalThis as unknown as {
  HEAPU8RAW: Uint8Array<ArrayBuffer>;
  readonly WASMMEMORY: WebAssembly.Memory;
};

async function fetchFonts(urls: readonly string[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const fonts = [await fetchBytes(fallbackFontUrl, maxFontBytes)];
  let left = maxFontBytes;
  for (const url of urls.slice(0, maxFonts)) {
    // One that is damaged, away or too large is replaced by another, as every player does.
    const font = await fetchBytes(url, left).catch(() => null);
    if (font === null || !isFont(font)) continue;
    left -= font.length;
    fonts.push(font);
  }
  return fonts;
}

/** OpenType, TrueType, collections of them, WOFF. */
function isFont(bytes: Uint8Array): boolean {
  const tag = String.fromCharCode(...bytes.subarray(0, 4));
  return ["\0\u0001\0\0", "OTTO", "true", "ttcf", "wOFF", "wOF2"].includes(tag);
}

function makeRenderer(canvas: OffscreenCanvas) {
  const hasWebGl = new OffscreenCanvas(1, 1).getContext("webgl2") !== null;
  const renderer = hasWebGl ? new WebGL2Renderer() : new Canvas2DRenderer();
  renderer.setCanvas(canvas);
  return renderer;
}

function libassDrawer(track: LibassTrack, film: Size | null): Drawer {
  const canvas = new OffscreenCanvas(1, 1);
  const renderer = makeRenderer(canvas);
  let shown: Size = { width: 0, height: 0 };
  return {
    draw: (atMs, size) => {
      const isResized = size.width !== shown.width || size.height !== shown.height;
      if (isResized) {
        shown = size;
        track.resizeCanvas(size.width, size.height, film?.width ?? size.width, film?.height ?? size.height);
        renderer.resizeCanvas(size.width, size.height);
      }
      // libass counts whole milliseconds, and cuts off what is behind them.
      const images = track.rawRender((Math.floor(atMs) + 0.5) / 1000, isResized ? 1 : 0);
      if (scope.WASMMEMORY.buffer.byteLength > maxHeapBytes) throw new Undrawable("too much memory");
      if (images === null) return Promise.resolve({ size, parts: null });
      if (images.length === 0) return Promise.resolve({ size, parts: [] });
      renderer.render(images as Parameters<typeof renderer.render>[0], scope.HEAPU8RAW);
      return Promise.resolve({ size, parts: [{ bitmap: canvas.transferToImageBitmap(), x: 0, y: 0 }] });
    },
  };
}

/** Its loader asks for a name that our build has changed. */
async function loadLibass(): Promise<Libass> {
  const { fetch } = globalThis;
  globalThis.fetch = (() => fetch(wasmUrl)) as unknown as typeof globalThis.fetch;
  try {
    return (await createLibass({ __url: wasmUrl, __out: () => undefined })) as Libass;
  } finally {
    globalThis.fetch = fetch;
  }
}

serveDrawer(async ({ url, fontUrls, film }, fetched) => {
  const libass = await loadLibass();
  const [text, fonts] = await Promise.all([fetchBytes(url, maxTextBytes), fetchFonts(fontUrls)]);
  fetched();
  const track = new libass.JASSUB(16, 16, fallbackFont);
  track.setThreads(1);
  for (const [at, font] of fonts.entries()) {
    const address = libass._malloc(font.length);
    if (address === 0) throw new Undrawable("no memory for fonts");
    scope.HEAPU8RAW.set(font, address);
    track.addFont(`font-${at}`, address, font.length);
  }
  track.reloadFonts();
  track.setMemoryLimits(maxGlyphs, maxCacheMegabytes);
  track.createTrackMem(new TextDecoder().decode(text));
  return libassDrawer(track, film);
});

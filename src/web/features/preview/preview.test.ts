import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { highlighterFor } from "./highlight.ts";
import { imageSources, neighbours, viewerFor } from "./kinds.ts";
import { decodeText, portionsOf } from "./text.ts";
import { fit, fitted, maxScale, panBy, zoomAt } from "./zoom.ts";

const file = (name: string, mime: string, hasPreview = false, sizeBytes = 1000) => ({
  kind: "file" as const,
  name,
  mime,
  hasPreview,
  sizeBytes,
});

describe("which viewer", () => {
  test("by type, then by name, else a card", () => {
    expect(viewerFor(file("a.jpg", "image/jpeg"))).toBe("image");
    expect(viewerFor(file("a.heic", "image/heic", true))).toBe("image");
    expect(viewerFor(file("a.heic", "image/heic"))).toBe("none");
    expect(viewerFor(file("a.md", "text/plain"))).toBe("markdown");
    expect(viewerFor(file("a.html", "text/html"))).toBe("text");
    expect(viewerFor(file("server.conf", "application/octet-stream"))).toBe("text");
    expect(viewerFor(file("a.ts", "video/mp2t"))).toBe("text");
    expect(viewerFor(file("a.ts", "video/mp2t", true, 1e9))).toBe("video");
    expect(viewerFor(file("a.zip", "application/zip"))).toBe("none");
    expect(viewerFor(file("a.pdf", "application/pdf", true))).toBe("pdf");
  });

  test("a photo comes as thumbnail first, what a browser cannot show stays one, small animations come at once", () => {
    expect(imageSources(file("a.jpg", "image/jpeg", true))).toEqual({ first: "preview", zoomed: "original" });
    expect(imageSources(file("a.heic", "image/heic", true))).toEqual({ first: "preview", zoomed: null });
    expect(imageSources(file("a.gif", "image/gif", true))).toEqual({ first: "original", zoomed: null });
    expect(imageSources(file("a.svg", "image/svg+xml"))).toEqual({ first: "original", zoomed: null });
  });

  test("neighbours pass over folders and end at the ends", () => {
    const nodes = [
      { id: 1, kind: "folder" as const },
      { id: 2, kind: "file" as const },
      { id: 3, kind: "file" as const },
    ];
    expect(neighbours(nodes, 2)).toMatchObject({ at: 0, previous: null, next: { id: 3 } });
    expect(neighbours(nodes, 3)).toMatchObject({ at: 1, previous: { id: 2 }, next: null });
    expect(neighbours(nodes, 9)).toMatchObject({ at: -1, previous: null, next: null });
  });
});

describe("zoom", () => {
  const stage = fc
    .record({ width: fc.integer({ min: 100, max: 3000 }), height: fc.integer({ min: 100, max: 2000 }) })
    .chain((size) =>
      fc.record({
        width: fc.constant(size.width),
        height: fc.constant(size.height),
        fittedWidth: fc.integer({ min: 1, max: size.width }),
        fittedHeight: fc.integer({ min: 1, max: size.height }),
      }),
    );
  const point = fc.tuple(fc.integer({ min: -1500, max: 1500 }), fc.integer({ min: -1000, max: 1000 }));

  test("the scale stays in its bounds and the picture never leaves the stage", () => {
    fc.assert(
      fc.property(
        stage,
        fc.array(fc.tuple(fc.double({ min: 0.1, max: 10, noNaN: true }), point), { maxLength: 20 }),
        (on, moves) => {
          let view = fitted;
          for (const [factor, [x, y]] of moves) {
            view = panBy(zoomAt(view, factor, x, y, on), y, x, on);
            expect(view.scale).toBeGreaterThanOrEqual(1);
            expect(view.scale).toBeLessThanOrEqual(maxScale);
            expect(Math.abs(view.x)).toBeLessThanOrEqual(Math.max(0, (on.fittedWidth * view.scale - on.width) / 2));
            expect(Math.abs(view.y)).toBeLessThanOrEqual(Math.max(0, (on.fittedHeight * view.scale - on.height) / 2));
          }
          expect(zoomAt(view, 1e-6, 0, 0, on)).toEqual(fitted);
        },
      ),
    );
  });

  test("the point under the finger stays put while the picture covers the stage", () => {
    const on = { width: 1000, height: 800, fittedWidth: 1000, fittedHeight: 800 };
    const before = zoomAt(fitted, 2, 0, 0, on);
    const after = zoomAt(before, 2, 100, 50, on);
    expect((100 - after.x) / after.scale).toBeCloseTo((100 - before.x) / before.scale);
  });

  test("a small picture is not blown up", () => {
    expect(fit(100, 50, 1000, 800)).toEqual({ width: 100, height: 50 });
    expect(fit(4000, 2000, 1000, 800)).toEqual({ width: 1000, height: 500 });
    expect(fit(0, 0, 10, 10)).toEqual({ width: 0, height: 0 });
  });
});

describe("text", () => {
  test("colouring never changes a character", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("a.ts", "a.py", "a.sql", "a.xml", "a.json"),
        fc.string({ maxLength: 200 }),
        (name, line) => {
          const tokens = highlighterFor(name)?.(line) ?? [];
          expect(tokens.map((token) => token.text).join("")).toBe(line);
        },
      ),
    );
  });

  test("words, strings, numbers and comments are told apart", () => {
    const of = (name: string, line: string) =>
      highlighterFor(name)?.(line).map((token) => `${token.kind}:${token.text}`);
    expect(of("a.ts", 'const a = "x" // y')).toEqual([
      "word:const",
      "plain: a = ",
      'string:"x"',
      "plain: ",
      "comment:// y",
    ]);
    expect(of("a.py", "if 1: # no")).toEqual(["word:if", "plain: ", "number:1", "plain:: ", "comment:# no"]);
    expect(highlighterFor("a.txt")).toBeNull();
  });

  test("any cut of UTF-8 decodes as the same text with at most the cut character missing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), fc.nat(100), (text, cut) => {
        const clean = text.replaceAll("\0", "").replace(/^\uFEFF/, "");
        const bytes = new TextEncoder().encode(clean);
        const part = bytes.subarray(0, Math.min(cut, bytes.length));
        if ((part[0] ?? 0) >= 0xfe) return;
        const decoded = decodeText(part) ?? "";
        expect(clean.startsWith(decoded)).toBe(true);
        expect(bytes.length - new TextEncoder().encode(decoded).length).toBeLessThan(bytes.length - part.length + 4);
      }),
    );
  });

  test("bytes that are no text are refused; old encodings are read", () => {
    expect(decodeText(new Uint8Array([1, 0, 2]))).toBeNull();
    expect(decodeText(new Uint8Array([0xfc, 0x62, 0x65, 0x72]))).toBe("über");
    expect(decodeText(new Uint8Array([0xff, 0xfe, 0x41, 0x00]))).toBe("A");
  });

  test("portions hold every line once", () => {
    expect(portionsOf("a\nb\r\nc", 2)).toEqual([["a", "b"], ["c"]]);
  });
});

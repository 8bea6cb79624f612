import sharp from "sharp";
import type { Scene } from "./film-texts.ts";
import { drawLandscape } from "./landscape.ts";
import { lettering } from "./letters.ts";

const jpeg = { quality: 82 } as const;

interface Words {
  readonly title: string;
  /** A small line under it. */
  readonly below?: string;
}

/** Darker at the top and the bottom, so that words can be read on any sky. */
function shade(width: number, height: number): string {
  const stops = [
    [0, 0.4],
    [0.42, 0],
    [0.8, 0],
    [1, 0.55],
  ].map(([offset, opacity]) => `<stop offset="${offset}" stop-color="#0b0f1d" stop-opacity="${opacity}"/>`);
  return `<defs><linearGradient id="shade" x1="0" y1="0" x2="0" y2="1">${stops.join("")}</linearGradient></defs><rect width="${width}" height="${height}" fill="url(#shade)"/>`;
}

/** A title across several lines when it is long, each as wide as it may be. */
function titleLines(title: string): string[] {
  const words = title.split(" ");
  if (words.length < 3) return words;
  return [words.slice(0, -1).join(" "), words.at(-1) ?? ""];
}

export async function drawPoster(scene: Scene, { title, below }: Words): Promise<Uint8Array> {
  const [width, height] = [800, 1200];
  const lines = titleLines(title);
  const top = 110;
  const words = lines.map((line, index) =>
    lettering(line, { x: width / 2, y: top + index * 118, height: 84, maxWidth: 620, colour: "#fffaf0", weight: 0.5 }),
  );
  const small =
    below === undefined
      ? ""
      : lettering(below, {
          x: width / 2,
          y: 1112,
          height: 22,
          maxWidth: 640,
          colour: "#fffaf0",
          weight: 0.55,
          tracking: 3,
        });
  const above = shade(width, height) + words.join("") + small;
  return render(drawLandscape({ ...scene, width, height, light: [0.5, 0.78] }, above));
}

export function drawBackdrop(scene: Scene): Promise<Uint8Array> {
  return render(drawLandscape({ ...scene, width: 1600, height: 900, light: [0.72, 0.6] }));
}

export function drawThumb(scene: Scene): Promise<Uint8Array> {
  return render(drawLandscape({ ...scene, width: 640, height: 360 }));
}

/** The front of an album: a round window on a landscape, and two lines. */
export function drawCover(scene: Scene, ground: string, { title, below = "" }: Words): Promise<Uint8Array> {
  const side = 800;
  const picture = drawLandscape({ ...scene, width: side, height: side, light: [0.5, 0.72] });
  const inner = picture.replace(/^<svg[^>]*>/, "").replace(/<\/svg>$/, "");
  const words =
    lettering(title, { x: side / 2, y: 640, height: 44, maxWidth: 660, colour: "#fffaf0", weight: 0.5 }) +
    lettering(below, { x: side / 2, y: 718, height: 20, maxWidth: 560, colour: "#fffaf0", weight: 0.6, tracking: 3.4 });
  return render(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><defs><clipPath id="window"><circle cx="400" cy="325" r="245"/></clipPath></defs><rect width="${side}" height="${side}" fill="${ground}"/><g clip-path="url(#window)"><g transform="translate(110 35) scale(.725)">${inner}</g></g>${words}</svg>`,
  );
}

const render = (svg: string): Promise<Uint8Array> => sharp(Buffer.from(svg)).jpeg(jpeg).toBuffer();

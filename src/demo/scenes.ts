import sharp from "sharp";
import type { Scene } from "./film-texts.ts";
import { drawLayers, svgOf } from "./landscape.ts";
import { lettering } from "./letters.ts";
import type { Workshop } from "./workshop.ts";

export const sceneS = 8;
const [width, height, framesPerSecond] = [1280, 720, 24];
/** How far the nearest layer moves while a scene lasts; those behind move less. */
const travelPx = 240;
/** Of the whole landscape that the camera moves over. */
export const sceneSize = { width: width + travelPx, height } as const;
const speeds = [0, 0.22, 0.5, 1] as const;
const fadeS = 0.5;

/** One picture codec for all scenes, so that they can be put together without encoding them again. */
const encoding = [
  ...["-c:v", "libx264", "-preset", "superfast", "-crf", "34", "-bf", "0", "-g", String(framesPerSecond * 4)],
  ...["-pix_fmt", "yuv420p", "-threads", "1", "-r", String(framesPerSecond)],
] as const;

/** A slow pan over a landscape, with lines of capitals in the middle when there are any. Gives the name of its file. */
export async function makeScene(
  workshop: Workshop,
  name: string,
  scene: Scene,
  title: readonly string[] = [],
): Promise<string> {
  const layers = drawLayers({ ...scene, ...sceneSize }).filter((layer) => layer !== "");
  const inputs: string[] = [];
  for (const [index, layer] of layers.entries())
    inputs.push(await picture(workshop, `layer${index}.png`, sceneSize, layer));
  if (title.length > 0) inputs.push(await picture(workshop, "title.png", { width, height }, titleCard(title)));
  const file = workshop.scratch(`${name}.mkv`);
  const filter = panOver(layers.length, title.length > 0);
  await workshop.ffmpeg([
    ...inputs.flatMap((input) => ["-i", input]),
    ...["-filter_complex", filter, "-map", "[out]", "-t", String(sceneS), ...encoding, file],
  ]);
  return file;
}

async function picture(
  workshop: Workshop,
  name: string,
  size: { width: number; height: number },
  layer: string,
): Promise<string> {
  const png = await sharp(Buffer.from(svgOf(size, layer)))
    .png({ compressionLevel: 1 })
    .toBuffer();
  return workshop.writeScratch(name, png);
}

function titleCard(lines: readonly string[]): string {
  const top = height * 0.36 - (lines.length - 1) * 20;
  return lines
    .map((line, index) =>
      lettering(line, {
        ...{ x: width / 2, y: top + index * 84, height: index === 0 ? 56 : 22, maxWidth: 940 },
        ...{ colour: "#fffaf0", weight: index === 0 ? 0.45 : 0.6, tracking: 3 },
      }),
    )
    .join("");
}

/** Each picture is read once and repeated; the sky stands, what is nearer moves faster. */
function panOver(layers: number, hasTitle: boolean): string {
  const still = (index: number, format: string) =>
    `[${index}]format=${format},loop=-1:1,setpts=N/${framesPerSecond}/TB`;
  const parts = [`${still(0, "yuv420p")},crop=${width}:${height}:0:0[to0]`];
  for (let index = 1; index < layers; index++) {
    const pxPerSecond = Math.round((travelPx / sceneS) * (speeds[index] ?? 1) * 0.95);
    parts.push(
      `${still(index, "yuva420p")}[l${index}]`,
      `[to${index - 1}][l${index}]overlay=x=-t*${pxPerSecond}:y=0[to${index}]`,
    );
  }
  let last = `to${layers - 1}`;
  if (hasTitle) {
    parts.push(`${still(layers, "yuva420p")},fade=t=in:st=0.8:d=1.2:alpha=1[t]`, `[${last}][t]overlay=0:0[titled]`);
    last = "titled";
  }
  // Only what has a title begins in the dark: the pictures of the seek bar are taken where a scene begins.
  parts.push(`[${last}]${hasTitle ? `fade=t=in:d=${fadeS}` : "null"}[out]`);
  return parts.join(";");
}

/** A piece of a scene as phones record it: MP4 without sound. */
export async function clipOf(workshop: Workshop, scene: string, name: string, lengthS: number): Promise<string> {
  const file = workshop.scratch(`${name}.mp4`);
  await workshop.ffmpeg(["-i", scene, "-t", String(lengthS), "-c", "copy", "-movflags", "+faststart", file]);
  return file;
}

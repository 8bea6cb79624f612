import { type Chance, createChance } from "./chance.ts";
import { type Palette, type PaletteName, palettes } from "./palette.ts";

const grounds = ["mountains", "hills", "sea", "lake", "forest", "desert", "town", "coast"] as const;
export type Ground = (typeof grounds)[number];

export interface Landscape {
  readonly seed: number;
  readonly ground: Ground;
  readonly palette: PaletteName;
  readonly width: number;
  readonly height: number;
  /** From 0 (left) to 1, and from 0 (top) to 1 (horizon); left out where chance may say. */
  readonly light?: readonly [number, number];
}

/** A flat landscape in pieces that may move past each other: what is far behind first. Each is a fragment of SVG. */
export function drawLayers(landscape: Landscape): readonly [sky: string, ...land: string[]] {
  const chance = createChance(landscape.seed);
  const palette: Palette = palettes[landscape.palette];
  const scene = { ...landscape, chance, colours: palette, horizon: landscape.height * chance.between(0.56, 0.64) };
  return [skyOf(scene), ...landOf[landscape.ground](scene)];
}

export function drawLandscape(landscape: Landscape, above = ""): string {
  return svgOf(landscape, drawLayers(landscape).join("") + above);
}

export function svgOf({ width, height }: Pick<Landscape, "width" | "height">, content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`;
}

interface Scene extends Landscape {
  readonly chance: Chance;
  readonly colours: Palette;
  /** Where the sky ends, in pixels from the top. */
  readonly horizon: number;
}

const px = (value: number) => value.toFixed(1);

function skyOf(scene: Scene): string {
  const { width, height, horizon, seed, chance, colours, light, ground } = scene;
  const [top, middle, low] = colours.sky;
  const stops = `<stop offset="0" stop-color="${top}"/><stop offset=".62" stop-color="${middle}"/><stop offset="1" stop-color="${low}"/>`;
  const [across, down] = light ?? [chance.between(0.18, 0.82), chance.between(0.28, 0.8)];
  const [x, y] = [across * width, down * horizon];
  const radius = height * (colours.isNight ? 0.045 : 0.055);
  const glow = `<radialGradient id="glow${seed}"><stop offset="0" stop-color="${colours.light}" stop-opacity=".75"/><stop offset="1" stop-color="${colours.light}" stop-opacity="0"/></radialGradient>`;
  const sun = `<circle cx="${px(x)}" cy="${px(y)}" r="${px(radius * 4.5)}" fill="url(#glow${seed})"/><circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" fill="${colours.light}"/>`;
  const above = colours.isNight ? stars(chance, width, horizon) : clouds(chance, width, horizon, colours.light);
  const water = ground === "sea" || ground === "lake" || ground === "coast";
  return `<defs><linearGradient id="sky${seed}" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="0" y2="${px(horizon)}">${stops}</linearGradient>${glow}</defs><rect width="${width}" height="${height}" fill="url(#sky${seed})"/>${sun}${above}${water ? "" : haze(scene)}`;
}

function haze({ seed, width, horizon, colours }: Scene): string {
  const [, , low] = colours.sky;
  return `<defs><linearGradient id="haze${seed}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${low}" stop-opacity="0"/><stop offset="1" stop-color="${low}" stop-opacity=".6"/></linearGradient></defs><rect y="${px(horizon * 0.7)}" width="${width}" height="${px(horizon * 0.45)}" fill="url(#haze${seed})"/>`;
}

function stars(chance: Chance, width: number, horizon: number): string {
  return Array.from({ length: 90 }, () => {
    const [x, y] = [chance.between(0, width), chance.between(0, horizon * 0.9)];
    return `<circle cx="${px(x)}" cy="${px(y)}" r="${px(chance.between(0.5, 1.8))}" fill="#fff" opacity="${px(chance.between(0.3, 0.95))}"/>`;
  }).join("");
}

function clouds(chance: Chance, width: number, horizon: number, colour: string): string {
  return Array.from({ length: Math.round(chance.between(2, 6)) }, () => {
    const [x, y] = [chance.between(0, width), chance.between(horizon * 0.1, horizon * 0.75)];
    const reach = chance.between(0.06, 0.17) * width;
    const puffs = [-0.5, 0, 0.45].map(
      (shift) =>
        `<ellipse cx="${px(x + shift * reach)}" cy="${px(y - chance.between(0, 6))}" rx="${px(reach * chance.between(0.4, 0.75))}" ry="${px(reach * chance.between(0.05, 0.11))}"/>`,
    );
    return `<g fill="${colour}" opacity="${px(chance.between(0.25, 0.6))}">${puffs.join("")}</g>`;
  }).join("");
}

/** Jagged heights by halving lines: each half is moved by half as much as the one before. */
function ridge(chance: Chance, width: number, base: number, rise: number, roughness: number): string {
  let heights = [chance.between(0.2, 1), chance.between(0.2, 1)];
  for (let spread = 0.75; heights.length < 130; spread *= roughness) {
    heights = heights.flatMap((height, index) => {
      const next = heights[index + 1];
      return next === undefined ? [height] : [height, (height + next) / 2 + chance.between(-spread, spread)];
    });
  }
  const step = width / (heights.length - 1);
  return heights.map((height, index) => `L${px(index * step)} ${px(base - height * rise)}`).join("");
}

function wave(chance: Chance, width: number, base: number, rise: number): string {
  const [phase, count] = [chance.between(0, 7), chance.between(1.2, 2.6)];
  return Array.from({ length: 61 }, (_, index) => {
    const at = (index / 60) * count * Math.PI;
    const height = Math.sin(at + phase) * 0.6 + Math.sin(at * 2.3 + phase * 1.7) * 0.3;
    return `L${px((index / 60) * width)} ${px(base - height * rise)}`;
  }).join("");
}

const land = ({ width, height }: Scene, outline: string, fill: string) =>
  `<path d="M0 ${height}${outline}L${width} ${height}Z" fill="${fill}"/>`;

const ridgeOf = (scene: Scene, base: number, rise: number, roughness: number, fill: string) =>
  land(scene, ridge(scene.chance, scene.width, base, rise, roughness), fill);
const waveOf = (scene: Scene, base: number, rise: number, fill: string) =>
  land(scene, wave(scene.chance, scene.width, base, rise), fill);

function firs(scene: Scene, base: number, size: number, count: number, fill: string): string {
  const { chance, width, height } = scene;
  const trees = Array.from({ length: count }, (_, index) => {
    const x = ((index + chance.between(0, 1)) / count) * width;
    const [tall, foot] = [size * chance.between(0.6, 1.25), base + chance.between(0, size * 0.15)];
    const half = tall * 0.2;
    const tiers = [0, 0.28, 0.55].map((from) => {
      const wide = half * (0.45 + from);
      return `M${px(x)} ${px(foot - tall * (1 - from))}L${px(x + wide)} ${px(foot - tall * (0.55 - from))}H${px(x - wide)}Z`;
    });
    return tiers.join("");
  });
  return `<path d="${trees.join("")}" fill="${fill}"/><rect y="${px(base - size * 0.02)}" width="${width}" height="${px(height - base + size)}" fill="${fill}"/>`;
}

function houses(scene: Scene, base: number, size: number, fill: string, lit: string): string {
  const { chance, width, height } = scene;
  const pieces: string[] = [];
  for (let x = -size * 0.3; x < width;) {
    const [wide, tall] = [size * chance.between(0.35, 0.75), size * chance.between(0.5, 1.5)];
    const top = base - tall;
    pieces.push(
      `<path d="M${px(x)} ${height}V${px(top)}${chance.next() < 0.55 ? `L${px(x + wide / 2)} ${px(top - wide * 0.42)}` : ""}L${px(x + wide)} ${px(top)}V${height}Z" fill="${fill}"/>`,
    );
    const pane = size * 0.07;
    for (let row = top + pane * 1.6; row < base + size * 0.3; row += pane * 2.6) {
      for (let column = x + pane * 1.2; column < x + wide - pane * 1.6; column += pane * 2.3) {
        if (chance.next() < 0.45) {
          pieces.push(
            `<rect x="${px(column)}" y="${px(row)}" width="${px(pane)}" height="${px(pane * 1.35)}" fill="${lit}" opacity="${px(chance.between(0.5, 1))}"/>`,
          );
        }
      }
    }
    x += wide * chance.between(0.96, 1.25);
  }
  return pieces.join("");
}

function water(scene: Scene, top: number): string {
  const { chance, width, height, colours, seed } = scene;
  const [, middle, low] = colours.sky;
  const fill = `<defs><linearGradient id="water${seed}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${low}"/><stop offset=".25" stop-color="${middle}"/><stop offset="1" stop-color="${colours.land[2]}"/></linearGradient></defs><rect y="${px(top)}" width="${width}" height="${px(height - top)}" fill="url(#water${seed})"/>`;
  const glints = Array.from({ length: 70 }, () => {
    const depth = chance.next() ** 2;
    const y = top + 3 + depth * (height - top);
    const long = (0.015 + depth * 0.09) * width * chance.between(0.4, 1);
    return `<rect x="${px(chance.between(-long, width))}" y="${px(y)}" width="${px(long)}" height="${px(1 + depth * 4)}" rx="2" fill="${colours.light}" opacity="${px(chance.between(0.12, 0.45))}"/>`;
  });
  return fill + glints.join("");
}

function boat({ chance, width, height, colours }: Scene, top: number): string {
  const size = height * chance.between(0.05, 0.1);
  const [x, y] = [width * chance.between(0.2, 0.8), top + size * chance.between(0.5, 1.1)];
  return `<g transform="translate(${px(x)} ${px(y)}) scale(${px(size)})"><path d="M-.5 0H.5L.36 .2H-.36Z" fill="${colours.land[3]}"/><path d="M-.03 -.06V-1L.42 -.06Z" fill="#fffdf5"/><path d="M-.09 -.06V-.82L-.4 -.06Z" fill="${colours.light}" opacity=".85"/></g>`;
}

function lighthouse(scene: Scene, x: number, base: number): string {
  const { height, colours } = scene;
  const size = height * 0.3;
  const beam = `<defs><linearGradient id="beam"><stop offset="0" stop-color="${colours.light}" stop-opacity="0"/><stop offset="1" stop-color="${colours.light}" stop-opacity=".5"/></linearGradient></defs><path d="M0 -.93L-2.4 -1.25V-.72Z" fill="url(#beam)"/>`;
  return `<g transform="translate(${px(x)} ${px(base)}) scale(${px(size)})">${colours.isNight ? beam : ""}<path d="M-.1 0L-.065 -.86H.065L.1 0Z" fill="#f3efe6"/><path d="M-.09 -.22L-.08 -.44H.08L.09 -.22ZM-.072 -.64L-.065 -.86H.065L.072 -.64Z" fill="#c2493d"/><rect x="-.05" y="-.98" width=".1" height=".12" fill="${colours.light}"/><path d="M-.075 -.98L0 -1.08L.075 -.98Z" fill="${colours.land[3]}"/></g>`;
}

const landOf: Readonly<Record<Ground, (scene: Scene) => string[]>> = {
  mountains: (scene) => {
    const { height, horizon, colours } = scene;
    const [far, mid, near, front] = colours.land;
    return [
      ridgeOf(scene, horizon + height * 0.08, height * 0.3, 0.52, far),
      ridgeOf(scene, horizon + height * 0.18, height * 0.2, 0.5, mid),
      waveOf(scene, height * 0.84, height * 0.05, near) + firs(scene, height * 0.95, height * 0.13, 34, front),
    ];
  },
  hills: (scene) => {
    const { height, horizon, colours } = scene;
    const [far, mid, near, front] = colours.land;
    return [
      waveOf(scene, horizon + height * 0.03, height * 0.06, far),
      waveOf(scene, horizon + height * 0.14, height * 0.06, mid),
      waveOf(scene, height * 0.84, height * 0.05, near) + waveOf(scene, height * 0.95, height * 0.04, front),
    ];
  },
  sea: (scene) => [water(scene, scene.horizon), boat(scene, scene.horizon), ""],
  lake: (scene) => {
    const { height, horizon, colours } = scene;
    const shore = horizon + height * 0.1;
    return [
      ridgeOf(scene, horizon + height * 0.1, height * 0.26, 0.5, colours.land[0]),
      ridgeOf(scene, shore, height * 0.1, 0.48, colours.land[1]) + water(scene, shore),
      firs(scene, height * 1.02, height * 0.3, 9, colours.land[3]),
    ];
  },
  forest: (scene) => {
    const { height, horizon, colours } = scene;
    const [far, mid, near, front] = colours.land;
    return [
      firs(scene, horizon + height * 0.06, height * 0.14, 44, far),
      firs(scene, horizon + height * 0.2, height * 0.26, 26, mid),
      firs(scene, height * 0.94, height * 0.4, 15, near) + firs(scene, height * 1.08, height * 0.45, 9, front),
    ];
  },
  desert: (scene) => {
    const { height, horizon, colours } = scene;
    const [far, mid, near, front] = colours.land;
    return [
      ridgeOf(scene, horizon + height * 0.05, height * 0.12, 0.4, far),
      waveOf(scene, horizon + height * 0.12, height * 0.09, mid),
      waveOf(scene, height * 0.82, height * 0.08, near) + waveOf(scene, height * 0.97, height * 0.06, front),
    ];
  },
  town: (scene) => {
    const { height, horizon, colours } = scene;
    const lit = colours.isNight ? "#ffd98a" : "#fff2cf";
    return [
      ridgeOf(scene, horizon + height * 0.05, height * 0.1, 0.45, colours.land[0]),
      houses(scene, height * 0.8, height * 0.2, colours.land[1], lit),
      houses(scene, height * 0.98, height * 0.26, colours.land[3], lit),
    ];
  },
  coast: (scene) => {
    const { width, height, horizon, colours, chance } = scene;
    const cliff = height * 0.84;
    const x = width * chance.between(0.66, 0.82);
    return [
      ridgeOf(scene, horizon + height * 0.01, height * 0.07, 0.42, colours.land[0]) + water(scene, horizon),
      boat(scene, horizon),
      lighthouse(scene, x, cliff) +
        `<path d="M${width} ${height}H${px(width * 0.3)}C${px(width * 0.45)} ${px(height * 0.93)} ${px(width * 0.52)} ${px(cliff)} ${px(x - width * 0.06)} ${px(cliff - 4)}L${px(x + width * 0.08)} ${px(cliff - 6)}L${width} ${px(cliff + height * 0.03)}Z" fill="${colours.land[3]}"/>`,
    ];
  },
};

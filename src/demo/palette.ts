/** Colours of a landscape: the sky from top to horizon, the light in it, and the land from far to near. */
export interface Palette {
  readonly sky: readonly [string, string, string];
  readonly light: string;
  readonly land: readonly [string, string, string, string];
  readonly isNight: boolean;
}

const day = (sky: Palette["sky"], light: string, land: Palette["land"]): Palette => ({
  sky,
  light,
  land,
  isNight: false,
});
const night = (sky: Palette["sky"], light: string, land: Palette["land"]): Palette => ({
  sky,
  light,
  land,
  isNight: true,
});

export const palettes = {
  dawn: day(["#6c83b4", "#efb9a6", "#fde5c6"], "#fff3d9", ["#b9a9bf", "#8b81a3", "#5c5b7d", "#30354f"]),
  noon: day(["#3f86cf", "#8fc3e8", "#d5ecf5"], "#fffbe8", ["#9cc0cd", "#6fa193", "#4a8062", "#2a553f"]),
  dusk: day(["#2c2f62", "#b2516f", "#f7a862"], "#ffe2a8", ["#85506f", "#5d3a66", "#3c2e56", "#211d3c"]),
  night: night(["#0b1130", "#1d2c59", "#40588a"], "#f4f0dc", ["#31426d", "#223052", "#18223f", "#0d142a"]),
  autumn: day(["#7ba7c7", "#c9d9d6", "#f6e6c4"], "#fff6dc", ["#cbb592", "#c58f4c", "#a15e2f", "#593320"]),
  winter: day(["#7fa9d3", "#bcd4e8", "#eff5f8"], "#ffffff", ["#b6cade", "#9fb8d2", "#dfe9f2", "#f8fbfd"]),
  desert: day(["#4f9ccb", "#a9d0d9", "#f8e0b6"], "#fff8e0", ["#e2b684", "#d09160", "#b27047", "#7b4a34"]),
  moss: day(["#8fb0ad", "#c6d6c6", "#eef0dc"], "#fcfbea", ["#a9c0ab", "#7da183", "#51795c", "#2c4c3c"]),
  ember: day(["#3b1f3f", "#a33c4a", "#f2764b"], "#ffd59a", ["#70334d", "#4f2744", "#351d39", "#1c122a"]),
  mist: day(["#a7b8c6", "#c9d3da", "#e9eaea"], "#ffffff", ["#b9c4cc", "#94a5b1", "#6d8290", "#465a69"]),
} as const satisfies Readonly<Record<string, Palette>>;
export type PaletteName = keyof typeof palettes;

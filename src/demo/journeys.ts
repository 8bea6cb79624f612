import type { Ground } from "./landscape.ts";
import type { PaletteName } from "./palette.ts";

const phones = {
  anna: { make: "Google", model: "Pixel 9" },
  ben: { make: "Apple", model: "iPhone 16" },
  camera: { make: "FUJIFILM", model: "X-T5" },
} as const;

export interface Journey {
  readonly name: string;
  /** How many days ago it began, and how long it took. */
  readonly daysAgo: number;
  readonly days: number;
  readonly count: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Hours that clocks are ahead of UTC. */
  readonly offsetHours: number;
  readonly camera: (typeof phones)[keyof typeof phones];
  readonly grounds: readonly [Ground, ...Ground[]];
  readonly palettes: readonly [PaletteName, ...PaletteName[]];
  /** In the space of the family rather than Anna's own files. */
  readonly isShared: boolean;
}

/** Where the household has been in the last two years, the latest first. */
export const journeys: readonly Journey[] = [
  {
    name: "Autumn walk in the Harz",
    ...{ daysAgo: 19, days: 1, count: 7, latitude: 51.799, longitude: 10.616, offsetHours: 1, camera: phones.anna },
    ...{ grounds: ["forest", "hills", "mountains"], palettes: ["autumn", "mist", "moss"], isShared: false },
  },
  {
    name: "Lofoten",
    ...{ daysAgo: 118, days: 9, count: 14, latitude: 68.153, longitude: 13.608, offsetHours: 2, camera: phones.camera },
    ...{ grounds: ["coast", "lake", "mountains", "sea"], palettes: ["dawn", "noon", "dusk", "mist"], isShared: true },
  },
  {
    name: "A weekend in Lisbon",
    ...{ daysAgo: 204, days: 3, count: 8, latitude: 38.711, longitude: -9.139, offsetHours: 1, camera: phones.ben },
    ...{ grounds: ["town", "sea", "coast"], palettes: ["noon", "dusk", "desert"], isShared: true },
  },
  {
    name: "Snow in the Alps",
    ...{ daysAgo: 290, days: 4, count: 7, latitude: 47.26, longitude: 11.39, offsetHours: 1, camera: phones.anna },
    ...{ grounds: ["mountains", "forest", "hills"], palettes: ["winter", "dawn"], isShared: false },
  },
  {
    name: "Marrakesh and the desert",
    ...{ daysAgo: 402, days: 8, count: 9, latitude: 31.099, longitude: -4.013, offsetHours: 1, camera: phones.camera },
    ...{ grounds: ["desert", "town", "mountains"], palettes: ["desert", "ember", "night"], isShared: true },
  },
  {
    name: "Lakes of Finland",
    ...{ daysAgo: 488, days: 7, count: 9, latitude: 61.871, longitude: 28.886, offsetHours: 3, camera: phones.anna },
    ...{ grounds: ["lake", "forest"], palettes: ["moss", "night", "noon", "dusk"], isShared: false },
  },
  {
    name: "The garden at home",
    ...{ daysAgo: 590, days: 30, count: 5, latitude: 52.52, longitude: 13.405, offsetHours: 2, camera: phones.anna },
    ...{ grounds: ["hills", "town"], palettes: ["noon", "moss", "autumn"], isShared: false },
  },
];

/** A Mercator map in 20 bits each way. */
const bits = 20;
const size = 2 ** bits;
/** Where a square Mercator map ends. */
const maxLatitude = 85.051_128_78;

export interface Cell {
  readonly x: number;
  readonly y: number;
}

export function cellOf(latitude: number, longitude: number): Cell {
  const bounded = (Math.max(-maxLatitude, Math.min(maxLatitude, latitude)) * Math.PI) / 180;
  const across = (longitude + 180) / 360;
  const down = (1 - Math.log(Math.tan(bounded) + 1 / Math.cos(bounded)) / Math.PI) / 2;
  return { x: clamp(across), y: clamp(down) };
}

const clamp = (share: number) => Math.max(0, Math.min(size - 1, Math.floor(share * size)));

/** What a cell of a coarser grid covers; `level` is the number of bits that are left. */
export function boundsOf({ x, y }: Cell, level: number) {
  const count = 2 ** level;
  return {
    west: (x / count) * 360 - 180,
    east: ((x + 1) / count) * 360 - 180,
    north: latitudeAt(y / count),
    south: latitudeAt((y + 1) / count),
  };
}

function latitudeAt(down: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * down))) * 180) / Math.PI;
}

/** So many bits are dropped for a grid of this level. */
export function shiftOf(level: number): number {
  return bits - level;
}

/** `+52.5200+013.4050+034.000/` of films (ISO 6709); null for anything else, and for 0, 0. */
export function readIso6709(text: string | undefined): { latitude: number; longitude: number } | null {
  const found = /^([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)/.exec(text ?? "");
  const latitude = Number(found?.[1] ?? Number.NaN);
  const longitude = Number(found?.[2] ?? Number.NaN);
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && (latitude !== 0 || longitude !== 0);
  return isPlace ? { latitude, longitude } : null;
}

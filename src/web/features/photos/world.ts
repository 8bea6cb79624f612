import { query } from "#web/client.ts";

/** TopoJSON, as far as it is read. */
interface Topology {
  readonly transform: { readonly scale: readonly [number, number]; readonly translate: readonly [number, number] };
  readonly arcs: readonly (readonly (readonly [number, number])[])[];
  readonly objects: { readonly land: { readonly geometries: readonly { readonly arcs: readonly number[][][] }[] } };
}

/** Side of the square Mercator map in its own units. */
export const worldSize = 1024;
const maxLatitude = 85.05;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a place lies on the map. */
export function project(latitude: number, longitude: number): Point {
  const bounded = (Math.max(-maxLatitude, Math.min(maxLatitude, latitude)) * Math.PI) / 180;
  const down = (1 - Math.log(Math.tan(bounded) + 1 / Math.cos(bounded)) / Math.PI) / 2;
  return { x: ((longitude + 180) / 360) * worldSize, y: down * worldSize };
}

export function unproject({ x, y }: Point): { latitude: number; longitude: number } {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / worldSize))) * 180) / Math.PI;
  return { latitude, longitude: (x / worldSize) * 360 - 180 };
}

type Position = readonly [longitude: number, latitude: number];

function positionsOf({ arcs, transform: { scale, translate } }: Topology): Position[][] {
  return arcs.map((steps) => {
    let [x, y] = [0, 0];
    return steps.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]] as const;
    });
  });
}

const step = (letter: "M" | "L", [longitude, latitude]: Position): string => {
  const { x, y } = project(latitude, longitude);
  return `${letter}${x.toFixed(2)} ${y.toFixed(2)}`;
};

/** Every arc once, so a border that two countries share is drawn once. What runs along the date line, or jumps over it, is no coast. */
function bordersOf(arcs: readonly Position[][]): string {
  const isEdge = (one: Position, other: Position) =>
    Math.abs(one[0] - other[0]) > 180 || (Math.abs(one[0]) > 179.9 && Math.abs(other[0]) > 179.9);
  return arcs
    .flatMap((arc) =>
      arc.map((at, index) => {
        const before = arc[index - 1];
        return step(before === undefined || isEdge(before, at) ? "M" : "L", at);
      }),
    )
    .join("");
}

/** Land as areas. A ring that crosses the date line goes on beyond the edge of the map instead of back across it. */
function landOf(topology: Topology, arcs: readonly Position[][]): string {
  const rings = topology.objects.land.geometries.flatMap((geometry) => geometry.arcs.flat());
  return rings.map((ring) => `${ringOf(ring, arcs)}Z`).join("");
}

/** TopoJSON: an arc with the number ~n is arc n from its end to its beginning. */
function ringOf(ring: readonly number[], arcs: readonly Position[][]): string {
  const positions = ring.flatMap((number) => (number < 0 ? arcs[~number]?.toReversed() : arcs[number]) ?? []);
  let shift = 0;
  return positions
    .map((at, index) => {
      const before = positions[index - 1];
      if (before !== undefined && Math.abs(at[0] - before[0]) > 180) shift += at[0] < before[0] ? 360 : -360;
      return step(index === 0 ? "M" : "L", [at[0] + shift, at[1]]);
    })
    .join("");
}

/** The outline of the world, fetched with the first map. */
export const outline = {
  queryKey: ["photos-outline"],
  queryFn: async (): Promise<{ readonly land: string; readonly borders: string }> => {
    const { default: file } = await import("world-atlas/countries-110m.json");
    const topology = file as unknown as Topology;
    const arcs = positionsOf(topology);
    return { land: landOf(topology, arcs), borders: bordersOf(arcs) };
  },
  staleTime: Infinity,
  gcTime: Infinity,
} as const;

/** Clusters of a part of the map. */
export const clusterQuery = (area: { west: number; east: number; south: number; north: number }, level: number) =>
  query("photos.map", { ...area, level });

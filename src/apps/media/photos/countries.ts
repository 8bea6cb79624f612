/** The part of TopoJSON that is read. */
interface Topology {
  readonly transform: { readonly scale: readonly [number, number]; readonly translate: readonly [number, number] };
  readonly arcs: readonly (readonly (readonly [number, number])[])[];
  readonly objects: {
    readonly countries: {
      readonly geometries: readonly {
        readonly type: string;
        readonly arcs: unknown;
        readonly properties: { readonly name: string };
      }[];
    };
  };
}

type Ring = readonly (readonly [number, number])[];

interface Outline {
  readonly name: string;
  readonly ring: Ring;
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** Which country a place lies in, by Natural Earth's borders of 1:50 million. Some 15 MB while it is in memory. */
export async function createCountries(): Promise<(latitude: number, longitude: number) => string | null> {
  const { default: topology } = await import("world-atlas/countries-50m.json", { with: { type: "json" } });
  const outlines = outlinesOf(topology as Topology);
  return (latitude, longitude) => {
    // Holes are countries of their own: a place in one is inside two outlines, and the smaller one is meant.
    const inside = outlines.filter(
      (one) =>
        longitude >= one.west &&
        longitude <= one.east &&
        latitude >= one.south &&
        latitude <= one.north &&
        isInside(one.ring, latitude, longitude),
    );
    return inside.toSorted((a, b) => areaOf(a) - areaOf(b))[0]?.name ?? null;
  };
}

function outlinesOf({ arcs, transform, objects }: Topology): Outline[] {
  const { scale, translate } = transform;
  const lines = arcs.map((steps) => {
    let x = 0;
    let y = 0;
    return steps.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]] as const;
    });
  });
  const ringOf = (indexes: readonly number[]): Ring =>
    indexes.flatMap((index) => (index < 0 ? (lines[~index] ?? []).toReversed() : (lines[index] ?? [])));
  return objects.countries.geometries.flatMap(({ type, arcs: parts, properties }) => {
    const polygons = (type === "Polygon" ? [parts] : parts) as (readonly number[])[][];
    return polygons.flatMap(([outer]) => {
      if (outer === undefined) return [];
      const ring = ringOf(outer);
      const longitudes = ring.map(([x]) => x);
      const latitudes = ring.map(([, y]) => y);
      return {
        ...{ name: properties.name, ring },
        ...{ west: Math.min(...longitudes), east: Math.max(...longitudes) },
        ...{ south: Math.min(...latitudes), north: Math.max(...latitudes) },
      };
    });
  });
}

/** Even-odd rule. */
function isInside(ring: Ring, latitude: number, longitude: number): boolean {
  let inside = false;
  let before = ring.at(-1);
  for (const point of ring) {
    if (before !== undefined && point[1] > latitude !== before[1] > latitude) {
      const crossing = ((before[0] - point[0]) * (latitude - point[1])) / (before[1] - point[1]) + point[0];
      if (longitude < crossing) inside = !inside;
    }
    before = point;
  }
  return inside;
}

const areaOf = ({ west, east, south, north }: Outline) => (east - west) * (north - south);

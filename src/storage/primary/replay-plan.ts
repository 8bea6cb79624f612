/** A row of the redo log. Paths are relative to the volume. */
export interface RedoRow {
  readonly id: number;
  readonly volume: string;
  readonly act: "write" | "folder" | "rename" | "delete";
  readonly path: string;
  readonly source: string | null;
  readonly ino: number | null;
  readonly btime_us: number | null;
  readonly mtime_us: number | null;
  readonly content: Uint8Array | null;
  readonly at_ms: number;
  readonly boot: string;
}

/** One file or folder that the log speaks of. */
export interface Thing {
  /** Id of the row that names it first. */
  readonly id: number;
  readonly ino: number;
  readonly btimeUs: number;
  /** Where it was, one place after the other, each as it was called then. */
  readonly places: string[];
  /** Where it stands after the last act; undefined when it was replaced or deleted for good. */
  place: string | undefined;
  /** The row that made it, when the log has its making. */
  readonly made: RedoRow | undefined;
  /** When it was last put somewhere. */
  atMs: number;
}

/** A place that something was put to: a file that stood there before, and that the log does not know, was replaced. */
export interface Covered {
  path: string;
  readonly atMs: number;
}

export interface Plan {
  readonly things: Thing[];
  readonly covered: Covered[];
  /** Every place that the log names, also by the names that folders above it had before. */
  readonly places: readonly string[];
}

/** Walks the log in memory: what every file and folder in it went through, and where it has to be in the end. */
export function planOf(rows: readonly RedoRow[]): Plan {
  const things: Thing[] = [];
  const covered: Covered[] = [];
  const standing = new Map<string, Thing>();
  const renames: { readonly from: string; readonly to: string }[] = [];
  const leave = (path: string) => {
    const thing = standing.get(path);
    if (thing !== undefined) thing.place = undefined;
    standing.delete(path);
  };
  const enter = (path: string, thing: Thing, atMs: number) => {
    if (!standing.has(path)) covered.push({ path, atMs });
    leave(path);
    thing.place = path;
    thing.atMs = atMs;
    if (thing.places.at(-1) !== path) thing.places.push(path);
    standing.set(path, thing);
  };
  const add = (row: RedoRow, places: string[]): Thing => {
    const made = row.act === "rename" ? undefined : row;
    const { id, at_ms: atMs } = row;
    const thing = { id, ino: row.ino ?? 0, btimeUs: row.btime_us ?? 0, places, place: undefined, made, atMs };
    things.push(thing);
    return thing;
  };
  for (const row of rows) {
    if (row.act === "delete") {
      for (const path of below(standing, row.path)) leave(path);
    } else if (row.act === "rename" && row.source !== null) {
      const { source, path } = row;
      const known = standing.get(source);
      const thing = known !== undefined && isThing(known, row) ? known : add(row, namesOf(source, renames));
      renames.push({ from: source, to: path });
      const moved = below(standing, source).flatMap((from) => {
        const entry = standing.get(from);
        standing.delete(from);
        return entry === undefined || from === source ? [] : [{ entry, to: path + from.slice(source.length) }];
      });
      enter(path, thing, row.at_ms);
      for (const { entry, to } of moved) enter(to, entry, entry.atMs);
      for (const place of covered) {
        if (place.path.startsWith(`${source}/`)) place.path = path + place.path.slice(source.length);
      }
    } else enter(row.path, add(row, []), row.at_ms);
  }
  const places = new Set(things.flatMap((thing) => thing.places.flatMap((place) => namesOf(place, renames))));
  return { things, covered, places: [...places] };
}

/** What a path was called before each rename of a folder above it, the oldest name first: the disk may not know of them yet. */
function namesOf(path: string, renames: readonly { readonly from: string; readonly to: string }[]): string[] {
  const names = [path];
  for (const { from, to } of renames.toReversed()) {
    const name = names[0] ?? path;
    if (name.startsWith(`${to}/`)) names.unshift(from + name.slice(to.length));
  }
  return names;
}

function below(standing: ReadonlyMap<string, Thing>, path: string): string[] {
  return [...standing.keys()].filter((other) => other === path || other.startsWith(`${path}/`));
}

function isThing(thing: Thing, row: RedoRow): boolean {
  return thing.ino === row.ino && thing.btimeUs === row.btime_us;
}

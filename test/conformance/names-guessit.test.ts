// needs: guessit
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseMediaPath } from "#apps/media/names";
import { knownDifferences, realNames } from "./names-guessit-table.ts";

interface Reading {
  readonly title: string;
  readonly year: number | null;
  readonly season: number | null;
  readonly episodes: readonly number[];
}

interface Name {
  readonly kind: "films" | "series";
  readonly path: string;
}

const timeoutMs = 120_000;
const script = `
import json, sys
from guessit import guessit
def many(value):
    return [] if value is None else value if isinstance(value, list) else [value]
for line in sys.stdin:
    name = json.loads(line)
    guess = guessit(name["path"], {"type": "movie" if name["kind"] == "films" else "episode"})
    season = many(guess.get("season"))
    print(json.dumps({
        "title": guess.get("title", ""), "year": guess.get("year"),
        "season": season[0] if season else None, "episodes": many(guess.get("episode")),
    }))
`;

/** All names in one process: starting it costs a second. */
async function guess(names: readonly Name[]): Promise<Reading[]> {
  const child = Bun.spawn(["/usr/bin/python3", "-c", script], {
    stdin: Buffer.from(names.map((name) => JSON.stringify(name)).join("\n")),
    stdout: "pipe",
    stderr: "pipe",
    timeout: timeoutMs,
    env: { PYTHONIOENCODING: "utf-8", PATH: "/usr/bin:/bin" },
  });
  const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect({ code: await child.exited, errors }).toEqual({ code: 0, errors: "" });
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Reading);
}

/** Signs and letters' case are a matter of taste; words and numbers are not. */
function plain({ title, year, season, episodes }: Reading): string {
  const words = title
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return JSON.stringify([words, year, season, episodes]);
}

function read({ kind, path }: Name): Reading {
  const name = parseMediaPath(kind, path);
  if (name?.form === "film") return { title: name.title, year: name.year, season: null, episodes: [] };
  if (name?.form !== "episode") throw new Error(`${path} is ${name?.form}`);
  const episodes = name.episodes.length > 0 ? name.episodes : name.absolute;
  return { title: name.series, year: name.seriesYear, season: name.season, episodes };
}

const words = [
  "Silent",
  "River",
  "Golden",
  "Ash",
  "Night",
  "Kingdom",
  "Paper",
  "Moon",
  "Winter",
  "Letters",
  "Glass",
  "Harbor",
];
const title = fc.uniqueArray(fc.constantFrom(...words), { minLength: 2, maxLength: 4 });
const year = fc.integer({ min: 1930, max: 2024 });
const encoding = fc.tuple(
  fc.constantFrom("720p", "1080p", "2160p", "480p"),
  fc.constantFrom("BluRay", "WEB-DL", "HDTV", "DVDRip", "WEBRip"),
  fc.constantFrom("x264", "x265", "H.264", "XviD", "HEVC"),
  fc.constantFrom("SPARKS", "DIMENSION", "CtrlHD", "NTb"),
);

const film = fc
  .tuple(title, year, encoding, fc.constantFrom("scene", "plex", "folder", "plain"))
  .map(([parts, when, [size, source, codec, group], style]): Name => {
    const scene = `${parts.join(".")}.${when}.${size}.${source}.${codec}-${group}.mkv`;
    const spaced = parts.join(" ");
    const path = {
      scene,
      plex: `${spaced} (${when})/${spaced} (${when}) - ${size}.mkv`,
      folder: `${spaced} (${when})/${scene}`,
      plain: `${spaced} (${when}).mkv`,
    }[style];
    return { kind: "films", path };
  });

const two = (number: number): string => String(number).padStart(2, "0");

const episode = fc
  .tuple(
    title,
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 60 }),
    fc.constantFrom("", "Broken Promises", "The Return"),
    encoding,
    fc.constantFrom("scene", "plex", "crossed", "double", "range", "flat"),
  )
  .map(([parts, season, number, name, [size, source, codec, group], style]): Name => {
    const spaced = parts.join(" ");
    const dotted = name === "" ? "" : `.${name.replaceAll(" ", ".")}`;
    const dashed = name === "" ? "" : ` - ${name}`;
    const mark = `S${two(season)}E${two(number)}`;
    const tail = `${dotted}.${size}.${source}.${codec}-${group}.mkv`;
    const path = {
      scene: `${parts.join(".")}.${mark}${tail}`,
      plex: `${spaced}/Season ${two(season)}/${spaced} - ${mark}${dashed}.mkv`,
      crossed: `${spaced} - ${season}x${two(number)}${dashed}.mkv`,
      double: `${parts.join(".")}.${mark}E${two(number + 1)}${tail}`,
      range: `${spaced}/Season ${season}/${spaced} - ${mark}-E${two(number + 2)}${dashed}.mkv`,
      flat: `${spaced} ${mark}${dashed}.mkv`,
    }[style];
    return { kind: "series", path };
  });

/** Always the same ones: a difference must have a reason in the table. */
const generated = fc.sample(fc.oneof(film, episode), { seed: 20_261_123, numRuns: 200 });

describe("names as guessit reads them", () => {
  test(
    "agree for plain shapes, and every difference has its reason",
    async () => {
      const names = [...new Map([...generated, ...realNames].map((name) => [name.path, name])).values()];
      const theirs = await guess(names);
      const differing = names.filter((name, at) => {
        const other = theirs[at];
        return other === undefined || plain(read(name)) !== plain(other);
      });
      const plainShapes = new Set(generated.map(({ path }) => path));
      const agreed = 1 - differing.filter(({ path }) => plainShapes.has(path)).length / plainShapes.size;
      expect(agreed).toBeGreaterThanOrEqual(0.97);
      expect(differing.map(({ path }) => path).toSorted()).toEqual(Object.keys(knownDifferences).toSorted());
    },
    timeoutMs,
  );

  test("what we read where we differ is what the table says", () => {
    for (const [path, { kind, ours }] of Object.entries(knownDifferences)) {
      const { title: name, year: when, season, episodes } = read({ kind, path });
      expect({ path, reading: [name, when, season, episodes] }).toEqual({ path, reading: [...ours] });
    }
  });
});

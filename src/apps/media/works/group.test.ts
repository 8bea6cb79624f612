import { expect, test } from "bun:test";
import fc from "fast-check";
import type { LibraryKind } from "#apps/media/library";
import { parseMediaPath } from "#apps/media/names";
import { assignIds } from "./assign.ts";
import { groupWorks } from "./group.ts";
import { type EpisodeDraft, itemsOf, type NamedItem, type WorkDraft } from "./group-types.ts";

function named(kind: LibraryKind, paths: readonly string[]): NamedItem[] {
  return paths.flatMap((path, index) => {
    const name = parseMediaPath(kind, path);
    if (name?.form !== "film" && name?.form !== "episode" && name?.form !== "video") return [];
    return [{ itemId: index + 1, path, name, sizeBytes: 1000 + index, height: null }];
  });
}
/** Works as text, by the paths of their files. */
function shapeOf(kind: LibraryKind, paths: readonly string[]): string[] {
  const items = named(kind, paths);
  const pathOf = new Map(items.map(({ itemId, path }) => [itemId, path]));
  const shape = (draft: WorkDraft): string => {
    const inside =
      draft.type === "series" ? draft.seasons.map(({ season, episodes }) => [season, episodes.map(leaf)]) : [];
    return JSON.stringify([leaf(draft), inside]);
  };
  const leaf = ({ type, title, year, files }: WorkDraft | EpisodeDraft) => [
    ...[type, title, year],
    files.map(({ itemId, versionKey, part, extraKind, rank }) => [
      pathOf.get(itemId),
      versionKey,
      part,
      extraKind,
      rank,
    ]),
  ];
  return groupWorks(items).map(shape).toSorted();
}

const titles = fc.constantFrom("Alien", "Heat", "Das Boot", "1917", "Se7en");
const years = fc.constantFrom("", " (1979)", " (1995)");
const filmPath = fc
  .tuple(
    titles,
    years,
    fc.constantFrom("", " - 1080p", " {edition-Final Cut}", " cd1", " cd2", "-trailer"),
    fc.boolean(),
    fc.constantFrom("", " {tmdb-1}", " {tmdb-2}"),
  )
  .map(([title, year, tail, isOwn, id]) => `${isOwn ? `${title}${year}${id}/` : ""}${title}${year}${tail}.mkv`);
const episodePath = fc
  .tuple(
    fc.constantFrom("Lost", "Lost (2004)", "Naruto"),
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom("season", "flat", "double", "absolute"),
  )
  .map(([series, season, episode, form]) => {
    if (form === "absolute") return `${series}/${series} - 0${episode}.mkv`;
    const last = form === "double" ? `-E0${episode + 1}` : "";
    const folder = form === "flat" ? "" : `Season 0${season}/`;
    return `${series}/${folder}${series} - S0${season}E0${episode}${last}.mkv`;
  });

for (const [kind, path] of [
  ["films", filmPath],
  ["series", episodePath],
  ["videos", filmPath],
] as const) {
  test(`${kind}: every file is in a work, and the order in which files come does not matter`, () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 14 }), fc.integer(), (paths, seed) => {
        const drafts = groupWorks(named(kind, paths));
        const all = drafts.flatMap(itemsOf).toSorted((a, b) => a - b);
        // A film is one work; an episode's file may be in several, but of one series.
        expect(all).toEqual(named(kind, paths).map(({ itemId }) => itemId));
        const shuffled = paths.toSorted((a, b) => hash(a, seed) - hash(b, seed));
        const sized = (of: readonly string[]) => shapeOf(kind, of.toSorted());
        expect(sized(shuffled)).toEqual(sized(paths));
        expect(groupWorks(named(kind, paths).toReversed())).toEqual(drafts);
      }),
      { numRuns: 150 },
    );
  });
}

const hash = (text: string, seed: number) => Bun.hash.crc32(`${seed}${text}`);

test("adding a version to a film never changes what the other works are", () => {
  fc.assert(
    fc.property(fc.uniqueArray(filmPath, { minLength: 1, maxLength: 10 }), (paths) => {
      const before = groupWorks(named("films", paths));
      const more = [...paths, "Brazil (1985)/Brazil (1985) - 1080p.mkv", "Brazil (1985)/Brazil (1985) - 720p.mkv"];
      const after = groupWorks(named("films", more));
      expect(after.filter(({ title }) => title !== "Brazil")).toEqual(before);
      expect(after.find(({ title }) => title === "Brazil")?.files).toHaveLength(2);
    }),
    { numRuns: 100 },
  );
});

test("works keep their ids however their files move, as long as files stay together", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), { maxLength: 8 }),
      (sets) => {
        const seen = new Set<number>();
        const groups = sets
          .map((ids) => ids.filter((id) => !seen.has(id) && seen.add(id)))
          .filter((ids) => ids.length > 0);
        const before = new Map(groups.flatMap((ids, index) => ids.map((id) => [id, index + 100] as const)));
        const claims = groups.map((itemIds) => ({ draft: itemIds, itemIds }));
        const assigned = assignIds(claims.toReversed(), (id) => [before.get(id) ?? 0]);
        for (const [index, ids] of groups.entries()) expect(assigned.get(ids)).toBe(index + 100);
        // One file leaves: the others stay what they were, and no work is given twice.
        const [first, ...rest] = groups;
        if (first === undefined || first.length < 3) return;
        const split = [
          { draft: [first[0]], itemIds: first.slice(0, 1) },
          { draft: first.slice(1), itemIds: first.slice(1) },
        ];
        const after = assignIds([...split, ...rest.map((itemIds) => ({ draft: itemIds, itemIds }))], (id) => [
          before.get(id) ?? 0,
        ]);
        expect(after.get(split[1]?.draft ?? [])).toBe(100);
        expect(after.get(split[0]?.draft ?? [])).toBeNull();
      },
    ),
  );
});

const filesByTitle = (kind: LibraryKind, paths: readonly string[]) =>
  groupWorks(named(kind, paths)).map(({ title, year, files }) => [title, year, files.length]);

test("what is one film and what is not", () => {
  expect(
    filesByTitle("films", ["Solaris (1972).mkv", "Solaris (2002).mkv", "Solaris (1972)/Solaris (1972) 4K.mkv"]),
  ).toEqual([
    ["Solaris", 1972, 2],
    ["Solaris", 2002, 1],
  ]);
  // One number of a catalogue joins, two different ones part.
  expect(filesByTitle("films", ["Das Boot (1981) {tmdb-387}.mkv", "The Boat (1981) {tmdb-387}.mkv"])).toHaveLength(1);
  expect(filesByTitle("films", ["Pinocchio (2022) {tmdb-1}.mkv", "Pinocchio (2022) {tmdb-2}.mkv"])).toHaveLength(2);
  expect(filesByTitle("films", ["Course/Intro.mkv", "Lessons/Intro.mkv"])).toHaveLength(2);
  expect(
    filesByTitle("films", [
      "Up (2009)/Up (2009) cd1.avi",
      "Up (2009)/Up (2009) cd2.avi",
      "Up (2009)/Up (2009)-trailer.mp4",
    ]),
  ).toEqual([["Up", 2009, 3]]);
  expect(filesByTitle("videos", ["2019/Party cd1.mp4", "2019/Party cd2.mp4", "2020/Party.mp4"])).toHaveLength(2);
});

test("a hostile name makes no flood of episodes", () => {
  const [series] = groupWorks(named("series", ["X/X S01E01-E99999.mkv"]));
  expect(series?.type === "series" ? series.seasons.flatMap(({ episodes }) => episodes).length : 0).toBeLessThan(100);
});

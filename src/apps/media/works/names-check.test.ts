import { expect, test } from "bun:test";
import type { LibraryKind } from "#apps/media/library";
import { parseMediaPath } from "#apps/media/names";
import { checkName } from "./names-check.ts";

function check(kind: LibraryKind, path: string, isScattered = false) {
  const name = parseMediaPath(kind, path);
  if (name?.form !== "film" && name?.form !== "episode") throw new Error(`${path} is nothing`);
  const [title, year] = name.form === "film" ? [name.title, name.year] : [name.series, name.seriesYear];
  const episodeTitle = name.form === "episode" ? name.title : null;
  return checkName({
    path,
    name,
    title,
    year,
    edition: name.edition,
    hasVersions: isScattered,
    isScattered,
    episodeTitle,
  });
}

test.each([
  ["films", "Alien (1979).mkv"],
  ["films", "Alien (1979)/Alien (1979) - 1080p.mkv"],
  ["films", "Alien.1979.1080p.BluRay.x264-GROUP/alien.mkv"],
  ["films", "Up (2009)/Up (2009) cd1.avi"],
  ["films", "Up (2009)/Trailers/First look.mp4"],
  ["films", "Up (2009)/Up (2009)-trailer.mp4"],
  ["series", "Lost (2004)/Season 01/Lost - S01E02.mkv"],
  ["series", "Lost (2004)/Season 01/Lost 1x02.mkv"],
  ["series", "The Daily Show/The.Daily.Show.2015.08.06.mkv"],
] as const)("%s: both understand %s", (kind, path) => {
  expect(check(kind, path)).toBeUndefined();
});

test.each([
  ["films", "Alien.mkv", ["plex", "jellyfin"], null],
  ["series", "Lost S01E02.mkv", ["plex", "jellyfin"], "Lost/Season 01/Lost - S01E02.mkv"],
  ["series", "Naruto/Naruto - 012.mkv", ["plex", "jellyfin"], "Naruto/Season 01/Naruto - S01E12.mkv"],
  [
    "series",
    "Lost (2004)/Season 2/Episode 3.mkv",
    ["plex", "jellyfin"],
    "Lost (2004)/Season 02/Lost (2004) - S02E03.mkv",
  ],
] as const)("%s: not %s", (kind, path, servers, proposedPath) => {
  expect(check(kind, path)).toMatchObject({ servers, proposedPath });
});

test("what is proposed is understood, and takes nothing that a file system refuses", () => {
  const scattered = check("films", "Old/Mission: Impossible? (1996) - 4K.mkv", true);
  expect(scattered).toMatchObject({
    servers: ["jellyfin"],
    proposedPath: "Mission - Impossible (1996)/Mission - Impossible (1996) - 2160p.mkv",
  });
  for (const [kind, path] of [
    ["series", "Lost S01E02.mkv"],
    ["series", "Naruto/Naruto - 012.mkv"],
    ["series", "Lost/Lost Season 1 Episode 4 - Title.mkv"],
  ] as const) {
    const proposed = check(kind, path)?.proposedPath;
    if (proposed != null) expect([proposed, check(kind, proposed)]).toEqual([proposed, undefined]);
  }
});

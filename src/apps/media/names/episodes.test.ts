import { expect, test } from "bun:test";
import { parseMediaPath } from "./parse.ts";
import type { EpisodeName } from "./types.ts";

function episode(path: string): EpisodeName {
  const name = parseMediaPath("series", path);
  if (name?.form !== "episode") throw new Error(`${path} is ${name?.form}`);
  return name;
}

const numbers: readonly (readonly [string, string, number | null, readonly number[]])[] = [
  ["Show (2010) {tvdb-1}/Season 01/Show (2010) - S01E01-E03 - Title.mkv", "Show", 1, [1, 2, 3]],
  ["Show/Season 1/Show S01E01-03.mkv", "Show", 1, [1, 2, 3]],
  ["Show S01E01E02.mkv", "Show", 1, [1, 2]],
  ["Show.S01E02.S01E03.HDTV.mkv", "Show", 1, [2, 3]],
  ["Show - S01E01 - 33.mkv", "Show", 1, [1]],
  ["Show - S01E05-720p.mkv", "Show", 1, [5]],
  ["Show 1x02-03.mkv", "Show", 1, [2, 3]],
  ["Show - 5x44x45x46.avi", "Show", 5, [44, 45, 46]],
  ["Show.S02E03.DD5.1x264.mkv", "Show", 2, [3]],
  ["Show Season 2 Episode 3.mkv", "Show", 2, [3]],
  ["Dark/Staffel 2/Folge 3.mkv", "Dark", 2, [3]],
  ["Show - Stagione 6 (2016) 720p ep13.mkv", "Show", 6, [13]],
  ["Show - Temporada 1 [HDTV][Cap.105].mkv", "Show", 1, [5]],
  ["Breaking Bad/Season 1/01 - Pilot.mkv", "Breaking Bad", 1, [1]],
  ["The Office/Season 4/The Office [401] Fun Run.avi", "The Office", 4, [1]],
  ["new.girl.117.hdtv-lol.mp4", "new girl", 1, [17]],
  ["Show.1of4.Title.mkv", "Show", 1, [1]],
  ["[Group] Show S2 - 05 [1080p].mkv", "Show", 2, [5]],
  ["24/Season 1/24 - 1x02.mkv", "24", 1, [2]],
  ["1923/Season 1/1923 S01E03.mkv", "1923", 1, [3]],
  ["The 100/Season 2/The 100 - S02E05 - 1984.mkv", "The 100", 2, [5]],
  ["Show/Specials/Show - S00E05.mkv", "Show", 0, [5]],
  ["Show/Specials/OVA 2.mkv", "Show", 0, [2]],
  ["Show/Season 1/Show - S02E01.mkv", "Show", 2, [1]],
  ["Zoo.S02E05.1080p.WEB-DL/160725_02.mkv", "Zoo", 2, [5]],
  ["Coupling Season 4/Coupling - (4x03) - Bed Time.mkv", "Coupling", 4, [3]],
  ["Show.S01.1080p-GRP/Show.S01E05.1080p-GRP.mkv", "Show", 1, [5]],
];

test("seasons and episodes", () => {
  for (const [path, series, season, episodes] of numbers) {
    const name = episode(path);
    expect([path, name.series, name.season, name.episodes]).toEqual([path, series, season, episodes]);
  }
});

test("numbers through all seasons, and dates", () => {
  expect(episode("[Group] One Piece - 137 [1080p][ABCD1234].mkv")).toMatchObject({
    series: "One Piece",
    season: null,
    absolute: [137],
  });
  expect(episode("One Piece/One Piece - 590 - Title.mkv")).toMatchObject({ absolute: [590], title: "Title" });
  expect(episode("Daily Show/The.Daily.Show.2010.01.05.720p.mkv")).toMatchObject({
    airDate: "2010-01-05",
    season: null,
  });
  expect(episode("News/News 05.01.2010.mkv")).toMatchObject({ airDate: "2010-01-05" });
  expect(episode("News/News 01-25-2010.mkv")).toMatchObject({ airDate: "2010-01-25" });
  expect(episode("News/News 2010-02-31.mkv").airDate).toBe(null);
  expect(episode("Show/Show - S02E02 - Name (14-01-2008).avi")).toMatchObject({ airDate: "2008-01-14", title: "Name" });
});

test("titles of episodes", () => {
  const title = (path: string): string | null => episode(path).title;
  expect(title("Show/Season 1/Show - S01E01 - The Beginning.mkv")).toBe("The Beginning");
  expect(title("Show.S01E01.The.Beginning.1080p.WEB-DL-GRP.mkv")).toBe("The Beginning");
  expect(title("Pure Laine/2x05 - Pure Laine - Je Me Souviens.avi")).toBe("Je Me Souviens");
  expect(title("The 100/Season 2/The 100 - S02E05 - 1984.mkv")).toBe("1984");
  expect(title("show.s01e01-lol.mkv")).toBe(null);
  expect(title("Show/Season 1/Show S01E01.mkv")).toBe(null);
});

const folders: readonly (readonly [string, string, number | null, string | null])[] = [
  ["Doctor Who (2005)/Season 6/Dr Who S06E01.mkv", "Doctor Who", 2005, "Doctor Who (2005)"],
  [
    "Star Trek - The Next Generation/TNG S01E01.mkv",
    "Star Trek - The Next Generation",
    null,
    "Star Trek - The Next Generation",
  ],
  ["Kids/Bluey/Season 2/Bluey S02E01.mkv", "Bluey", null, "Kids/Bluey"],
  ["Kids/Bluey S02E01.mkv", "Bluey", null, null],
  ["TV/Bluey/S02E06 - Title.mkv", "Bluey", null, "TV/Bluey"],
  ["One Piece/01 - East Blue/One Piece - 005.mkv", "One Piece", null, "One Piece"],
  ["The Flash (2014)/The.Flash.2014.S01E01.mkv", "The Flash", 2014, "The Flash (2014)"],
];

test("which folder is the series", () => {
  for (const [path, series, year, folder] of folders) {
    const name = episode(path);
    expect([path, name.series, name.seriesYear, name.folder]).toEqual([path, series, year, folder]);
  }
});

test("extras of series", () => {
  expect(episode("Cosmos/Season 1/Featurettes/Making.mkv")).toMatchObject({
    series: "Cosmos",
    season: 1,
    episodes: [],
    extra: { kind: "featurette", title: "Making" },
  });
});

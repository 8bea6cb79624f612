import { expect, test } from "bun:test";
import { parseMediaPath } from "./parse.ts";
import type { FilmName } from "./types.ts";

function film(path: string): FilmName {
  const name = parseMediaPath("films", path);
  if (name?.form !== "film") throw new Error(`${path} is ${name?.form}`);
  return name;
}

const titles: readonly (readonly [string, string, number | null])[] = [
  ["The Matrix (1999)/The Matrix (1999) - 1080p.mkv", "The Matrix", 1999],
  ["Matrix, The (1999).mkv", "The Matrix", 1999],
  ["2012.2009.1080p.BluRay.mkv", "2012", 2009],
  ["2012 (2009)/2012.mkv", "2012", 2009],
  ["2012.mkv", "2012", null],
  ["1917/1917.2019.mkv", "1917", 2019],
  ["Blade Runner 2049.mkv", "Blade Runner 2049", null],
  ["Blade.Runner.2049.2017.2160p.mkv", "Blade Runner 2049", 2017],
  ["(1999) The Matrix.mkv", "The Matrix", 1999],
  ["[REC] 2 (2009).mkv", "[REC] 2", 2009],
  ["[h265 - HEVC] Riddick Unrated 1080p.mkv", "Riddick", null],
  ["www.site.com - Heat (1995).mkv", "Heat", 1995],
  ["Mr. Nobody (2009).mkv", "Mr. Nobody", 2009],
  ["M.A.S.H.1970.720p.mkv", "M.A.S.H.", 1970],
  ["Suicide Squad EXTENDED (2016) 2160p.mkv", "Suicide Squad", 2016],
  ["The.French.Connection.1971.mkv", "The French Connection", 1971],
  ["La.Haine.FRENCH.DVDRip.avi", "La Haine", null],
  ["千と千尋の神隠し (2001).mkv", "千と千尋の神隠し", 2001],
  ["Léon (1994)".normalize("NFD").concat(".mkv"), "Léon", 1994],
  ["Harry Potter and the Deathly Hallows Part 1.mkv", "Harry Potter and the Deathly Hallows Part 1", null],
];

test("titles and years", () => {
  for (const [path, title, year] of titles) {
    const name = film(path);
    expect([path, name.title, name.year]).toEqual([path, title, year]);
  }
});

const folders: readonly (readonly [string, string, number | null, string | null])[] = [
  // It names a film, the file says nothing, an abbreviation, or the same in other words.
  ["Heat (1995)/movie.mkv", "Heat", 1995, "Heat (1995)"],
  ["Heat.1995.1080p.BluRay.x264-SPARKS/ht-sparks.mkv", "Heat", 1995, "Heat.1995.1080p.BluRay.x264-SPARKS"],
  ["Spirited Away (2001)/Sen to Chihiro.mkv", "Spirited Away", 2001, "Spirited Away (2001)"],
  ["Heat/movie.mkv", "Heat", null, "Heat"],
  // It sorts, or collects: another title and another year, a sequel.
  ["Action/Heat.1995.mkv", "Heat", 1995, null],
  ["Best of (2001)/Shrek (2004).mkv", "Shrek", 2004, null],
  [
    "Millennium Trilogy (2009)/The Girl with the Dragon Tattoo (2009).mkv",
    "The Girl with the Dragon Tattoo",
    2009,
    null,
  ],
  ["Rocky (1976)/Rocky II (1979).mkv", "Rocky II", 1979, null],
  ["Matrix/The Matrix Reloaded (2003).mkv", "The Matrix Reloaded", 2003, null],
  // One year apart is the same film: festivals and cinemas.
  ["Heat (1995)/Heat (1996).mkv", "Heat", 1995, "Heat (1995)"],
];

test("the folder is believed where it names a film and the file does not name another", () => {
  for (const [path, title, year, folder] of folders) {
    const name = film(path);
    expect([path, name.title, name.year, name.folder]).toEqual([path, title, year, folder]);
  }
});

test("numbers of catalogues, in every spelling", () => {
  expect(film("Heat (1995) {tmdb-949}/Heat.mkv").ids).toEqual({ tmdb: "949" });
  expect(film("Heat (1995) [tmdbid=949] [imdbid-tt0113277].mkv").ids).toEqual({ tmdb: "949", imdb: "tt0113277" });
  expect(film("Heat (1995) {imdb-tt0113277}.mkv")).toMatchObject({ ids: { imdb: "tt0113277" }, title: "Heat" });
  expect(film("Heat (1995) {tmdb-<script>}.mkv").ids).toEqual({});
});

test("editions and versions", () => {
  const version = (path: string): unknown => [film(path).edition, film(path).version];
  expect(version("Blade Runner (1982)/Blade Runner (1982) {edition-Workprint 1}.mkv")).toEqual([
    "Workprint 1",
    "Workprint 1",
  ]);
  expect(version("Heat (1995)/Heat (1995) - 1080p.mkv")).toEqual([null, "1080p"]);
  expect(version("Heat (1995)/Heat (1995) [Director's Cut].mkv")).toEqual(["Director's Cut", "Director's Cut"]);
  expect(version("Heat.1995.Extended.Edition.2160p.UHD.BluRay.x265.mkv")).toEqual([
    "Extended Edition",
    "Extended Edition 2160p Ultra HD Blu-ray",
  ]);
  expect(version("Heat (1995)/Heat (1995).mkv")).toEqual([null, null]);
});

test("what the name says about the encoding", () => {
  const name = film("Dune.2021.2160p.UHD.BluRay.REMUX.DV.HDR10+.TrueHD.7.1.Atmos.HEVC-FLUX.mkv");
  expect(name.traits).toEqual({
    resolution: "2160p",
    source: "Ultra HD Blu-ray",
    videoCodec: "H.265",
    audio: ["Dolby TrueHD", "Dolby Atmos"],
    channels: "7.1",
    range: ["Dolby Vision", "HDR10+"],
    stereo: null,
    other: ["Remux"],
    languages: [],
    group: "FLUX",
  });
  expect(film("Avatar.2009.3D.HSBS.1080p.mkv").traits.stereo).toBe("half-sbs");
  expect(film("Film.2010.1920x800.DDP5.1.mkv").traits).toMatchObject({ resolution: "1080p", channels: "5.1" });
});

test("pieces of one film", () => {
  const piece = (path: string): unknown => film(path).part?.number ?? null;
  expect(piece("Heat (1995)/Heat (1995) - cd2.avi")).toBe(2);
  expect(piece("Heat (1995)/Heat (1995) - pt1.avi")).toBe(1);
  expect(piece("Wedding/Wedding part2.mp4")).toBe(2);
  expect(film("Wedding/Wedding part2.mp4").title).toBe("Wedding");
  expect(piece("Heat (1995)/CD2/heat.avi")).toBe(2);
  expect(piece("Heat (1995)/VIDEO_TS/VTS_01_3.VOB")).toBe(3);
  expect(piece("Kill Bill Part 2.mkv")).toBe(null);
  expect(piece("Heat (1995)/Heat (1995) - cd9.avi")).toBe(null);
  expect(film("Heat (1995)/Heat (1995) - cd1.avi").part?.stack).toBe(
    film("Heat (1995)/Heat (1995) - cd2.avi").part?.stack,
  );
});

test("what belongs to a film without being it", () => {
  const extra = (path: string): unknown => [film(path).title, film(path).extra];
  expect(extra("Heat (1995)/Trailers/Teaser One.mkv")).toEqual(["Heat", { kind: "trailer", title: "Teaser One" }]);
  expect(extra("Heat (1995)/Extras/Interviews/Pacino.mkv")).toEqual(["Heat", { kind: "interview", title: "Pacino" }]);
  expect(extra("Heat (1995)/Heat (1995)-behindthescenes.mkv")).toEqual([
    "Heat",
    { kind: "behind-the-scenes", title: null },
  ]);
  expect(extra("Heat (1995)/The Making of-featurette.mkv")).toEqual([
    "Heat",
    { kind: "featurette", title: "The Making of" },
  ]);
  expect(extra("Heat (1995)/sample.mkv")).toEqual(["Heat", { kind: "sample", title: null }]);
  expect(extra("Heat (1995)/VIDEO_TS/VIDEO_TS.VOB")).toEqual(["Heat", { kind: "unknown", title: null }]);
  expect(extra("Trailer Park Boys (2006).mkv")).toEqual(["Trailer Park Boys", null]);
  expect(extra("The Sample (2012).mkv")).toEqual(["The Sample", null]);
});

import { expect, test } from "bun:test";
import fc from "fast-check";
import { mediumOf, parseMediaPath } from "./parse.ts";
import { belongsTo, readSidecar, sidecarTitle } from "./sidecar.ts";
import { isSameTitle, titleKey } from "./titles.ts";
import type { MusicName, PhotoName, SidecarName } from "./types.ts";

const music = (path: string): MusicName => parseMediaPath("music", path) as MusicName;
const photo = (path: string): PhotoName => parseMediaPath("photos", path) as PhotoName;
const sidecar = (path: string): SidecarName => readSidecar(path) as SidecarName;

test("songs", () => {
  const song = (path: string): unknown => {
    const { artist, albumArtist, album, year, disc, track, title } = music(path);
    return [artist, albumArtist, album, year, disc, track, title];
  };
  const artist = "Pink Floyd";
  expect(song("Pink Floyd/The Wall (1979)/CD1/01 - In the Flesh.flac")).toEqual([
    artist,
    artist,
    "The Wall",
    1979,
    1,
    1,
    "In the Flesh",
  ]);
  expect(song("Pink Floyd/1973 - Dark Side/1-03 Time.mp3")).toEqual([artist, artist, "Dark Side", 1973, 1, 3, "Time"]);
  expect(song("Various Artists/Hits 99/04 - Cher - Believe.mp3")).toEqual([
    "Cher",
    "Various Artists",
    "Hits 99",
    null,
    null,
    4,
    "Believe",
  ]);
  expect(song("Artist - Album - 05 - Song.mp3")).toEqual(["Artist", null, "Album", null, null, 5, "Song"]);
  expect(song("Cher - Believe.mp3")).toEqual(["Cher", null, null, null, null, null, "Believe"]);
  expect(song("ABBA/Gold/07. Fernando.m4a")).toEqual(["ABBA", "ABBA", "Gold", null, null, 7, "Fernando"]);
  expect(song("Radiohead - OK Computer (1997) [FLAC]/02 Paranoid Android.flac")).toEqual([
    "Radiohead",
    "Radiohead",
    "OK Computer",
    1997,
    null,
    2,
    "Paranoid Android",
  ]);
  expect(music("Prince/1999/1999.flac").title).toBe("1999");
  expect(music("Various Artists/Hits/01 - A - B.mp3").isCompilation).toBe(true);
});

test("pictures of one shot share a stack", () => {
  const stack = (name: string): string => photo(name).stack;
  expect(stack("IMG_1234.HEIC")).toBe(stack("IMG_1234.MOV"));
  expect(stack("IMG_E1234.JPG")).toBe(stack("IMG_1234.HEIC"));
  expect(stack("DSC01234.ARW")).toBe(stack("DSC01234.JPG"));
  expect(stack("MVIMG_20180512_153012.jpg")).toBe(stack("IMG_20180512_153012.dng"));
  expect(stack("PXL_20230101_120000000.RAW-01.COVER.jpg")).toBe(stack("PXL_20230101_120000000.RAW-02.ORIGINAL.dng"));
  expect(stack("IMG_1-edited.jpg")).toBe(stack("IMG_1.jpg"));
  expect(stack("IMG_1234 (1).jpg")).not.toBe(stack("IMG_1234.jpg"));
  expect(photo("IMG_E1234.JPG").rank).toBeGreaterThan(photo("IMG_1234.HEIC").rank);
  expect(photo("DSC01234.JPG").rank).toBeGreaterThan(photo("DSC01234.ARW").rank);
});

test("bursts, moving pictures, dates and origins of pictures", () => {
  expect(photo("00001IMG_00001_BURST20180512153012345_COVER.jpg").burst).toEqual({
    id: "20180512153012345",
    index: 1,
    isCover: true,
  });
  expect(photo("IMG_20180512_153012_BURST002.jpg").burst).toEqual({
    id: "img_20180512_153012",
    index: 2,
    isCover: false,
  });
  expect(photo("20180512_153012_001.jpg").burst?.index).toBe(1);
  expect(photo("PXL_20210101_123456789.MP.jpg")).toMatchObject({
    isMotion: true,
    takenLocal: "2021-01-01T12:34:56.789",
  });
  expect(photo("2018-05-12 15.30.12.jpg").takenLocal).toBe("2018-05-12T15:30:12.000");
  expect(photo("IMG-20200101-WA0001.jpg")).toMatchObject({ takenLocal: "2020-01-01", origin: "messenger" });
  expect(photo("WhatsApp Image 2020-01-01 at 12.34.56.jpeg").takenLocal).toBe("2020-01-01T12:34:56.000");
  expect(photo("Screenshot_20200101-123456_Chrome.jpg").origin).toBe("screenshot");
  expect(photo("20230231_000000.jpg").takenLocal).toBe(null);
});

test("what stands beside videos", () => {
  const flags = (path: string): unknown => {
    const { role, stem, language, isForced, isHearingImpaired } = sidecar(path);
    return [role, stem, language, isForced, isHearingImpaired];
  };
  expect(flags("F (2010)/F (2010).en.forced.srt")).toEqual(["subtitle", "F (2010)", "en", true, false]);
  expect(flags("F (2010)/F (2010).pt-BR.sdh.srt")).toEqual(["subtitle", "F (2010)", "pt-BR", false, true]);
  expect(flags("F/F.hi.srt")).toEqual(["subtitle", "F", "hi", false, false]);
  expect(flags("F/F.en.hi.srt")).toEqual(["subtitle", "F", "en", false, true]);
  expect(flags("F/F.ger.ac3")).toEqual(["audio", "F", "de", false, false]);
  expect(flags("F/Subs/2_English.srt")).toEqual(["subtitle", "", "en", false, false]);
  expect(sidecar("F/Subs/2_English.srt").folder).toBe("F");
  expect(sidecar("S/Season 01/folder.jpg")).toMatchObject({ role: "poster", of: "season", season: 1, folder: "S" });
  expect(sidecar("S/season-specials-banner.jpg")).toMatchObject({ role: "banner", of: "season", season: 0 });
  expect(sidecar("F/F-fanart.jpg")).toMatchObject({ role: "fanart", of: "file", stem: "F" });
  expect(sidecar("F/fanart2.jpg")).toMatchObject({ role: "fanart", of: "folder" });
  expect(sidecar("F/movie.nfo")).toMatchObject({ role: "nfo", of: "folder" });
  expect(sidecar("F/theme.mp3")).toMatchObject({ role: "theme", of: "folder", folder: "F" });
  expect(readSidecar("F/F.mkv")).toBe(null);
});

test("a sidecar belongs to the file that its name begins with", () => {
  const commentary = sidecar("F/F (2010).Commentary.en.srt");
  expect(belongsTo(commentary, "F/F (2010).mkv")).toBeGreaterThan(0);
  expect(belongsTo(commentary, "F/F.mkv")).toBeGreaterThan(0);
  expect(belongsTo(commentary, "F/F (2010).mkv")).toBeGreaterThan(belongsTo(commentary, "F/F.mkv"));
  expect(belongsTo(commentary, "F/F (20.mkv")).toBe(0);
  expect(belongsTo(commentary, "G/F (2010).mkv")).toBe(0);
  expect(sidecarTitle(commentary, "F/F (2010).mkv")).toBe("Commentary");
  expect(belongsTo(sidecar("IMG_1.jpg.xmp"), "IMG_1.jpg")).toBe(1000);
});

test("titles that are one", () => {
  expect(titleKey("The Matrix")).toBe(titleKey("matrix"));
  expect(titleKey("Tom & Jerry")).toBe(titleKey("Tom and Jerry"));
  expect(titleKey("Amélie")).toBe(titleKey("amelie"));
  expect(titleKey("!!!")).toBe("!!!");
  expect(isSameTitle("The Office (US)", "the office")).toBe(true);
  expect(isSameTitle("TNG", "Star Trek The Next Generation")).toBe(true);
  expect(isSameTitle("Rocky", "Rocky II")).toBe(false);
  expect(isSameTitle("Alien", "Aliens")).toBe(false);
});

const kinds = ["films", "series", "music", "photos", "videos"] as const;
const pieces = fc.constantFrom(
  ..."SE(){}[]-._/ 19xe0Séß😀\u202e#+&~".split(""),
  "S01E01",
  "1080p",
  "(2009)",
  "part",
  "cd1",
  "Season 1",
);
const ending = fc.constantFrom(".mkv", ".mp3", ".jpg", ".srt", ".nfo", "", ".MOV");

test("any name at all is read, has a title, and is read the same again", () => {
  const names = fc.oneof(
    fc.array(pieces, { maxLength: 80 }).map((all) => all.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...kinds), names, ending, (kind, stem, end) => {
      const path = `${stem}${end}`;
      const name = parseMediaPath(kind, path);
      expect(parseMediaPath(kind, path)).toEqual(name);
      expect(name === null).toBe(mediumOf(path) === null || (kind === "photos" && mediumOf(path) === "audio"));
      if (name?.form === "film" && stem.trim() !== "") expect(name.title).not.toBe("");
    }),
    { numRuns: 1500 },
  );
});

test("long and hostile names cost no more than others", () => {
  const hostile = ["S01E0", "1x", "(", "[", "a.", " - ", "-1", "2010-", "x1", "e1", "part", "{tmdb-", "ep ", "of 1"];
  const started = performance.now();
  for (const piece of hostile) {
    for (const kind of kinds) parseMediaPath(kind, `${piece.repeat(2000)}/${piece.repeat(2000)}.mkv`);
  }
  // A thousandth of what one pattern that tries all ways would take.
  expect(performance.now() - started).toBeLessThan(10_000);
});

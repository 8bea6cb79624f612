import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { creditsOf, splitGuests } from "./credits.ts";
import { fold, searchPatterns, sortNameOf } from "./fold.ts";
import { parseLrc } from "./lrc.ts";
import { decodeM3u, namesOfLocation, parseM3u, renderM3u } from "./m3u.ts";
import { readSong } from "./reading.ts";
import { dateIn, decibelsIn, numberIn, r128DecibelsIn } from "./tags.ts";

const name = {
  form: "music" as const,
  ...{ artist: null, albumArtist: null, album: null, year: null, disc: null, track: null },
  ...{ title: "file", isCompilation: false, folder: null },
} as const;
const factsWith = (tags: Record<string, string[]>) => ({
  ...{
    recipe: 1,
    container: "mp3",
    durationMs: 1000,
    startMs: 0,
    bitsPerSecond: 1,
    video: [],
    audio: [],
    subtitles: [],
  },
  ...{ chapters: [], covers: [], fonts: [], tags, picture: null },
});
const songWith = (tags: Record<string, string[]>, path = "A/B/1.mp3") => readSong({ path }, factsWith(tags), name);

describe("lyrics", () => {
  test("lines sung several times, in order of time; an offset shows them earlier", () => {
    const { lines, isTimed, displayTitle } = parseLrc(
      "[ti:Song]\n[offset:+200]\n[00:10.5][00:02.00]Again\n[00:05]Once\n",
    );
    expect(isTimed).toBe(true);
    expect(displayTitle).toBe("Song");
    expect(lines.map(({ startMs, text }) => [startMs, text])).toEqual([
      [1800, "Again"],
      [4800, "Once"],
      [10_300, "Again"],
    ]);
  });
  test("times of words, also of a line that comes again; a last word ends with the next line", () => {
    const { lines } = parseLrc("[00:01.00][00:11.00]<00:01.00>A <00:01.40>b\n[00:03.00]C\n");
    expect(lines[0]?.words).toEqual([
      { startMs: 1000, endMs: 1400, text: "A " },
      { startMs: 1400, endMs: 3000, text: "b" },
    ]);
    expect(lines[2]?.words[0]?.startMs).toBe(11_000);
  });
  test("plain text keeps its verses", () => {
    const { lines, isTimed } = parseLrc("\n\nOne\n\nTwo\n\n");
    expect(isTimed).toBe(false);
    expect(lines.map(({ text }) => text)).toEqual(["One", "", "Two"]);
  });
  test("any text gives lines in order, without negative times", () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom("[00:01.00]", "<00:02.0>", "[offset:9999]", "\n", "[99:99.999]"),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const { lines, isTimed } = parseLrc(parts.join(""));
        const times = lines.map(({ startMs }) => startMs ?? 0);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.every((time) => time >= 0)).toBe(true);
        expect(lines.every(({ startMs }) => (startMs !== null) === isTimed)).toBe(true);
      }),
    );
  });
});

describe("playlists as M3U", () => {
  test("what is written is read again", () => {
    const word = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() === text && !/[\r\n#]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.record({ location: word, label: word })), (entries) => {
        const text = renderM3u(
          "List",
          entries.map((entry) => ({ ...entry, durationMs: 1000 })),
        );
        expect(parseM3u(text)).toEqual({ name: "List", entries });
      }),
    );
  });
  test("a line of nothing but digits is no work", () => {
    expect(parseM3u(`#EXTINF:${"1".repeat(1_900_000)}\na.mp3\n`).entries).toEqual([{ location: "a.mp3", label: null }]);
  });

  test("paths of other machines, and addresses of none", () => {
    expect(namesOfLocation("C:\\Music\\A\\b.mp3")).toEqual(["Music", "A", "b.mp3"]);
    expect(namesOfLocation("file:///srv/M%C3%BCsik/b.mp3")).toEqual(["srv", "Müsik", "b.mp3"]);
    expect(namesOfLocation("../A/./b.mp3")).toEqual(["A", "b.mp3"]);
    expect(namesOfLocation("https://radio.example/stream")).toEqual([]);
    expect(decodeM3u(new Uint8Array([0x4d, 0xfc, 0x2e]))).toBe("Mü.");
  });
});

describe("names", () => {
  test("guests apart, bands whole", () => {
    expect(splitGuests("A feat. B & C")).toEqual(["A", "B", "C"]);
    expect(splitGuests("Simon & Garfunkel (ft. Zoë)")).toEqual(["Simon & Garfunkel", "Zoë"]);
    expect(creditsOf(["AC/DC"], undefined, undefined, []).map((credit) => credit.name)).toEqual(["AC/DC"]);
    expect(creditsOf(["A; B"], ["A", "B"], ["a", "b"], []).map(({ sortName }) => sortName)).toEqual(["a", "b"]);
    const id = "0383dadf-2a4e-4d10-a46a-e9e041da8eb3";
    expect(creditsOf(["A / B"], undefined, undefined, [id])).toEqual([{ name: "A / B", sortName: null, mbid: id }]);
  });
  test("folded text finds accents, case and signs", () => {
    expect(fold("Björk – Ágætis!")).toBe("bjork agaetis");
    expect(searchPatterns('"The  Wall"')).toEqual(["%the%", "%wall%"]);
    expect(sortNameOf("The Beatles")).toBe("Beatles, The");
    fc.assert(fc.property(fc.string(), (text) => expect(fold(fold(text))).toBe(fold(text))));
  });
  test("numbers, dates and gains as tags say them", () => {
    expect([numberIn(["3/12"]), numberIn(["0"]), numberIn(["x"])]).toEqual([3, null, null]);
    expect([dateIn(["1969-9-26"]), dateIn(["1969"]), dateIn(["26.9.69"])]).toEqual(["1969-09-26", "1969", null]);
    expect([decibelsIn(["-7,03 dB"]), decibelsIn(["no"]), r128DecibelsIn(["-256"])]).toEqual([-7.03, null, 4]);
  });
});

describe("albums of tags", () => {
  test("the same album by folder and artist, by MusicBrainz id wherever it lies", () => {
    const tags = { album: ["One"], albumartist: ["A"] };
    const { identity } = songWith(tags).album;
    expect(songWith(tags, "A/B/2.mp3").album.identity).toBe(identity);
    expect(songWith(tags, "C/1.mp3").album.identity).not.toBe(identity);
    expect(songWith({ ...tags, albumartist: ["B"] }).album.identity).not.toBe(identity);
    const id = { musicbrainz_albumid: ["0383dadf-2a4e-4d10-a46a-e9e041da8eb3"] };
    expect(songWith({ ...tags, ...id }, "C/1.mp3").album.identity).toBe(songWith({ ...tags, ...id }).album.identity);
  });
  test("a disc in the title is a disc; a compilation has no one artist", () => {
    const { discNumber, album } = songWith({ album: ["The Wall (Disc 2)"] });
    expect([discNumber, album.title]).toEqual([2, "The Wall"]);
    const mixed = songWith({ album: ["Hits"], artist: ["X"], compilation: ["1"] }).album;
    expect([mixed.isCompilation, mixed.artistText]).toEqual([true, "Various Artists"]);
  });
  test("tags of any kind and any text are read", () => {
    const key = fc.oneof(
      fc.constantFrom("artist", "artists", "genre", "date", "track", "musicbrainz_artistid"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.array(fc.string())), (tags) => {
        const song = songWith(tags);
        expect(song.artists.length).toBeGreaterThan(0);
        expect(song.title).not.toBe("");
      }),
    );
  });
});

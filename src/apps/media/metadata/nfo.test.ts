import { expect, test } from "bun:test";
import fc from "fast-check";
import { fieldsOfNfo, readNfo } from "./nfo-read.ts";
import { decodeNfo } from "./nfo-tree.ts";
import { writeNfo } from "./nfo-write.ts";

const film = `\uFEFF<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!-- by hand -->
<movie>
  <title>Léon &amp; Co</title>
  <originaltitle>Léon</originaltitle>
  <ratings><rating name="imdb" max="100" default="true"><value>85</value><votes>9</votes></rating></ratings>
  <plot>He waters a plant.</plot>
  <mpaa>Rated R</mpaa>
  <genre>Crime / Drama</genre><genre>Action</genre>
  <uniqueid type="tmdb" default="true">101</uniqueid>
  <id>tt0110413</id>
  <year>1994</year>
  <actor><name>Jean Reno</name><role>Léon</role><thumb>x.jpg</thumb></actor>
  <playcount>3</playcount>
</movie>
`;

test("a film", () => {
  expect(readNfo(film)).toEqual({
    findings: [],
    documents: [
      {
        kind: "film",
        musicbrainz: null,
        artists: [],
        fields: {
          title: "Léon & Co",
          originalTitle: "Léon",
          overview: "He waters a plant.",
          rating: 8.5,
          certification: "R",
          genres: ["Crime", "Drama", "Action"],
          cast: [{ name: "Jean Reno", role: "Léon" }],
          externalIds: { imdb: "tt0110413", tmdb: "101" },
          year: 1994,
        },
      },
    ],
  });
});

test("several episodes in one file, with an address behind", () => {
  const episodes =
    readNfo(`<?xml version="1.0"?><episodedetails><title>One</title><season>1</season><episode>1</episode><aired>2010-01-05</aired>
    </episodedetails><episodedetails><title>Two</title><season>1</season><episode>2</episode></episodedetails>
    https://www.thetvdb.com/series/81189`);
  expect(episodes.findings).toEqual([]);
  expect(episodes.documents.map(({ fields }) => [fields.title, fields.seasonNumber, fields.episodeNumber])).toEqual([
    ["One", 1, 1],
    ["Two", 1, 2],
  ]);
  expect(fieldsOfNfo(episodes)).toMatchObject({
    title: "One / Two",
    episodeNumber: 1,
    airDate: "2010-01-05",
    externalIds: { tvdb: "81189" },
  });
});

test("series, seasons, albums and artists", () => {
  expect(readNfo("<tvshow><title>S</title><id>81189</id></tvshow>").documents[0]).toMatchObject({
    kind: "series",
    fields: { title: "S", externalIds: { tvdb: "81189" } },
  });
  expect(readNfo("<season><seasonnumber>2</seasonnumber></season>").documents[0]?.fields).toEqual({ seasonNumber: 2 });
  const album =
    "<album><title>A</title><artist>B</artist><musicbrainzalbumid>X-1</musicbrainzalbumid><year>1999</year></album>";
  expect(readNfo(album).documents[0]).toEqual({
    kind: "album",
    fields: { title: "A", year: 1999 },
    musicbrainz: "x-1",
    artists: ["B"],
  });
  expect(readNfo("<artist><name>B</name></artist>").documents[0]?.fields).toEqual({ title: "B" });
});

test("bare addresses, and notes that say nothing", () => {
  expect(readNfo("https://www.themoviedb.org/movie/603-the-matrix\n").documents[0]?.fields).toEqual({
    externalIds: { tmdb: "603" },
  });
  expect(readNfo("▄▄ RELEASE ▄▄ imdb: http://www.imdb.com/title/tt0133093/ <3").documents[0]).toMatchObject({
    kind: "file",
  });
  expect(readNfo("▄▄ GREETINGS ▄▄")).toEqual({ documents: [], findings: [] });
});

test("what is broken is told, and what could be read counts", () => {
  const cut = readNfo("<movie><title>Heat</title><year>1995</year><plot>He");
  expect(cut.documents[0]?.fields).toMatchObject({ title: "Heat", year: 1995 });
  expect(cut.findings.length).toBeGreaterThan(0);
  expect(readNfo("<movie><title>A&nbsp;B</title></movie>").findings[0]?.line).toBe(1);
});

test("no entity is expanded, and nothing grows without end", () => {
  const bomb = `<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><movie><title>&b;&c;</title></movie>`;
  expect(JSON.stringify(readNfo(bomb))).not.toMatch(/aaaaaaaaaaa|root:/);
  expect(readNfo(`${"<a>".repeat(50_000)}`).findings.length).toBeGreaterThan(0);
  expect(readNfo(`<movie>${"<genre>x</genre>".repeat(30_000)}`).findings.length).toBeGreaterThan(0);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("<", "movie", ">", "</", "title", "&amp;", "&x;", '"', "<![CDATA[", "]]>", "a")),
      (all) => {
        readNfo(`<movie>${all.join("")}`);
      },
    ),
  );
});

test("other encodings", () => {
  expect(decodeNfo(Uint8Array.from([0xff, 0xfe, 0x3c, 0]))).toBe("<");
  expect(decodeNfo(Uint8Array.from([0x4c, 0xe9]))).toBe("Lé");
});

test("writing keeps what it does not know, to the letter", () => {
  const written = writeNfo(
    "film",
    { title: "Leon <1>", genres: ["Crime"], tagline: "New", cast: [{ name: "Jean Reno", role: "Léon" }] },
    film,
  );
  expect(written).toBe(
    film
      .replace("<title>Léon &amp; Co</title>", "<title>Leon &lt;1&gt;</title>")
      .replace("<genre>Crime / Drama</genre><genre>Action</genre>", "<genre>Crime</genre>")
      .replace("</movie>", "  <tagline>New</tagline>\n</movie>"),
  );
  expect(writeNfo("film", {}, film)).toBe(film);
});

test("writing leaves alone what it does not understand", () => {
  for (const existing of [
    "<movie><title>Heat",
    "<tvshow></tvshow>",
    "<movie></movie><movie></movie>",
    "text",
    "<movie/>",
  ]) {
    expect(() => writeNfo("film", { title: "x" }, existing)).toThrow("not understood");
  }
});

test("what is written is read again", () => {
  const text = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 40 })
    .map((one) => one.replaceAll(/[\s|;/]+/g, "_"));
  const fields = fc.record({
    title: text,
    overview: text,
    year: fc.integer({ min: 1900, max: 2100 }),
    genres: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
    cast: fc.array(fc.record({ name: text, role: fc.option(text) }), { minLength: 1, maxLength: 3 }),
    externalIds: fc.constant({ imdb: "tt0113277", tmdb: "949" }),
  });
  fc.assert(
    fc.property(fields, fields, (one, other) => {
      const first = writeNfo("film", one, null);
      expect(fieldsOfNfo(readNfo(first))).toEqual(one);
      const second = writeNfo("film", other, first.replace("</movie>", "<own>kept</own></movie>"));
      expect(fieldsOfNfo(readNfo(second))).toEqual(other);
      expect(second).toContain("<own>kept</own>");
    }),
  );
});

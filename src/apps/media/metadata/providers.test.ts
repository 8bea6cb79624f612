import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { believed, likeness, ranked, scoreOf } from "./score.ts";
import { openCatalogues } from "./testing.ts";
import type { Candidate, Query } from "./types.ts";

let catalogues: ReturnType<typeof openCatalogues>;
beforeAll(() => {
  catalogues = openCatalogues();
});
afterEach(() => {
  catalogues.answer(undefined);
  catalogues.sent.length = 0;
  catalogues.pausesMs.length = 0;
});
afterAll(() => catalogues.close());

const { signal } = new AbortController();
const film = (title: string, year: number | null): Query => ({
  kind: "film",
  title,
  year,
  artist: null,
  durationMs: null,
});

describe("The Movie Database", () => {
  test("finds films, passes over what is broken, and tries without the year", async () => {
    const found = await catalogues.tmdb().search(film("The Matrix", 1999), signal);
    expect(found.map(({ id, title, year }) => [id, title, year])).toEqual([
      ["603", "The Matrix", 1999],
      ["604", "The Matrix Reloaded", 2003],
    ]);
    const [asked] = catalogues.sent;
    expect(asked?.url.searchParams.get("year")).toBe("1999");
    expect(asked?.url.searchParams.get("language")).toBe("de-DE");
    expect(await catalogues.tmdb().search(film("Nothing", 1999), signal)).toEqual([]);
    expect(catalogues.sent).toHaveLength(3);
  });

  test("tells details, also by the number of IMDb", async () => {
    const details = await catalogues.tmdb().details("film", "tt0133093", signal);
    expect(details).toEqual({
      fields: {
        title: "The Matrix",
        originalTitle: "The Matrix",
        tagline: "Free your mind",
        overview: "A hacker learns what the world is.",
        year: 1999,
        rating: 8.2,
        certification: "FSK 16",
        genres: ["Action"],
        studios: ["Village Roadshow"],
        directors: ["Lana Wachowski"],
        cast: [{ name: "Keanu Reeves", role: "Neo" }],
        externalIds: { tmdb: "603", imdb: "tt0133093" },
      },
      // A path of another shape is no picture.
      pictures: [{ kind: "poster", url: "https://image.tmdb.org/t/p/w780/matrix.jpg" }],
    });
    expect(await catalogues.tmdb().details("film", "1", signal)).toBe(null);
    expect(await catalogues.tmdb().details("film", "../account", signal)).toBe(null);
  });

  test("a long key goes into a header, a short one into the address", async () => {
    const key = `${"a".repeat(20)}.${"b".repeat(40)}`;
    await catalogues.tmdb(key).details("film", "603", signal);
    expect(catalogues.sent[0]?.headers.get("authorization")).toBe(`Bearer ${key}`);
    expect(catalogues.sent[0]?.url.searchParams.has("api_key")).toBe(false);
  });

  test("tells the episodes of a season in one request, and passes over what is broken", async () => {
    expect(await catalogues.tmdb().season?.("77", 1, signal)).toEqual({
      fields: { overview: "The first winter." },
      episodes: [
        {
          number: 1,
          fields: { title: "Dusk", overview: "The lamp is lit.", airDate: "2010-02-01", rating: 7.3 },
          still: "https://image.tmdb.org/t/p/w780/dusk.jpg",
        },
        { number: 2, fields: { title: "Dawn" }, still: null },
      ],
    });
    expect(catalogues.sent).toHaveLength(1);
    expect(await catalogues.tmdb().season?.("77", 9, signal)).toBe(null);
    expect(await catalogues.tmdb().season?.("../account", 1, signal)).toBe(null);
    expect(catalogues.sent).toHaveLength(2);
  });

  test("answers of any shape break nothing", async () => {
    for (const body of ["[]", "null", '{"results":5}', '{"results":[[]]}', '{"id":-1}', '{"episodes":{}}']) {
      catalogues.answer(() => new Response(body));
      expect(await catalogues.tmdb().season?.("77", 1, signal)).toBe(null);
      expect(await catalogues.tmdb().search(film("x", null), signal)).toEqual([]);
      expect(await catalogues.tmdb().details("film", "603", signal)).toBe(null);
    }
    catalogues.answer(() => new Response("<html>"));
    await expect(catalogues.tmdb().details("film", "603", signal)).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("MusicBrainz", () => {
  const album: Query = { kind: "album", title: 'Gold "x', year: null, artist: "ABBA", durationMs: null };

  test("finds albums and tells their details, at most one request a second, under a name", async () => {
    const provider = catalogues.musicbrainz();
    const [found, ...more] = await provider.search(album, signal);
    expect([found?.title, found?.year, found?.artist, more.length]).toEqual(["Gold", 1992, "ABBA", 0]);
    const details = await provider.details("album", found?.id ?? "", signal);
    expect(details?.fields).toEqual({ title: "Gold", year: 1992, genres: ["disco", "pop"] });
    expect(details?.pictures[0]?.url).toStartWith("https://coverartarchive.org/release-group/b84ee12a");
    expect(catalogues.pausesMs).toEqual([1100]);
    expect(catalogues.sent[0]?.headers.get("user-agent")).toBe("Test/1 ( test )");
    expect(catalogues.sent[0]?.url.searchParams.get("query")).toBe(
      String.raw`releasegroup:"Gold \"x" AND artist:"ABBA"`,
    );
  });
});

describe("requests", () => {
  const ask = (url: string, max = 1000) =>
    catalogues.outgoing(["a.example", ".b.example"], 0).bytes(new URL(url), max, signal);

  test("go to fixed hosts over HTTPS only, also after a redirect", async () => {
    for (const url of [
      "http://a.example/",
      "https://c.example/",
      "https://a.example:8443/",
      "https://u@a.example/",
      "https://xb.example/",
    ]) {
      await expect(ask(url)).rejects.toMatchObject({ code: "unavailable" });
    }
    expect(catalogues.sent).toEqual([]);
    catalogues.answer(({ hostname }) =>
      hostname === "a.example" ? Response.redirect("https://127.0.0.1/secret") : new Response("secret"),
    );
    await expect(ask("https://a.example/")).rejects.toMatchObject({ code: "unavailable" });
    catalogues.answer(({ hostname }) =>
      hostname === "a.example" ? Response.redirect("https://x.b.example/y") : new Response("ok"),
    );
    expect(new TextDecoder().decode((await ask("https://a.example/")) ?? undefined)).toBe("ok");
  });

  test("have an end to their size, their redirects and their tries", async () => {
    catalogues.answer(() => new Response("x".repeat(1001)));
    await expect(ask("https://a.example/")).rejects.toMatchObject({ code: "unavailable" });
    catalogues.answer(() => Response.redirect("https://a.example/again"));
    await ask("https://a.example/").catch(() => undefined);
    catalogues.sent.length = 0;
    catalogues.pausesMs.length = 0;
    catalogues.answer(() => new Response("busy", { status: 503, headers: { "retry-after": "7" } }));
    expect(await ask("https://a.example/").catch((error: { code: string }) => error.code)).toBe("unavailable");
    expect([catalogues.sent.length, catalogues.pausesMs]).toEqual([3, [7000, 7000]]);
  });

  test("a key that is not accepted is said, and 404 is an answer", async () => {
    catalogues.answer(() => new Response("no", { status: 401 }));
    await expect(ask("https://a.example/")).rejects.toMatchObject({ detail: expect.stringContaining("key") });
    catalogues.answer(() => new Response(null, { status: 404 }));
    expect(await ask("https://a.example/")).toBe(null);
  });
});

describe("matches", () => {
  const candidate = (title: string, year: number | null, more: Partial<Candidate> = {}): Candidate => ({
    ...{ provider: "tmdb", kind: "film", id: `${title}${year}`, title, originalTitle: null, year, artist: null },
    ...{ durationMs: null, overview: null, picture: null },
    ...more,
  });
  const choose = (query: Query, ...all: Candidate[]): string | undefined => believed(query, ranked(query, all))?.id;

  test("the right one is believed, a doubtful one is not", () => {
    const crash = [candidate("Crash", 2005), candidate("Crash", 1996)];
    expect(choose(film("Crash", 1996), ...crash)).toBe("Crash1996");
    expect(choose(film("Crash", null), ...crash)).toBe(undefined);
    expect(choose(film("Crash", null), candidate("Crash", 2005))).toBe("Crash2005");
    expect(choose(film("Alien", 1986), candidate("Aliens", 1986))).toBe(undefined);
    expect(choose(film("Cars 2", 2011), candidate("Cars 3", 2011))).toBe(undefined);
    expect(choose(film("The Matrix", 1998), candidate("The Matrix", 1999))).toBe("The Matrix1999");
    expect(choose(film("The Matrix", 1990), candidate("The Matrix", 1999))).toBe(undefined);
    expect(choose(film("Das Boot", 1981), candidate("The Boat", 1981, { originalTitle: "Das Boot" }))).toBe(
      "The Boat1981",
    );
    expect(choose(film("Amelie", 2001), candidate("Amélie", 2001))).toBe("Amélie2001");
  });

  test("kind, length and artist count", () => {
    const long = { ...film("Dune", 2021), durationMs: 9_300_000 };
    const [best] = ranked(long, [
      candidate("Dune", 2021, { id: "short", durationMs: 600_000 }),
      candidate("Dune", 2021, { id: "long", durationMs: 9_320_000 }),
    ]);
    expect(best?.id).toBe("long");
    expect(scoreOf(film("Dune", 2021), candidate("Dune", 2021, { kind: "series" }))).toBe(0);
    expect(likeness("x", "y")).toBe(0);
  });
});

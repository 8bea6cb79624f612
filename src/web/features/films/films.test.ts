import { expect, test } from "bun:test";
import type { WorkCard } from "#contract/apps/media/works";
import { parseFilmsSearch, questionOf } from "./url-state.ts";
import { episodeNumber, factsOf, formatPosition, initialsOf, shareWatched } from "./words.ts";

const card: WorkCard = {
  id: 1,
  type: "episode",
  libraryId: 1,
  title: "Pilot",
  sortTitle: "Pilot",
  year: 2020,
  seriesId: 2,
  seasonId: 3,
  seriesTitle: "Show",
  seasonNumber: 1,
  episodeNumber: 2,
  lastEpisodeNumber: null,
  absoluteNumber: null,
  airDate: null,
  durationMs: 3_600_000,
  rating: null,
  certification: "PG",
  genres: ["Drama", "Crime", "Mystery", "Family"],
  artwork: { poster: null, backdrop: null, logo: null, thumb: null, banner: null },
  episodeCount: 0,
  seasonCount: 0,
  itemId: 9,
  isAway: false,
  addedAtMs: 0,
};

test("the address keeps what differs from the ordinary, and a film named by a number stays a word", () => {
  expect(parseFilmsSearch({ type: "film", q: 1917, sort: "title", genre: " " })).toEqual({ q: "1917" });
  expect(parseFilmsSearch({ type: "series", sort: "added", person: "A B" })).toEqual({
    type: "series",
    sort: "added",
    person: "A B",
  });
  expect(parseFilmsSearch({ type: "x", sort: {}, q: ["a"] })).toEqual({});
});

test("the newest come first where that is meant", () => {
  expect(questionOf({ q: "a" }, 3)).toEqual({
    types: ["film"],
    search: "a",
    sort: "title",
    descending: false,
    seed: 3,
  });
  expect(questionOf({ type: "series", sort: "year" }, 0)).toMatchObject({ types: ["series"], descending: true });
});

test("numbers, positions and facts in words", () => {
  expect(episodeNumber(card)).toBe("S1 E2");
  expect(episodeNumber({ ...card, lastEpisodeNumber: 4 })).toBe("S1 E2–4");
  expect(episodeNumber({ ...card, episodeNumber: null, airDate: "2020-01-02" })).toBe("2020-01-02");
  expect(episodeNumber({ ...card, episodeNumber: null, absoluteNumber: 137 })).toBe("#137");
  expect([0, 65_000, 3_729_000].map(formatPosition)).toEqual(["0:00", "1:05", "1:02:09"]);
  expect(factsOf(card)).toBe("2020 · 1 h 00 min · PG · Drama, Crime, Mystery");
  expect(shareWatched({ positionMs: 30, durationMs: 120 })).toBe(0.25);
  expect(shareWatched({ positionMs: null, durationMs: 120 })).toBe(0);
  expect(["The Matrix", "“Élite” – two", "1917", "…", "𝒜b"].map(initialsOf)).toEqual(["TM", "ÉT", "1", "", "𝒜"]);
});

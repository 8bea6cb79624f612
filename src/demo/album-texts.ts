import type { Piece } from "./compose.ts";
import type { Scene } from "./film-texts.ts";

interface Track {
  readonly title: string;
  readonly lengthS: number;
  readonly piece: Omit<Piece, "lengthS">;
  /** Lines, sung one every few seconds; none where it is played only. */
  readonly words: readonly string[];
}

export interface AlbumText {
  readonly title: string;
  readonly artist: string;
  readonly year: number;
  readonly genre: string;
  readonly codec: "flac" | "mp3" | "opus";
  readonly cover: Scene;
  /** Colour around the picture. */
  readonly ground: string;
  readonly tracks: readonly Track[];
}

type Score = Omit<Piece, "lengthS" | "seed">;

/** Titles with lengths; each the album's way of playing, in a key and from a seed of its own. */
function tracks(
  seed: number,
  score: Score,
  all: readonly (readonly [title: string, lengthS: number, shift: number, words?: readonly string[]])[],
): Track[] {
  return all.map(([title, lengthS, shift, words = []], index) => ({
    title,
    lengthS,
    words,
    piece: { ...score, seed: seed + index, tonic: score.tonic + shift },
  }));
}

export const albums: readonly AlbumText[] = [
  {
    ...{ title: "Slow Water", artist: "Marlene Voss", year: 2021, genre: "Ambient", codec: "flac" },
    ...{ cover: { seed: 301, ground: "lake", palette: "mist" }, ground: "#3d5563" },
    tracks: tracks(
      31,
      { tonic: 50, scale: "lydian", beatsPerMinute: 58, chords: [0, 4, 1, 5], lead: "bell", density: 0.4 },
      [
        ["Source", 52, 0],
        ["Reed", 60, 5],
        ["Weir", 56, 3],
        ["Estuary", 64, 0],
      ],
    ),
  },
  {
    ...{ title: "Paper Lanterns", artist: "The Orchard Line", year: 2024, genre: "Folk", codec: "mp3" },
    ...{ cover: { seed: 302, ground: "town", palette: "ember" }, ground: "#35203f" },
    tracks: tracks(
      41,
      { tonic: 55, scale: "major", beatsPerMinute: 96, chords: [0, 5, 3, 4], lead: "pluck", density: 0.75 },
      [
        [
          "Paper Lanterns",
          74,
          0,
          [
            "We hung the year on a washing line",
            "Paper and wire, a little light",
            "You said the rain would never find",
            "Our garden on a summer night",
            "And oh, they burn so slow",
            "Lanterns, lanterns in a row",
            "One for every road we know",
            "One for where we did not go",
            "The neighbours brought their chairs outside",
            "Somebody's uncle played out of tune",
            "We had no reason left to hide",
            "And half the town was on the moon",
            "And oh, they burn so slow",
            "Lanterns, lanterns in a row",
            "When the wind begins to blow",
            "Leave one on for me, and go",
          ],
        ],
        ["Orchard Road", 58, -2],
        [
          "Borrowed Bicycle",
          60,
          5,
          [
            "I borrowed a bicycle, blue and too tall",
            "I rode it to your street, I rode it to the wall",
            "The bell was broken, the brakes were too",
            "I borrowed a bicycle and came to you",
          ],
        ],
        ["September Kitchen", 56, 2],
        ["Last Apple", 62, 0],
      ],
    ),
  },
  {
    ...{ title: "Night Trains", artist: "Kobalt Quartet", year: 2019, genre: "Jazz", codec: "opus" },
    ...{ cover: { seed: 303, ground: "hills", palette: "night" }, ground: "#0d142a" },
    tracks: tracks(
      51,
      { tonic: 53, scale: "dorian", beatsPerMinute: 112, chords: [1, 4, 0, 5], lead: "bell", density: 0.7 },
      [
        ["Platform Nine", 58, 0],
        ["Sleeper Car", 66, -3],
        ["Signal Box", 54, 2],
        ["Arrival at Dawn", 62, 0],
      ],
    ),
  },
];

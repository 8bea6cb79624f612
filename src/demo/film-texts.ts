import type { Ground } from "./landscape.ts";
import type { PaletteName } from "./palette.ts";
import type { Piece } from "./compose.ts";

export interface Scene {
  readonly seed: number;
  readonly ground: Ground;
  readonly palette: PaletteName;
}

type Score = Omit<Piece, "lengthS" | "seed">;

interface Made {
  readonly title: string;
  readonly year: number;
  readonly plot: string;
  readonly genres: readonly string[];
  readonly rating: number;
  readonly certification: string;
  readonly studio: string;
  readonly cast: readonly (readonly [name: string, role: string])[];
  readonly director: string;
  readonly writer: string;
  /** What it shows, one scene after the other and over again. */
  readonly scenes: readonly [Scene, ...Scene[]];
  readonly score: Score;
}

export interface Film extends Made {
  readonly tagline: string;
  readonly minutes: number;
  readonly chapters: readonly string[];
  /** One at a time, in English and German. */
  readonly lines: readonly (readonly [english: string, german: string])[];
  readonly container: "mkv" | "mp4";
  readonly hasTrailer: boolean;
}

interface Episode {
  readonly season: number;
  readonly number: number;
  readonly title: string;
  readonly plot: string;
  readonly daysAgo: number;
}

export interface Series extends Made {
  readonly minutes: number;
  readonly episodes: readonly Episode[];
  readonly lines: readonly (readonly [english: string, german: string])[];
}

const scene = (seed: number, ground: Ground, palette: PaletteName): Scene => ({ seed, ground, palette });

export const films: readonly Film[] = [
  {
    ...{ title: "The Last Ferry", year: 2024, minutes: 6, container: "mkv", hasTrailer: true },
    tagline: "Every crossing leaves something behind.",
    plot: "For thirty-one years Ida has steered the ferry between the islands. On the evening before the bridge opens she takes three last passengers aboard: a girl with a cello, a man who will not give his name, and her own brother. The fog comes in, and nobody is in a hurry any more.",
    ...{ genres: ["Drama", "Mystery"], rating: 8.1, certification: "FSK 6", studio: "Skerry Pictures" },
    cast: [
      ["Marit Solheim", "Ida"],
      ["Jonas Brekke", "The stranger"],
      ["Tilda Aune", "Nora"],
      ["Per Haugland", "Anders"],
    ],
    ...{ director: "Helene Storm", writer: "Aksel Dahl" },
    scenes: [
      scene(201, "coast", "dusk"),
      scene(202, "sea", "ember"),
      scene(203, "coast", "night"),
      scene(236, "lake", "dawn"),
    ],
    score: { tonic: 50, scale: "dorian", beatsPerMinute: 66, chords: [0, 5, 3, 4], lead: "bell", density: 0.5 },
    chapters: ["The harbour", "Casting off", "Fog", "The other light", "Landfall"],
    lines: [
      ["The bridge opens tomorrow.", "Morgen wird die Brücke eröffnet."],
      ["Then this is the last time.", "Dann ist es das letzte Mal."],
      ["Somebody has to switch off the light.", "Jemand muss das Licht ausmachen."],
      ["Can you hear it? The bell, over there.", "Hörst du sie? Die Glocke, dort drüben."],
      ["There has been no bell since I was a child.", "Seit ich ein Kind war, ist da keine Glocke mehr."],
      ["Hold on to the rail.", "Halt dich an der Reling fest."],
      ["We are not lost. We are only slow.", "Wir haben uns nicht verirrt. Wir sind nur langsam."],
      ["You never told me why you stayed.", "Du hast mir nie gesagt, warum du geblieben bist."],
      ["You never asked.", "Du hast nie gefragt."],
      ["Look. It is getting light.", "Schau. Es wird hell."],
    ],
  },
  {
    ...{ title: "Kestrel Ridge", year: 2022, minutes: 5.6, container: "mp4", hasTrailer: false },
    tagline: "Up is the easy part.",
    plot: "Two sisters who have not spoken for years carry their father's weather station up to the ridge on which he used to work. The path is longer than they remember, and so is the list of things they have to say.",
    ...{ genres: ["Adventure", "Family"], rating: 7.4, certification: "FSK 0", studio: "Long Valley Films" },
    cast: [
      ["Rosa Keller", "Lena"],
      ["Emmi Thaler", "Judith"],
      ["Gregor Amann", "The warden"],
    ],
    ...{ director: "Paul Innerhofer", writer: "Rosa Keller" },
    scenes: [
      scene(211, "mountains", "autumn"),
      scene(212, "forest", "moss"),
      scene(213, "lake", "noon"),
      scene(214, "mountains", "winter"),
    ],
    score: { tonic: 55, scale: "major", beatsPerMinute: 84, chords: [0, 4, 5, 3], lead: "pluck", density: 0.65 },
    chapters: ["The hut", "The tarn", "Snow line", "The ridge"],
    lines: [
      ["He packed it as if it were made of glass.", "Er hat es eingepackt, als wäre es aus Glas."],
      ["It is made of glass.", "Es ist aus Glas."],
      ["Which way?", "Wo lang?"],
      ["Up.", "Nach oben."],
    ],
  },
  {
    ...{ title: "Small Hours", year: 2025, minutes: 5.4, container: "mkv", hasTrailer: false },
    tagline: "The city sleeps. Almost.",
    plot: "A baker, a night nurse and a boy who has lost his tortoise meet between two and five in the morning. By breakfast they will have opened a museum, missed a train and agreed on a name.",
    ...{ genres: ["Comedy", "Romance"], rating: 7.8, certification: "FSK 6", studio: "Rooftop" },
    cast: [
      ["Ines Carvalho", "Bea"],
      ["Tomas Lindqvist", "Olof"],
      ["Milo Brandt", "Jannis"],
    ],
    ...{ director: "Nadia Osei", writer: "Tomas Lindqvist" },
    scenes: [
      scene(221, "town", "night"),
      scene(222, "town", "dusk"),
      scene(223, "hills", "night"),
      scene(224, "town", "dawn"),
    ],
    score: { tonic: 53, scale: "lydian", beatsPerMinute: 92, chords: [0, 1, 4, 5], lead: "bell", density: 0.7 },
    chapters: ["Two o'clock", "Half past three", "First tram"],
    lines: [
      ["We are closed.", "Wir haben geschlossen."],
      ["The door was open.", "Die Tür war offen."],
      ["That is how the smell gets out.", "So kommt der Duft nach draußen."],
      ["Has anybody seen a tortoise?", "Hat jemand eine Schildkröte gesehen?"],
    ],
  },
];

export const series: Series = {
  ...{ title: "Harbour Lights", year: 2023, minutes: 5.2 },
  plot: "A lighthouse is to be sold, and the village that has lived in its beam for two hundred years finds out how much it knows about itself in the dark.",
  ...{ genres: ["Drama", "Crime"], rating: 8.4, certification: "FSK 12", studio: "Skerry Pictures" },
  cast: [
    ["Tilda Aune", "Constable Ravn"],
    ["Henrik Moe", "Keeper Lund"],
    ["Saga Nilsen", "Vilde"],
    ["Per Haugland", "The mayor"],
  ],
  ...{ director: "Helene Storm", writer: "Ylva Bakken" },
  scenes: [
    scene(231, "coast", "dawn"),
    scene(232, "hills", "mist"),
    scene(237, "sea", "night"),
    scene(234, "town", "ember"),
  ],
  score: { tonic: 52, scale: "minor", beatsPerMinute: 76, chords: [0, 5, 2, 6], lead: "bell", density: 0.55 },
  episodes: [
    {
      season: 1,
      number: 1,
      title: "For Sale",
      plot: "A notice on the lighthouse door, and a boat without its owner.",
      daysAgo: 720,
    },
    {
      season: 1,
      number: 2,
      title: "The Logbook",
      plot: "Ravn reads forty years of weather, and one page is missing.",
      daysAgo: 713,
    },
    { season: 1, number: 3, title: "Low Water", plot: "The tide goes out further than it should.", daysAgo: 706 },
    {
      season: 2,
      number: 1,
      title: "Second Keeper",
      plot: "Somebody has lit the lamp again, and nobody has the key.",
      daysAgo: 340,
    },
  ],
  lines: [
    ["Who turned it off?", "Wer hat es ausgemacht?"],
    ["Nobody. That is the trouble.", "Niemand. Das ist es ja."],
    ["You can see the whole village from up here.", "Von hier oben sieht man das ganze Dorf."],
    ["And it can see you.", "Und es sieht dich."],
    ["There is a page missing.", "Hier fehlt eine Seite."],
    ["Then somebody has read it.", "Dann hat sie jemand gelesen."],
  ],
};

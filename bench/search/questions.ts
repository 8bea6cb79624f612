import type { Actor } from "#platform/usecase";
import type { Figure, PartResult, Settings } from "../kit/types.ts";
import { limitVerdict } from "../kit/verdict.ts";
import { filesPerDocument, openSearchHouse, type SearchHouse } from "./house.ts";
import { createWords } from "./words.ts";

const part = "questions";
const targetMs = 100;
const [manyFiles, someFiles] = [1_000_000, 100_000];

/** Each asked in turns with other words of its sort, so that no page of the index is always the same. */
const { words } = createWords(1);
const questions: Readonly<Record<string, (turn: number) => string>> = {
  "a common word": (turn) => ["report", "2024", "invoice"][turn % 3] ?? "",
  "a word of some": (turn) => words[(turn * 13) % 300] ?? "",
  "a rare word": (turn) => ["zebrafinch", "wallaby", words[29_000 + turn] ?? ""][turn % 3] ?? "",
  "a beginning of one letter": (turn) => "eirt"[turn % 4] ?? "",
  "a beginning of three letters": (turn) => ["rep", "inv", "img", "202"][turn % 4] ?? "",
  "a beginning of five letters": (turn) => ["repor", "invoi", "img_2", "zebra"][turn % 4] ?? "",
  "two common words": (turn) => ["report 2024 ", "invoice report ", "img invoice "][turn % 3] ?? "",
  "two words that never meet": (turn) => `zebrafinch wallaby ${turn % 2 ? "report" : ""}`,
  "two words as one": (turn) => `"${words[turn % 20]} ${words[(turn * 3) % 20]}"`,
  "a word and filters": (turn) => `report type:txt after:2020 before:2021-0${1 + (turn % 9)}`,
  "a word without another": (turn) => `report -${words[turn % 20]} `,
  "a kind alone": () => "type:image after:2024",
};

/** How long the first results take: from the words to nodes that were looked at, with parts of their texts; without HTTP. */
export async function searchQuestions(settings: Settings): Promise<PartResult> {
  const files = settings.quick ? someFiles : manyFiles;
  const house = await openSearchHouse(settings.tempRoot, files);
  const figures: Figure[] = [];
  const { namesMs, textsMs, indexBytes } = house;
  figures.push(
    { part, title: `names of ${files} files taken in`, unit: "s", samples: { Hearth: [namesMs / 1000] } },
    {
      part,
      title: `texts of ${files / filesPerDocument} of them taken in`,
      unit: "s",
      samples: { Hearth: [textsMs / 1000] },
      note: "60 words each, without reading files",
    },
    { part, title: "the index on the disk", unit: "MB", samples: { Hearth: [indexBytes / 1e6] } },
  );
  const people: Readonly<Record<string, Actor>> = {
    "sees all": house.anna,
    "a thousandth, own home": house.ben,
    "a thousandth, let in": house.carl,
  };
  try {
    for (const [title, ask] of Object.entries(questions)) {
      const p50: Record<string, number[]> = {};
      const p95: Record<string, number[]> = {};
      for (const [name, person] of Object.entries(people)) {
        const times = await timesOf(house, person, ask, settings.quick ? 20 : 60);
        p50[name] = [times[Math.floor(times.length * 0.5)] ?? 0];
        p95[name] = [times[Math.floor(times.length * 0.95)] ?? 0];
      }
      figures.push({ part, title: `${title}, p50`, unit: "ms", samples: p50 });
      figures.push({ part, title: `${title}, p95`, unit: "ms", samples: p95 });
    }
  } finally {
    await house.close();
  }
  const verdicts = figures
    .filter(({ title }) => title.endsWith("p95"))
    .flatMap((figure) =>
      Object.keys(people).flatMap((ours) =>
        limitVerdict(figure, { ours, atMost: targetMs, title: `${figure.title}, ${ours}` }),
      ),
    );
  return { figures, verdicts };
}

/** In milliseconds, the shortest first. */
async function timesOf(
  house: SearchHouse,
  person: Actor,
  ask: (turn: number) => string,
  times: number,
): Promise<number[]> {
  const taken: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const beganAt = performance.now();
    await house.search.find(person, { query: ask(turn), inText: true, limit: 50 });
    taken.push(performance.now() - beganAt);
  }
  return taken.toSorted((a, b) => a - b);
}

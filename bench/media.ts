import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startMediaHouse } from "../test/kit/media-house.ts";
import { writeDocsSection } from "./kit/docs.ts";
import { describeMachine, requireTools } from "./kit/environment.ts";
import { type Parts, runParts } from "./kit/parts.ts";
import { figuresTable, verdictsTable } from "./kit/report.ts";
import type { PartResult, Settings } from "./kit/types.ts";
import { makeFilm, retitled } from "./media/film.ts";
import { idleMemory } from "./media/memory.ts";
import { starts, type StartsInput, throughput } from "./media/starts.ts";

const filmSeconds = { quick: 60, full: 150 } as const;
const restingFilms = { quick: 20, full: 300 } as const;

/** Runs `part` in a house that gets a film of its own for each measurement. */
async function withFilms(settings: Settings, part: (input: StartsInput) => Promise<PartResult>): Promise<PartResult> {
  const folder = mkdtempSync(join(settings.tempRoot, "hearth-bench-media-"));
  const house = await startMediaHouse([]);
  try {
    const film = await makeFilm(folder, settings.quick ? filmSeconds.quick : filmSeconds.full);
    let number = 0;
    mkdirSync(join(folder, "films"));
    const nextFilm = async () => {
      const path = await retitled(film, join(folder, "films"), `Film ${++number} (2001)`);
      await house.send(path);
      const { id } = await house.probed(`Film ${number} (2001).mkv`);
      return { id, path };
    };
    return await part({ house, nextFilm, rounds: settings.rounds });
  } finally {
    await house.hearth.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const parts: Parts = {
  starts: (settings) => withFilms(settings, starts),
  throughput: (settings) => withFilms({ ...settings, rounds: Math.min(3, settings.rounds) }, throughput),
  memory: (settings) => {
    return idleMemory(settings.quick ? restingFilms.quick : restingFilms.full, Math.min(3, settings.rounds));
  },
};

function docsText(machine: readonly string[], settings: Settings, result: PartResult): string {
  return `Written by \`npm run bench -- media --write-docs\` on ${new Date().toISOString().slice(0, 10)}. A film of 1280 × 720 is played by HLS; ffmpeg beside it is
run by hand with the very command line that Hearth used, until the last byte of the same segment, or of the whole film.

${machine.map((line) => `- ${line}`).join("\n")}
- ${settings.rounds} rounds, Hearth and ffmpeg by turns; figures are medians, ratios the median of the ratios of each round

${verdictsTable(result.verdicts)}

${figuresTable(result.figures)}
`;
}

/** Measures how soon and how fast films play; prints and stores the results; returns the exit code. */
export async function runMediaSuite(settings: Settings): Promise<number> {
  requireTools([["ffmpeg", "ffmpeg"]]);
  const machine = describeMachine(settings.tempRoot, [["ffmpeg", "-version"]]);
  const all = await runParts(settings, parts, machine);
  if (settings.writeDocs) writeDocsSection("## Media", docsText(machine, settings, all));
  return 0;
}

import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAudioReader, createContainerReader, probeFile } from "#apps/media/probe";
import { writeDocsSection } from "./kit/docs.ts";
import { describeMachine, requireTools } from "./kit/environment.ts";
import { figuresTable, plainTable, printPart, verdictRows, verdictsTable } from "./kit/report.ts";
import { interleave } from "./kit/rounds.ts";
import type { Figure, PartResult, Settings } from "./kit/types.ts";
import { ratioVerdict } from "./kit/verdict.ts";
import { makeFiles, type ScannedKind } from "./media-scan/files.ts";
import { openScanHouse } from "./media-scan/house.ts";
import { minidlna } from "./media-scan/minidlna.ts";
import { thumbs } from "./media-scan/thumbs.ts";

/** As the job of the product works. */
const atOnce = 2;
const counts = { audio: { quick: 200, full: 1200 }, video: { quick: 40, full: 200 } } as const;

/** The same probes two at a time, without storage, database or events. */
async function bareLoop(folder: string, kind: ScannedKind, deps: Parameters<typeof probeFile>[0]): Promise<void> {
  const names = readdirSync(folder).values();
  const lane = async () => {
    for (const name of names) {
      const fd = openSync(join(folder, name), "r");
      try {
        await probeFile(deps, { fd, sizeBytes: fstatSync(fd).size, name, kind });
      } finally {
        closeSync(fd);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

async function scanPart(kind: ScannedKind, { tempRoot, quick, rounds }: Settings): Promise<PartResult> {
  const folder = mkdtempSync(join(tempRoot, "hearth-bench-scan-"));
  const files = join(folder, "files");
  const count = counts[kind][quick ? "quick" : "full"];
  makeFiles(files, kind, count);
  const house = await openScanHouse(folder);
  const readers = {
    exec: house.cloud.deps.exec,
    audio: createAudioReader(),
    containers: createContainerReader(),
  };
  /** What `work` answers is when it was done, where it tidies up after that. */
  const rate = (work: () => Promise<number | void>) => async () => {
    await house.isIdle();
    const startedAt = performance.now();
    const endedAt = (await work()) ?? performance.now();
    return (count * 1000) / (endedAt - startedAt);
  };
  try {
    await house.take(files, kind);
    const subjects = [
      { name: "Hearth", run: rate(house.lookAgain) },
      { name: "Hearth, as new files", run: rate(house.scanAnew) },
      { name: "the bare loop", run: rate(() => bareLoop(files, kind, readers)) },
      ...(kind === "audio" ? [{ name: "minidlna", run: rate(() => minidlna(files, count)) }] : []),
    ];
    const figure: Figure = {
      ...{ part: kind, title: `${count} ${kind} files looked into`, unit: "files/s" },
      samples: await interleave(subjects, rounds),
    };
    return {
      figures: [figure],
      verdicts: [
        ...ratioVerdict(figure, { ours: "Hearth", base: "the bare loop", atLeast: 0.9 }),
        ...ratioVerdict(figure, {
          ...{ ours: "Hearth, as new files", base: "minidlna", atLeast: 1 },
          title: `${count} ${kind} files taken in as new`,
        }),
      ],
    };
  } finally {
    await Promise.all([readers.audio.stop(), readers.containers.stop()]);
    await house.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const parts: Readonly<Record<string, (settings: Settings) => Promise<PartResult>>> = {
  audio: (settings) => scanPart("audio", settings),
  video: (settings) => scanPart("video", settings),
  thumbs,
};

function docsText(machine: readonly string[], { rounds }: Settings, { figures, verdicts }: PartResult): string {
  return `Written by \`npm run bench -- media-scan --write-docs\` on ${new Date().toISOString().slice(0, 10)}. The bare loop runs the same probes, two at a
time, without storage, database and events; minidlna is timed from its start. Hearth works at niceness 10, the others do not.

${machine.map((line) => `- ${line}`).join("\n")}
- ${rounds} rounds by turns; figures are medians, ratios the median of the ratios of each round

${verdictsTable(verdicts)}

${figuresTable(figures)}
`;
}

/** How quickly files are looked into and pictures made small, beside bare loops of the same work and Debian's DLNA server; returns the exit code. */
export async function runMediaScanSuite(settings: Settings): Promise<number> {
  const names = settings.parts.length > 0 ? settings.parts : Object.keys(parts);
  requireTools([["ffmpeg", "ffmpeg"], ...(names.includes("audio") ? [["minidlnad", "minidlna"] as const] : [])]);
  const machine = describeMachine(settings.tempRoot, [["ffmpeg", "-version"]]);
  console.log(machine.join("\n"));
  const all: PartResult = { figures: [], verdicts: [] };
  for (const name of names) {
    const part = parts[name];
    if (part === undefined) throw new Error(`no part ${name}; there are ${Object.keys(parts).join(", ")}`);
    console.log(`\n=== ${name}`);
    const result = await part(settings);
    printPart(result);
    all.figures.push(...result.figures);
    all.verdicts.push(...result.verdicts);
  }
  console.log(`\n=== summary\n${plainTable([["  what", "target", "measured", ""], ...verdictRows(all.verdicts)])}`);
  if (settings.jsonFile) writeFileSync(settings.jsonFile, `${JSON.stringify({ machine, ...all }, null, 2)}\n`);
  if (settings.writeDocs) writeDocsSection("## Media scan", docsText(machine, settings, all));
  return 0;
}

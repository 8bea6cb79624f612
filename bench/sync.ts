import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, withBench } from "./kit/bench.ts";
import { writeDocsSection } from "./kit/docs.ts";
import { describeMachine, requireTools } from "./kit/environment.ts";
import { startStub } from "./kit/peers/sync-stub.ts";
import { figuresTable, plainTable, printPart, verdictRows, verdictsTable } from "./kit/report.ts";
import type { Figure, PartResult, Peer, Settings } from "./kit/types.ts";
import { limitRatioVerdict } from "./kit/verdict.ts";
import { type Phase, type PhaseSample, phases, runPhases } from "./sync/phases.ts";
import { makeSmallFiles } from "./sync/tree.ts";

const fullFiles = 5000;
const quickFiles = 500;

const titles: Readonly<Record<Phase, (files: string) => string>> = {
  send: (files) => `send ${files} files`,
  fetch: (files) => `fetch ${files} files`,
  idle: (files) => `run with nothing to do, ${files} files`,
};
/** At most so many times the time with a server that stores nothing. */
const limits: Readonly<Record<Phase, number>> = { send: 1.3, fetch: 1.3, idle: 1.1 };

type Samples = Readonly<Record<Phase, Record<string, PhaseSample[]>>>;

/** Interleaved like the other suites: A B, B A, …, after one unmeasured round. */
async function measure(bench: Bench, peers: readonly Peer[], files: number): Promise<Samples> {
  const source = bench.folder("source");
  makeSmallFiles(source, files);
  const samples: Samples = { send: {}, fetch: {}, idle: {} };
  for (let round = -1; round < bench.settings.rounds; round++) {
    const order = round % 2 === 0 ? peers : peers.toReversed();
    for (const peer of order) {
      const remote = `round ${round + 1}`;
      const taken = await runPhases(peer, {
        source,
        folder: bench.folder(join("clients", peer.name, remote)),
        remote,
        files,
      });
      if (round < 0) continue;
      for (const phase of phases) (samples[phase][peer.name] ??= []).push(taken[phase]);
      console.log(
        `round ${round + 1}, ${peer.name}: ${phases.map((phase) => lineOf(phase, taken[phase], files)).join(" · ")}`,
      );
    }
  }
  return samples;
}

function lineOf(phase: Phase, sample: PhaseSample, files: number): string {
  return `${phase} ${sample.seconds.toFixed(2)} s (${cpuMsPerFile(sample, files).toFixed(3)} ms CPU a file)`;
}

function cpuMsPerFile(sample: PhaseSample, files: number): number {
  return (sample.cpuSeconds * 1000) / files;
}

function resultOf(samples: Samples, files: number): PartResult {
  const count = files.toLocaleString("en");
  const figure = (phase: Phase, unit: string, of: (sample: PhaseSample) => number): Figure => ({
    part: `sync-${phase}`,
    title: unit === "s" ? titles[phase](count) : `server CPU: ${titles[phase](count)}`,
    unit,
    samples: Object.fromEntries(Object.entries(samples[phase]).map(([name, taken]) => [name, taken.map(of)])),
  });
  const times = phases.map((phase) => figure(phase, "s", ({ seconds }) => seconds));
  const cpu = phases.map((phase) =>
    phase === "idle"
      ? figure(phase, "ms", (sample) => sample.cpuSeconds * 1000)
      : figure(phase, "ms a file", (sample) => cpuMsPerFile(sample, files)),
  );
  const verdicts = phases.flatMap((phase, index) =>
    limitRatioVerdict(times[index] as Figure, { ours: "Hearth", base: "stub", atMost: limits[phase] }),
  );
  return { figures: [...times, ...cpu], verdicts };
}

function docsText(machine: readonly string[], settings: Settings, result: PartResult): string {
  return `Written by \`npm run bench -- sync --write-docs\` on ${new Date().toISOString().slice(0, 10)}. Debian's \`nextcloudcmd\` syncs files of 1 byte
to 16 KiB, fifty to a folder, with Hearth (strict, app password) and with a server that stores nothing and lets everybody in: the
limit that the client itself sets. Times are of the whole run of the client; \`bench/README.md\` says how it is measured.

${machine.map((line) => `- ${line}`).join("\n")}
- ${settings.rounds} interleaved rounds; figures are medians, ratios the median of the ratios of each round

${verdictsTable(result.verdicts)}

${figuresTable(result.figures)}
`;
}

/** Measures sending, fetching and an idle run; prints and stores the results; returns the exit code. */
export async function runSyncSuite(settings: Settings): Promise<number> {
  if (settings.parts.length > 0) throw new Error("sync has no parts: its phases follow from one another");
  requireTools([["nextcloudcmd", "nextcloud-desktop-cmd"]]);
  const machine = describeMachine(settings.tempRoot, [["nextcloudcmd", "--version"]]);
  console.log(machine.join("\n"));
  const files = settings.quick ? quickFiles : fullFiles;
  const samples = await withBench(settings, async (bench) => {
    const stub = await startStub();
    bench.onEnd(stub.stop);
    return measure(bench, [stub, ...(await bench.hearth())], files);
  });
  const result = resultOf(samples, files);
  printPart(result);
  console.log(`\n=== summary\n${plainTable([["  what", "target", "measured", ""], ...verdictRows(result.verdicts)])}`);
  if (settings.jsonFile)
    writeFileSync(settings.jsonFile, `${JSON.stringify({ machine, files, ...result }, null, 2)}\n`);
  if (settings.writeDocs) writeDocsSection("## Sync clients", docsText(machine, settings, result));
  return 0;
}

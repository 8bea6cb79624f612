import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Bench } from "../kit/bench.ts";
import { hearthHome, launchHearth, type RunningHearth } from "../kit/peers/hearth.ts";
import { peakResidentBytes, residentBytes, waitFor } from "../kit/processes.ts";
import { makeTree } from "../kit/tree.ts";
import type { Figure, PartResult } from "../kit/types.ts";
import { limitVerdict } from "../kit/verdict.ts";
import { median, medianRatio } from "../kit/stats.ts";

const indexTimeoutMs = 300_000;
const settleMs = 5_000;

async function bootOnce(data: string): Promise<void> {
  const first = await launchHearth(data);
  await first.owned.stop();
}

/** Moves `tree` to be the folder `photos` of the owner's home, on the same file system, so nothing is copied. */
function moveIn(tree: string, data: string): () => void {
  const home = join(hearthHome(data), "photos");
  mkdirSync(dirname(home), { recursive: true });
  renameSync(tree, home);
  return () => renameSync(home, tree);
}

interface IndexLine {
  readonly msg: string;
  readonly entries: number;
  readonly durationMs: number;
}

function indexLines(output: string): IndexLine[] {
  const lines = output.split("\n").filter((line) => line.includes('"index complete"'));
  return lines.map((line) => JSON.parse(line) as IndexLine);
}

/** Waits until the log says that at least `files` files are indexed; returns that line. */
async function indexed(hearth: RunningHearth, files: number): Promise<IndexLine> {
  const found = (): IndexLine | undefined => indexLines(hearth.owned.output()).find((line) => line.entries >= files);
  await waitFor("first index", () => found() !== undefined, {
    timeoutMs: indexTimeoutMs,
    everyMs: 5,
    owner: hearth.owned,
  });
  const line = found();
  if (!line) throw new Error("the index line vanished");
  return line;
}

async function timeFind(tree: string): Promise<number> {
  const started = performance.now();
  const find = Bun.spawn(["find", tree, "-printf", "%p %s %T@ %i\n"], {
    stdin: "ignore",
    stdout: Bun.file("/dev/null"),
  });
  if ((await find.exited) !== 0) throw new Error("find failed");
  return (performance.now() - started) / 1000;
}

/** The first index of 200,000 files beside `find -printf` over the same tree, both with warm caches. */
export async function firstIndex(bench: Bench): Promise<PartResult> {
  const files = bench.settings.quick ? 20_000 : 200_000;
  const tree = join(bench.folder("trees"), "tree");
  makeTree(tree, files);
  const samples = {
    find: [] as number[],
    "Hearth, index": [] as number[],
    "Hearth, from process start": [] as number[],
  };
  await timeFind(tree);
  for (let round = 0; round < bench.settings.rounds; round++) {
    samples.find.push(await timeFind(tree));
    const data = bench.folder(`index-${round}`);
    await bootOnce(data);
    const moveOut = moveIn(tree, data);
    const startedAt = performance.now();
    const hearth = await launchHearth(data);
    try {
      const line = await indexed(hearth, files);
      samples["Hearth, from process start"].push((performance.now() - startedAt) / 1000);
      samples["Hearth, index"].push(line.durationMs / 1000);
    } finally {
      await hearth.owned.stop();
      moveOut();
      rmSync(data, { recursive: true });
    }
  }
  const title = `first index of ${files.toLocaleString("en")} files`;
  const figure: Figure = { part: "first-index", title, unit: "s", samples };
  const ratio = medianRatio(samples["Hearth, index"], samples.find);
  const verdict = {
    part: "first-index",
    title,
    target: "≤ 3 × find",
    measured: `${ratio.toFixed(2)} ×`,
    met: ratio <= 3,
  };
  return { figures: [figure], verdicts: [verdict] };
}

const mebibyte = 1024 * 1024;

/** Resident memory of the peers with nothing to do; pages that processes of one server share count in each. */
async function peersIdle(bench: Bench): Promise<Record<string, number[]>> {
  const peers = [await bench.nginx(), await bench.apache(), await bench.rclone()];
  await Bun.sleep(settleMs);
  return Object.fromEntries(peers.map((peer) => [`${peer.name} idle`, [residentBytes(peer.pid) / mebibyte]]));
}

/** Resident memory idle with an empty home, and with 1,000,000 files indexed. */
export async function memory(bench: Bench): Promise<PartResult> {
  const files = bench.settings.quick ? 50_000 : 1_000_000;
  const data = bench.folder("memory");
  const first = await launchHearth(data);
  await Bun.sleep(settleMs);
  const idle = residentBytes(first.owned.pid) / mebibyte;
  await first.owned.stop();
  const tree = join(bench.folder("trees"), "tree");
  makeTree(tree, files);
  moveIn(tree, data);
  const hearth = await launchHearth(data);
  const samples: Record<string, number[]> = { "Hearth idle": [idle], ...(await peersIdle(bench)) };
  try {
    const line = await indexed(hearth, files);
    samples["Hearth, highest while indexing"] = [peakResidentBytes(hearth.owned.pid) / mebibyte];
    await Bun.sleep(settleMs);
    samples["Hearth, indexed"] = [residentBytes(hearth.owned.pid) / mebibyte];
    console.log(`  ${line.entries} entries indexed in ${(line.durationMs / 1000).toFixed(1)} s`);
  } finally {
    await hearth.owned.stop();
  }
  const again = await launchHearth(data);
  await Bun.sleep(settleMs);
  samples["Hearth, indexed, started again"] = [residentBytes(again.owned.pid) / mebibyte];
  await again.owned.stop();
  const title = `resident memory with ${files.toLocaleString("en")} files`;
  const figure: Figure = { part: "memory", title, unit: "MiB", samples };
  return {
    figures: [figure],
    verdicts: [
      ...limitVerdict(figure, { ours: "Hearth idle", atMost: 80, title: "resident memory idle" }),
      ...limitVerdict(figure, { ours: "Hearth, indexed", atMost: 200 }),
    ],
  };
}

/** Start to the ready line with 100,000 files already indexed. */
export async function ready(bench: Bench): Promise<PartResult> {
  const files = bench.settings.quick ? 10_000 : 100_000;
  const data = bench.folder("ready");
  await bootOnce(data);
  const tree = join(bench.folder("trees"), "tree");
  makeTree(tree, files);
  moveIn(tree, data);
  const first = await launchHearth(data);
  await indexed(first, files);
  await first.owned.stop();
  const times: number[] = [];
  for (let round = -1; round < bench.settings.rounds; round++) {
    const hearth = await launchHearth(data);
    const healthy = await fetch(`http://127.0.0.1:${hearth.port}/healthz`);
    await hearth.owned.stop();
    if (!healthy.ok) throw new Error(`/healthz said ${healthy.status} after the ready line`);
    if (round >= 0) times.push(hearth.readyMs / 1000);
  }
  const title = `start to ready with ${files.toLocaleString("en")} files`;
  const figure: Figure = { part: "ready", title, unit: "s", samples: { Hearth: times } };
  return {
    figures: [figure],
    verdicts: limitVerdict({ ...figure, samples: { Hearth: [median(times)] } }, { ours: "Hearth", atMost: 0.5 }),
  };
}

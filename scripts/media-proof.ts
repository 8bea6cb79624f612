import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ClientCapabilities } from "#contract/apps/media/decide";
import { type Clip, type ClipName, longClip, recipes } from "../test/kit/media-clips.ts";
import { copyingPlayer, type MediaHouse, plainPlayer, startMediaHouse } from "../test/kit/media-house.ts";
import { proveLong } from "../test/kit/media-long.ts";
import { proveSeek, proveWhole, type Shown, show } from "../test/kit/media-prove.ts";
import { proveSwitches, together } from "../test/kit/media-switch.ts";

/**
 * The long proof of streaming: every source whole, in every rendition, many seeks at random over all of them, while the cache of
 * segments is dropped now and then so that segments are made from ever new places, and walks through each film that change between
 * its rungs. `--long` is one film of two hours instead. Prints figures; the exit code is 1 when anything was found.
 *
 *     bun scripts/media-proof.ts [--seeks 1000] [--walks 3] [--seed N] [--only NAME,NAME]
 *     bun scripts/media-proof.ts --long [--seeks 60] [--seed N]
 */
const { values } = parseArgs({
  options: {
    seeks: { type: "string" },
    walks: { type: "string", default: "3" },
    long: { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string" },
  },
});
const seekCount = Number(values.seeks ?? (values.long ? 60 : 1000));
const usual = Object.keys(recipes).filter((name) => name !== longClip);
const names = values.long ? [longClip] : ((values.only?.split(",") ?? usual) as ClipName[]);
const roundSeeks = 100;

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Tally {
  seeks: number;
  readonly findings: string[];
  readonly offsets: number[];
  readonly seekMs: number[];
}

const random = randomFrom(Number(values.seed));
const pick = (count: number) => Math.floor(random() * count);

/** Told at once: a run takes long. */
function found(all: string[], clip: Clip, lines: readonly string[]): void {
  for (const line of lines) {
    all.push(`${clip.name}: ${line}`);
    console.log(`- ${clip.name}: ${line}`);
  }
}

/** Every film for every player, in any order. */
function pairsOf(house: MediaHouse): { clip: Clip; player: ClientCapabilities }[] {
  const pairs = house.clips.flatMap((clip) => [copyingPlayer, plainPlayer].map((player) => ({ clip, player })));
  return pairs
    .map((pair) => ({ pair, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ pair }) => pair);
}

/** As few playbacks at a time as can be: a person may have only so many. */
async function play<T>(
  house: MediaHouse,
  { clip, player }: { clip: Clip; player: ClientCapabilities },
  work: (shown: Shown) => Promise<T>,
): Promise<T> {
  const session = await house.begin(clip, player);
  try {
    return await work(await show(session, house.hearth.url, clip));
  } finally {
    await house.end(session);
  }
}

async function seekAtRandom(house: MediaHouse, count: number, tally: Tally): Promise<void> {
  const pairs = pairsOf(house);
  const until = tally.seeks + count;
  for (const [index, pair] of pairs.entries()) {
    const share = Math.ceil((until - tally.seeks) / (pairs.length - index));
    await play(house, pair, async (shown) => {
      for (let done = 0; done < share; done++) {
        const began = performance.now();
        const { findings, offsetsSeconds } = await proveSeek(shown, pick(pair.clip.pictures), pick);
        found(tally.findings, pair.clip, findings);
        tally.offsets.push(...offsetsSeconds);
        tally.seekMs.push(performance.now() - began);
        tally.seeks++;
      }
    }).catch((error: unknown) => found(tally.findings, pair.clip, [String(error)]));
  }
}

async function proveAllWhole(house: MediaHouse): Promise<string[]> {
  const findings: string[] = [];
  for (const pair of pairsOf(house)) {
    const lines = await play(house, pair, async (shown) => {
      const renditions = [...shown.title.video, ...shown.title.audio];
      const segments = renditions.reduce((sum, { playlist }) => sum + playlist.segments.length, 0);
      const own = await proveWhole(shown);
      console.log(`${pair.clip.name}: ${renditions.length} renditions, ${segments} segments, ${own.length} findings`);
      return own;
    }).catch((error: unknown) => [String(error)]);
    found(findings, pair.clip, lines);
  }
  return findings;
}

async function proveAllSwitches(house: MediaHouse, walks: number): Promise<string[]> {
  const findings: string[] = [];
  let changes = 0;
  let openEntries = 0;
  for (const clip of house.clips) {
    const walk = (copied: Shown) =>
      play(house, { clip, player: plainPlayer }, async (made) => {
        const all = together(copied, made);
        for (let done = 0; done < walks && all.title.video.length > 1; done++) {
          const proof = await proveSwitches(all, pick);
          changes += proof.changes;
          openEntries += proof.openEntries;
          found(findings, clip, proof.findings);
        }
      });
    const pair = { clip, player: copyingPlayer };
    await play(house, pair, walk).catch((error: unknown) => found(findings, clip, [String(error)]));
    console.log(`${clip.name}: ${changes} changes so far, ${findings.length} findings`);
  }
  console.log(`${changes} changes of the rung, ${openEntries} of them at an open group, ${findings.length} findings`);
  return findings;
}

const part = (sorted: readonly number[], share: number) =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;

function report({ seeks, findings, offsets, seekMs }: Tally, rest: readonly string[]): void {
  const far = offsets.map((offset) => Math.abs(offset) * 1000).toSorted((a, b) => a - b);
  const times = seekMs.toSorted((a, b) => a - b);
  console.log(
    `\nseed ${values.seed}: ${seeks} seeks, ${findings.length} findings; whole films and changes: ${rest.length} findings`,
  );
  console.log(
    `sound against picture, ${far.length} chirps: median ${part(far, 0.5).toFixed(2)} ms, 99 % ${part(far, 0.99).toFixed(2)} ms, most ${part(far, 1).toFixed(2)} ms`,
  );
  console.log(
    `a seek with its decoding: median ${part(times, 0.5).toFixed(0)} ms, 95 % ${part(times, 0.95).toFixed(0)} ms, most ${part(times, 1).toFixed(0)} ms`,
  );
}

/** Sources of every sort. */
async function proveSources(dataDir: string): Promise<number> {
  const tally: Tally = { seeks: 0, findings: [], offsets: [], seekMs: [] };
  const rest: string[] = [];
  let house = await startMediaHouse(names, { dataDir });
  try {
    while (tally.seeks < seekCount) {
      await seekAtRandom(house, Math.min(roundSeeks, seekCount - tally.seeks), tally);
      console.log(`${tally.seeks} seeks, ${tally.findings.length} findings`);
      const { url, cookie, appPassword } = house.hearth;
      await house.hearth.stop();
      rmSync(join(dataDir, "cache", "segments"), { recursive: true, force: true });
      house = await startMediaHouse(names, { dataDir, again: { url, cookie, appPassword } });
    }
    rest.push(...(await proveAllWhole(house)), ...(await proveAllSwitches(house, Number(values.walks))));
  } finally {
    await house.hearth.stop();
  }
  report(tally, rest);
  return tally.findings.length + rest.length;
}

async function proveFeature(dataDir: string): Promise<number> {
  const house = await startMediaHouse(names, { dataDir });
  try {
    const options = { seeks: seekCount, pick, say: (line: string) => console.log(line) };
    const findings = await proveLong(house, house.clip(longClip), options);
    for (const line of findings.slice(0, 100)) console.log(`- ${line}`);
    console.log(`seed ${values.seed}: ${findings.length} findings`);
    return findings.length;
  } finally {
    await house.hearth.stop();
  }
}

const dataDir = mkdtempSync(join(tmpdir(), "hearth-proof-"));
try {
  process.exitCode = (await (values.long ? proveFeature : proveSources)(dataDir)) === 0 ? 0 : 1;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

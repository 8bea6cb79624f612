import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, type Bench } from "../kit/bench.ts";
import { at, runLoad } from "../kit/load.ts";
import { interleave, type Subject } from "../kit/rounds.ts";
import { median } from "../kit/stats.ts";
import type { Figure, PartResult, Peer } from "../kit/types.ts";
import { ratioVerdict } from "../kit/verdict.ts";

const placedTimeoutMs = 60_000;

/** A folder of `entries` small files put on disk behind each server's back; waits until a listing shows them all. */
async function placeFolder(peer: Peer, name: string, entries: number): Promise<void> {
  const folder = join(peer.folder, name);
  if (!existsSync(folder)) await ask(peer, "MKCOL", `${name}/`);
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < entries; index++) {
    writeFileSync(join(folder, `document number ${String(index).padStart(6, "0")}.txt`), "some text\n");
  }
  const deadline = performance.now() + placedTimeoutMs;
  while (performance.now() < deadline) {
    const listing = await (await ask(peer, "PROPFIND", `${name}/`, undefined, { depth: "1" })).text();
    if ((listing.match(/<[^/>]*:?href>/gi) ?? []).length === entries + 1) return;
    await Bun.sleep(100);
  }
  throw new Error(`${peer.name} does not list the ${entries} files of ${name}`);
}

async function measure(bench: Bench, peers: readonly Peer[], entries: number): Promise<PartResult> {
  const folder = `folder-${entries}`;
  for (const peer of peers) await placeFolder(peer, folder, entries);
  const scale = bench.settings.quick ? 0.25 : 1;
  const count = Math.ceil((entries <= 1000 ? 60 : 12) * scale);
  const unchanged = peers.map((peer): Subject => ({
    name: peer.name,
    run: async () => {
      const answer = await runLoad({ kind: "propfind", target: at(peer, `${folder}/`), count });
      return median(answer.each ?? []) * 1000;
    },
  }));
  const changes = Math.ceil((entries <= 1000 ? 30 : 8) * scale);
  const changed = peers.map((peer): Subject => ({
    name: peer.name,
    run: async (round) => {
      const job = {
        kind: "propfind-after-change",
        target: at(peer, `${folder}/`),
        count: changes,
        tag: `${round + 1}`,
      } as const;
      return median((await runLoad(job)).each ?? []) * 1000;
    },
  }));
  const title = `PROPFIND depth 1, ${entries.toLocaleString("en")} entries`;
  const figure = (kind: string, samples: Record<string, number[]>): Figure => ({
    part: "propfind",
    title: `${title}, ${kind}`,
    unit: "ms",
    samples,
    note: "median of one request after the other on one connection",
  });
  const still = figure("unchanged", await interleave(unchanged, bench.settings.rounds));
  const after = figure("right after a change", await interleave(changed, bench.settings.rounds));
  return {
    figures: [still, after],
    verdicts: [
      ...ratioVerdict(still, { ours: "Hearth", base: "Apache", atLeast: 2, lowerIsBetter: true }),
      ...ratioVerdict(after, { ours: "Hearth", base: "Apache", atLeast: 1, lowerIsBetter: true }),
    ],
  };
}

/** Listings of 1,000 and 10,000 entries, unchanged and right after a PUT into the folder. */
export async function propfind(bench: Bench): Promise<PartResult> {
  const peers = [await bench.apache(), await bench.rclone(), ...(await bench.hearth())];
  const results = [await measure(bench, peers, 1000), await measure(bench, peers, 10_000)];
  return {
    figures: results.flatMap((result) => result.figures),
    verdicts: results.flatMap((result) => result.verdicts),
  };
}

import { ask, type Bench } from "../kit/bench.ts";
import { at, runLoad } from "../kit/load.ts";
import { interleave, type Subject } from "../kit/rounds.ts";
import type { PartResult, Peer } from "../kit/types.ts";
import { ratioVerdict } from "../kit/verdict.ts";

const largeBytes = 512 * 1024 * 1024;
const smallBytes = 1024;
const smallConnections = 6;

/** Dirty pages of one subject must not be written back in the time of the next. */
function settleDisk(): void {
  Bun.spawnSync(["sync"]);
}

/** PUT of 512 MiB under a new name each time; the file is deleted outside the measured time. */
export async function putLarge(bench: Bench): Promise<PartResult> {
  const peers = [
    await bench.apache(),
    await bench.rclone(),
    ...(await bench.hearth()),
    ...(await bench.hearth({ durability: "relaxed" })),
  ];
  const disk = bench.folder("disk");
  const put = (peer: Peer): Subject => ({
    name: peer.name,
    run: async (round) => {
      settleDisk();
      const name = `large-${round + 1}.bin`;
      const { seconds } = await runLoad({ kind: "put", target: at(peer, name), sizeBytes: largeBytes });
      await ask(peer, "DELETE", name);
      return largeBytes / seconds / 1e6;
    },
  });
  const bare: Subject = {
    name: "bare write + fdatasync",
    run: async () => {
      settleDisk();
      const { seconds } = await runLoad({ kind: "bare-write", folder: disk, sizeBytes: largeBytes });
      return largeBytes / seconds / 1e6;
    },
  };
  const samples = await interleave([...peers.map(put), bare], bench.settings.rounds);
  const figure = { part: "put-large", title: "PUT 512 MiB", unit: "MB/s", samples };
  return { figures: [figure], verdicts: ratioVerdict(figure, { ours: "Hearth", base: "Apache", atLeast: 1 }) };
}

/** PUTs of new files of 1 KiB over 6 connections into a folder made for the round. */
export async function putSmall(bench: Bench): Promise<PartResult> {
  const peers = [
    await bench.apache(),
    await bench.rclone(),
    ...(await bench.hearth()),
    ...(await bench.hearth({ durability: "relaxed" })),
  ];
  const count = bench.settings.quick ? 1200 : 3000;
  const put = (peer: Peer): Subject => ({
    name: peer.name,
    run: async (round) => {
      const folder = `small-${round + 1}/`;
      await ask(peer, "MKCOL", folder);
      settleDisk();
      const target = at(peer, folder);
      const job = { kind: "put-many", target, sizeBytes: smallBytes, connections: smallConnections, count } as const;
      return count / (await runLoad(job)).seconds;
    },
  });
  const loop: Subject = {
    name: "bare durable loop",
    run: async (round) => {
      const folder = bench.folder(`bare-${round + 1}`);
      settleDisk();
      const job = { kind: "bare-loop", folder, sizeBytes: smallBytes, concurrency: smallConnections, count } as const;
      return count / (await runLoad(job)).seconds;
    },
  };
  const samples = await interleave([...peers.map(put), loop], bench.settings.rounds);
  const title = `PUT 1 KiB, ${smallConnections} connections`;
  const figure = { part: "put-small", title, unit: "files/s", samples };
  return {
    figures: [figure],
    verdicts: [
      ...ratioVerdict(figure, { ours: "Hearth relaxed", base: "Apache", atLeast: 1.2, title: `${title}, relaxed` }),
      ...ratioVerdict(figure, { ours: "Hearth", base: loop.name, atLeast: 2, title: `${title}, strict` }),
    ],
  };
}

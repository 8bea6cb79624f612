import { cpSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runNextcloudcmd } from "#kit";
import { ask } from "../kit/bench.ts";
import { cpuSeconds } from "../kit/processes.ts";
import { median } from "../kit/stats.ts";
import type { Peer } from "../kit/types.ts";

/** What a client does, in the order it is measured. */
export const phases = ["send", "fetch", "idle"] as const;
export type Phase = (typeof phases)[number];

export interface PhaseSample {
  readonly seconds: number;
  /** Processor time of the server meanwhile, in seconds. */
  readonly cpuSeconds: number;
}

export interface RoundOptions {
  /** The files to send; copied, since a client keeps its own database beside them. */
  readonly source: string;
  /** Empty; everything of this round goes here. */
  readonly folder: string;
  /** Name of the round's folder on the server, which must be new. */
  readonly remote: string;
  readonly files: number;
}

const phaseTimeoutMs = 600_000;
/** A client knows the etags of folders it has filled itself after the second run only, and from then on asks for the top alone. */
const runsUntilIdle = 2;
const idleRuns = 15;
/** The server follows what was sent (words, guard) for a while; a run with nothing to do is measured when it is done with that. */
const settled = { everyMs: 500, cpuSeconds: 0.02, atMostMs: 120_000 };

/** One client sends the files into a folder of its own, another fetches them, and then has nothing to do. */
export async function runPhases(peer: Peer, options: RoundOptions): Promise<Readonly<Record<Phase, PhaseSample>>> {
  const { source, folder, remote, files } = options;
  await ask(peer, "MKCOL", `${remote}/`);
  const [sender, receiver, home] = ["sender", "receiver", "home"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [receiver, home]) mkdirSync(made, { recursive: true });
  cpSync(source, sender, { recursive: true, preserveTimestamps: true });
  const sync = async (dir: string): Promise<PhaseSample> => {
    const [user = "", password = ""] = credentialsOf(peer);
    const cpuBefore = cpuSeconds(peer.pid);
    const run = await runNextcloudcmd({
      dir,
      url: `http://127.0.0.1:${peer.port}`,
      user,
      password,
      home,
      args: ["--silent", "--path", `/${remote}`],
      timeoutMs: phaseTimeoutMs,
    });
    if (run.code !== 0) {
      const hint = "run it by hand without --silent to see why";
      throw new Error(`${peer.name}: the client ended with ${run.code}; ${hint}. ${run.output.slice(-2000)}`);
    }
    return { seconds: run.durationMs / 1000, cpuSeconds: cpuSeconds(peer.pid) - cpuBefore };
  };

  settleDisk();
  const send = await sync(sender);
  settleDisk();
  const fetch = await sync(receiver);
  requireSame(source, receiver, files, peer.name);
  for (let run = 0; run < runsUntilIdle; run++) await sync(receiver);
  await settleServer(peer);
  const idle: PhaseSample[] = [];
  for (let run = 0; run < idleRuns; run++) idle.push(await sync(receiver));
  const middle = (of: (sample: PhaseSample) => number) => median(idle.map(of));
  return {
    send,
    fetch,
    idle: { seconds: middle(({ seconds }) => seconds), cpuSeconds: middle((sample) => sample.cpuSeconds) },
  };
}

/** Dirty pages of one phase must not be written back in the time of the next. */
function settleDisk(): void {
  Bun.spawnSync(["sync"]);
}

async function settleServer({ name, pid }: Peer): Promise<void> {
  for (let waitedMs = 0; waitedMs < settled.atMostMs; waitedMs += settled.everyMs) {
    const before = cpuSeconds(pid);
    await Bun.sleep(settled.everyMs);
    if (cpuSeconds(pid) - before <= settled.cpuSeconds) return;
  }
  throw new Error(`${name} is still at work ${settled.atMostMs / 1000} s after the last file`);
}

function credentialsOf({ authorization }: Peer): readonly string[] {
  const encoded = authorization.trim().split(" ").at(-1) ?? "";
  return Buffer.from(encoded, "base64").toString().split(":");
}

/** Every file has come back with its size; a stub knows no more of it. */
function requireSame(source: string, receiver: string, files: number, name: string): void {
  const sizes = (root: string) =>
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".txt"))
      .map((path) => `${path} ${lstatSync(join(root, path)).size}`)
      .toSorted();
  const [sent, fetched] = [sizes(source), sizes(receiver)];
  if (fetched.length !== files || fetched.join("\n") !== sent.join("\n"))
    throw new Error(`${name}: ${fetched.length} of ${files} files came back, or other ones`);
}

import { join } from "node:path";
import { parseArgs } from "node:util";
import { storm } from "../test/system/crash/storm.ts";

const usage = `bun scripts/storm.ts crash [--kills 100] [--clients 6] [--seed N]   kill the server under mixed writes
bun scripts/storm.ts properties [--times 20]                        more random cases
bun scripts/storm.ts endurance [--times 5]                          more transfers and files
bun scripts/storm.ts sync [--times 10] [--seed N]                   longer storms of sync clients, page, shell and kills
bun scripts/storm.ts clients                                        10,000 files and one of 2 GiB through three sync clients
bun scripts/storm.ts bulk [--times 10]                              50,000 files untarred, moved and removed on the disk`;

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    kills: { type: "string" },
    clients: { type: "string" },
    seed: { type: "string" },
    times: { type: "string" },
  },
});

function count(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`"${text}" is not a count\n${usage}`);
  return value;
}

async function crash(): Promise<boolean> {
  const seed = count(values.seed, Date.now() % 2 ** 31);
  console.log(`seed ${seed}`);
  const { kills, clients } = { kills: count(values.kills, 100), clients: count(values.clients, 6) };
  const result = await storm({ kills, clients, seed, maxLifeMs: 2000, onRound: (line) => console.log(line) });
  const ready = result.readyMs.toSorted((a, b) => a - b);
  console.log(`${result.kills} kills, ${result.acknowledged} acts acknowledged`);
  console.log(`${result.interrupted} acts under way at a kill, ${result.interruptedDone} of them seen as done`);
  console.log(
    `restart until logged in: median ${Math.round(ready[ready.length >> 1] ?? 0)} ms, slowest ${Math.round(ready.at(-1) ?? 0)} ms`,
  );
  for (const line of result.violations) console.log(`VIOLATION ${line}`);
  return result.violations.length === 0;
}

/** The files of `npm test` with more cases; they read how many from the environment. */
async function tests(files: readonly string[], env: Record<string, string>): Promise<boolean> {
  const paths = files.map((file) => join(import.meta.dir, "../test", `${file}.test.ts`));
  const child = Bun.spawn([process.execPath, "test", "--timeout=3600000", ...paths], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return (await child.exited) === 0;
}

const seedOf = (seed: string | undefined): Record<string, string> =>
  seed === undefined ? {} : { HEARTH_TEST_SEED: seed };
const times = (fallback: number) => count(values.times, fallback);
const storms: Record<string, () => Promise<boolean>> = {
  crash,
  properties: () =>
    tests(["system/power-cut", "system/index-property", "system/bad-input"], { HEARTH_TEST_TIMES: String(times(20)) }),
  endurance: () => tests(["system/endurance"], { HEARTH_TEST_TIMES: String(times(5)) }),
  sync: () => tests(["conformance/sync-property"], { HEARTH_TEST_TIMES: String(times(10)), ...seedOf(values.seed) }),
  clients: () => tests(["conformance/sync-clients"], { HEARTH_TEST_TIMES: String(times(5)) }),
  bulk: () => tests(["system/out-of-band"], { HEARTH_TEST_TIMES: String(times(10)) }),
};
const chosen = storms[positionals[0] ?? ""];
if (chosen === undefined) console.log(usage);
process.exitCode = chosen === undefined ? 2 : (await chosen()) ? 0 : 1;

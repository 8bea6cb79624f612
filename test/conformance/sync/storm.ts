import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDice, type Dice } from "../../system/crash/client.ts";
import { brokenInvariants } from "../../system/invariants.ts";
import {
  davTree,
  defectsIn,
  diskTree,
  startSystem,
  type System,
  treeDifference,
  untilNone,
} from "../../system/support.ts";
import { createSyncClient, type SyncClient } from "../nextcloud-support.ts";
import { actOnFolder, anchor, type Hands } from "./acts.ts";
import { compareTrees, isConflict, lostByClient, requestsIn, retrySoon } from "./desktop.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { actOnPage } from "./page.ts";
import { lookAtSurface, type Surface, wrongEtags } from "./surface.ts";

interface SyncStormOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Sync clients, each with a folder of its own. */
  readonly clients: number;
  readonly onRound?: (line: string) => void;
}

export interface SyncStormResult {
  readonly acts: number;
  readonly syncs: number;
  readonly kills: number;
  /** Runs in which the client said that it does what it should not. */
  readonly clientDefects: number;
  readonly conflicts: number;
  readonly settleRuns: number;
  readonly violations: readonly string[];
}

/** A change shows in the etags within this time, however it was made. */
const seenWithinMs = 1000;
const maxSettleRuns = 12;
/** Longer than notices of the kernel are gathered. */
const calmForMs = 120;
/** Every save is a version, so that nothing that was acknowledged may be gone; and a storm looks like ransomware. */
const config = "services: { storage: { versions: { mergeSeconds: 0 }, ransomware: { enabled: false } } }\n";

/** Everything that happens in one storm. */
interface World {
  readonly dataDir: string;
  readonly dice: Dice;
  readonly ledger: Ledger;
  readonly clients: readonly SyncClient[];
  /** What was done, in order; printed when something is wrong. */
  readonly trace: string[];
  /** Paths on the server on which something was done since the last look. */
  readonly touched: Set<string>;
  readonly hands: (where: "client" | "server") => Hands;
  server: System;
  /** As it was when all was quiet last. */
  surface: Surface;
  acts: number;
  syncs: number;
  kills: number;
  clientDefects: number;
}

/** Clients, the page and a shell on the disk at random, with kills; throws nothing, tells what was violated. */
export async function syncStorm(options: SyncStormOptions): Promise<SyncStormResult> {
  const world = await open(options);
  const violations: string[] = [];
  let settleRuns = 0;
  try {
    for (let round = 1; round <= options.rounds && violations.length === 0; round++) {
      violations.push(...(await playRound(world)));
      options.onRound?.(`round ${round}: ${world.acts} acts, ${world.syncs} syncs, ${world.kills} kills`);
    }
    if (violations.length === 0) {
      const settled = await converge(world);
      settleRuns = settled.runs;
      violations.push(...settled.violations);
    }
  } catch (error) {
    violations.push(Bun.inspect(error));
  }
  const conflicts = world.clients.flatMap(({ dir }) => [...diskTree(dir).keys()].filter(isConflict)).length;
  await world.server.stop();
  if (violations.length > 0) {
    violations.push(`seed ${options.seed}; kept: ${[world.dataDir, ...world.clients.map(({ dir }) => dir)].join(" ")}`);
    violations.push(...world.trace.slice(-400));
  } else {
    rmSync(world.dataDir, { recursive: true, force: true });
    for (const client of world.clients) client.remove();
  }
  const { acts, syncs, kills, clientDefects } = world;
  return { acts, syncs, kills, clientDefects, conflicts, settleRuns, violations };
}

async function open({ seed, clients }: SyncStormOptions): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-sync-storm-"));
  writeFileSync(join(dataDir, "hearth.yaml"), config);
  const trace: string[] = [];
  const ledger = createLedger((line) => void trace.push(line));
  // The client sees a local change by size and whole seconds: every change gets a second of its own.
  let second = 1_700_000_000;
  const nextSecond = () => (second += 2);
  const world: World = {
    dataDir,
    dice: createDice(seed),
    ledger,
    clients: Array.from({ length: clients }, () => createSyncClient(() => world.server)),
    trace,
    touched: new Set(),
    hands: (where) => ({
      ledger,
      nextSecond,
      destroyed: where === "server" ? ledger.forgive : ledger.forgiveIfOnlyHere,
    }),
    server: await startSystem({ dataDir }),
    surface: new Map(),
    acts: 0,
    syncs: 0,
    kills: 0,
    clientDefects: 0,
  };
  writeFileSync(join(world.server.homePath, anchor), "it stays");
  for (const client of world.clients) await client.sync();
  world.surface = await lookAtSurface(world.server);
  return world;
}

async function playRound(world: World): Promise<string[]> {
  const { dice } = world;
  for (const act of [onPage, onDisk]) {
    await act(world);
    const wrong = await quiet(world, `after one act ${act.name}`, true);
    if (wrong.length > 0) return wrong;
  }
  for (const [index, client] of world.clients.entries()) {
    for (let left = dice.below(5); left > 0; left--) {
      const { name, paths } = actOnFolder(client.dir, dice, world.hands("client"));
      note(world, `client ${index}: ${name} ${paths.join(" → ")}`);
    }
  }
  const problems = await syncAmidChanges(world, dice.below(3) === 0);
  return [...problems, ...(await quiet(world, "after the round", false))];
}

function note(world: World, line: string): void {
  world.acts++;
  world.trace.push(line);
}

async function onPage(world: World): Promise<void> {
  const begin = (name: string, paths: readonly string[]) => {
    note(world, `page: ${name} ${paths.join(" → ")}`);
    for (const path of paths) world.touched.add(path);
  };
  await actOnPage(world.server, world.dice, world.ledger, begin);
}

async function onDisk(world: World): Promise<void> {
  const { name, paths } = actOnFolder(world.server.homePath, world.dice, world.hands("server"));
  note(world, `disk: ${name} ${paths.join(" → ")}`);
  for (const path of paths) world.touched.add(path);
}

/** All clients sync at once while the page and the disk change; now and then the server dies of it. */
async function syncAmidChanges(world: World, withKill: boolean): Promise<string[]> {
  const { dice } = world;
  const problems: string[] = [];
  let syncing = true;
  let dead = false;
  const syncs = Promise.all(world.clients.map((client, index) => syncOnce(world, client, index))).finally(() => {
    syncing = false;
  });
  const changes = (async () => {
    while (syncing && !dead) {
      await Bun.sleep(10 + dice.below(120));
      if (syncing) await (dice.below(2) === 0 ? onPage(world) : onDisk(world));
    }
  })().catch((error: unknown) => {
    if (!dead) problems.push(String(error));
  });
  if (withKill) {
    await Bun.sleep(dice.below(700));
    dead = true;
    problems.push(...(await killAndStart(world)));
  }
  await Promise.all([syncs, changes]);
  return problems;
}

async function killAndStart(world: World): Promise<string[]> {
  const { server } = world;
  world.kills++;
  await server.kill();
  world.trace.push("killed");
  if (world.dice.below(2) === 0) await onDisk(world);
  world.server = await startSystem({ dataDir: world.dataDir, again: server });
  return defectsIn(server.log());
}

/** What the client asked for on the server is touched; a run may fail while others change the same things. */
async function syncOnce(world: World, client: SyncClient, index: number): Promise<{ code: number; changes: number }> {
  world.syncs++;
  retrySoon(client);
  const before = diskTree(client.dir);
  const { code, output } = await client.sync({ mayFail: true });
  const lost = lostByClient(output, before, diskTree(client.dir));
  for (const hash of lost) world.ledger.forgiveIfOnlyHere(hash);
  if (lost.length > 0) world.clientDefects++;
  writeFileSync(join(client.dir, "..", `run-${world.trace.length}.log`), output);
  const changes = requestsIn(output);
  for (const { method, path } of changes) {
    world.trace.push(`client ${index}: ${method} ${path}`);
    if (method !== "GET") world.touched.add(path);
  }
  world.trace.push(`client ${index}: ended with ${code}`);
  return { code, changes: changes.length };
}

/** Nobody writes: listing and disk agree, the index is sound, nothing is lost, and the etags tell exactly what changed. */
async function quiet(world: World, when: string, isExact: boolean): Promise<string[]> {
  const { server } = world;
  let surface = world.surface;
  const touched = isExact ? undefined : world.touched;
  const etags = await untilNone(async () => {
    surface = await lookAtSurface(server);
    return wrongEtags(world.surface, surface, touched);
  }, seenWithinMs);
  surface = await calm(server, surface);
  const trees = await untilNone(async () => treeDifference(server.homePath, await davTree(server)));
  const broken = await untilNone(() => brokenInvariants(server));
  world.surface = surface;
  world.touched.clear();
  const folders = world.clients.map(({ dir }) => dir);
  const lost = world.ledger.missing(server, folders);
  return [...etags, ...trees, ...broken, ...lost, ...defectsIn(server.log())].map((line) => `${when}: ${line}`);
}

/** The surface once nothing is being taken in any more: two looks that are the same. */
async function calm(server: System, first: Surface): Promise<Surface> {
  let before = first;
  for (const until = performance.now() + 5000; performance.now() < until;) {
    await Bun.sleep(calmForMs);
    const now = await lookAtSurface(server);
    if (wrongEtags(before, now).length === 0 && Bun.deepEquals(before, now)) return now;
    before = now;
  }
  throw new Error("the server does not come to rest");
}

/** Runs of the clients in turn until a whole turn changes nothing. Then all trees are the same, but for conflict files. */
async function converge(world: World): Promise<{ runs: number; violations: string[] }> {
  let runs = 0;
  for (let calmRuns = 0; calmRuns < world.clients.length && runs < maxSettleRuns; runs++) {
    const index = runs % world.clients.length;
    const { code, changes } = await syncOnce(world, world.clients[index] as SyncClient, index);
    calmRuns = code === 0 && changes === 0 ? calmRuns + 1 : 0;
  }
  const violations = await quiet(world, "at the end", false);
  const newcomer = createSyncClient(() => world.server);
  await newcomer.sync();
  for (const [index, client] of [...world.clients, newcomer].entries()) {
    const { missing, tooMany, clientDefects } = compareTrees(world.server.homePath, client);
    world.clientDefects += clientDefects;
    violations.push(...missing.map((path) => `client ${index} lacks ${path}`));
    violations.push(...tooMany.map((path) => `client ${index} has ${path}, the server not`));
  }
  newcomer.remove();
  return { runs, violations };
}

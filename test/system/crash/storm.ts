import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brokenInvariants } from "../invariants.ts";
import { davTree, defectsIn, diskTree, startSystem, type System, treeDifference, untilNone } from "../support.ts";
import {
  createDice,
  createStormClient,
  type Dice,
  resume,
  type StormClient,
  UnexpectedAnswer,
  work,
} from "./client.ts";
import { hashOf, isWhole } from "./content.ts";
import { after, difference } from "./model.ts";
import { filesBelow } from "../walk.ts";

interface StormOptions {
  readonly kills: number;
  readonly clients: number;
  readonly seed: number;
  /** The server lives between a twentieth of it and the whole. */
  readonly maxLifeMs: number;
  readonly onRound?: (line: string) => void;
}

export interface StormResult {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acts that were under way when the server was killed, and how many of them are seen as done. */
  readonly interrupted: number;
  readonly interruptedDone: number;
  readonly readyMs: readonly number[];
  readonly violations: readonly string[];
}

/** Every few rounds the trash is emptied, so that it is exercised and does not grow without end. */
const emptyTrashEvery = 8;

/** Kills the server again and again while clients write; after each restart everything acknowledged must be there. */
export async function storm(options: StormOptions): Promise<StormResult> {
  const dice = createDice(options.seed);
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-storm-"));
  const clients = Array.from({ length: options.clients }, (_, index) => createStormClient(`client${index}`));
  const violations: string[] = [];
  const readyMs: number[] = [];
  let interrupted = 0;
  let interruptedDone = 0;
  const start = async () => {
    const startedAt = performance.now();
    const server = await startSystem({ dataDir });
    readyMs.push(performance.now() - startedAt);
    await revokeOthers(server);
    return server;
  };
  let server = await start();
  try {
    for (const { name } of clients) await server.fetch(`/dav/home/${name}`, { method: "MKCOL" });
    for (let round = 1; round <= options.kills && violations.length === 0; round++) {
      violations.push(...(await liveAndDie(server, clients, dice, options)));
      server = await start();
      for (const client of clients) {
        if (client.pending !== undefined) interrupted++;
        const { lines, pendingDone } = settleModel(client, join(server.homePath, client.name));
        if (pendingDone) interruptedDone++;
        violations.push(...lines.map((line) => `${client.name}: ${line}`));
        await resume(client, server).catch((error: unknown) => violations.push(String(error)));
      }
      violations.push(...(await brokenNow(server, clients)));
      if (round % emptyTrashEvery === 0) violations.push(...(await emptyTrash(server, clients)));
      options.onRound?.(
        `round ${round}: ${acknowledgedBy(clients)} acts acknowledged, ${violations.length} violations`,
      );
    }
  } finally {
    await server.stop();
    if (violations.length === 0) rmSync(dataDir, { recursive: true, force: true });
    else violations.push(`the data is kept in ${dataDir}`, ...defectsIn(server.log()));
  }
  return {
    kills: options.kills,
    acknowledged: acknowledgedBy(clients),
    interrupted,
    interruptedDone,
    readyMs,
    violations,
  };
}

/** Every start of the fixture makes an app password, of which a person may have a limited number. */
async function revokeOthers(server: System): Promise<void> {
  const answer = await (await server.call("appPassword.list", {})).json();
  const { appPasswords } = answer as { appPasswords: { id: string; createdAtMs: number }[] };
  const [, ...older] = appPasswords.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  for (const { id } of older) await server.call("appPassword.revoke", { id });
}

function acknowledgedBy(clients: readonly StormClient[]): number {
  return clients.reduce((sum, client) => sum + client.acknowledged, 0);
}

/** One life of the server. Returns what went wrong before the kill. */
async function liveAndDie(
  server: System,
  clients: StormClient[],
  dice: Dice,
  options: StormOptions,
): Promise<string[]> {
  let isOver = false;
  const problems: string[] = [];
  const fail = (error: unknown) => {
    if (!isOver) problems.push(error instanceof UnexpectedAnswer ? error.message : `a client failed: ${String(error)}`);
  };
  const working = clients.map((client) => {
    const own = createDice(dice.below(2 ** 31));
    return work(client, server, own, () => isOver).catch(fail);
  });
  const reading = readAlong(server, clients, createDice(dice.below(2 ** 31)), () => isOver).then(
    (lines) => problems.push(...lines),
    fail,
  );
  await Bun.sleep(options.maxLifeMs / 20 + dice.below(options.maxLifeMs * 0.95));
  isOver = true;
  await server.kill();
  await Promise.all([...working, reading]);
  return [...problems, ...defectsIn(server.log())];
}

/** Reads while others write: what is visible is whole. */
async function readAlong(server: System, clients: StormClient[], dice: Dice, isOver: () => boolean): Promise<string[]> {
  const problems: string[] = [];
  while (!isOver()) {
    const client = clients[dice.below(clients.length)];
    const files = [...(client?.tree ?? [])].filter(([, hash]) => hash !== null);
    const path = files[dice.below(files.length)]?.[0];
    if (client === undefined || path === undefined) {
      await Bun.sleep(5);
      continue;
    }
    try {
      const response = await server.fetch(`/dav/home/${client.name}/${path}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      if (response.status === 200 && !isOver() && !isWhole(bytes))
        problems.push(`half a file was read: ${client.name}/${path}`);
      else if (response.status !== 200 && response.status !== 404) problems.push(`GET ${path} gave ${response.status}`);
    } catch (error) {
      if (!isOver()) throw error;
    }
  }
  return problems;
}

/** The disk must show the acknowledged acts, and of the one under way all or nothing. */
function settleModel(client: StormClient, root: string): { lines: string[]; pendingDone: boolean } {
  const found = diskTree(root);
  const before = difference(client.tree, found);
  const { pending } = client;
  client.pending = undefined;
  if (before.length === 0) return { lines: [], pendingDone: false };
  if (pending !== undefined) {
    const done = after(client.tree, pending);
    if (difference(done, found).length === 0) {
      client.tree = done;
      return { lines: [], pendingDone: true };
    }
  }
  return { lines: [...before, `under way was ${JSON.stringify(pending)}`], pendingDone: false };
}

async function brokenNow(server: System, clients: readonly StormClient[]): Promise<string[]> {
  const differences = await untilNone(async () => treeDifference(server.homePath, await davTree(server)));
  const broken = await untilNone(() => brokenInvariants(server));
  return [...differences, ...broken, ...halfFiles(server.homePath), ...missingInTrash(server, clients)];
}

function halfFiles(root: string): string[] {
  return filesBelow(root)
    .filter((path) => !isWhole(readFileSync(path)))
    .map((path) => `half a file: ${path}`);
}

/** What was deleted with an answer can be restored. */
function missingInTrash(server: System, clients: readonly StormClient[]): string[] {
  const own = join(server.volumePath, ".hearth");
  const counts = new Map<string, number>();
  for (const path of [...filesBelow(join(own, "trash")), ...filesBelow(join(own, "versions"))]) {
    const hash = hashOf(readFileSync(path));
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  const missing: string[] = [];
  for (const hash of clients.flatMap((client) => client.trashed)) {
    const left = (counts.get(hash) ?? 0) - 1;
    counts.set(hash, left);
    if (left < 0) missing.push(`deleted content ${hash} is neither in the trash nor a version`);
  }
  return missing;
}

async function emptyTrash(server: System, clients: readonly StormClient[]): Promise<string[]> {
  const response = await server.call("trash.empty", { spaceId: server.spaceId });
  const trash = join(server.volumePath, ".hearth", "trash");
  for (const client of clients) client.trashed.length = 0;
  const left = readdirSync(trash).map((name) => `left in the trash after emptying: ${name}`);
  return response.ok ? left : [`trash.empty gave ${response.status}`, ...left];
}

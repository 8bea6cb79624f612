import type { z } from "zod";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { FirewallStatus } from "./contract.ts";
import { foreignForwardDrops } from "./foreign.ts";
import { parseNetwork } from "./networks.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { Ban, TablePolicy, TunnelPolicy } from "./policy.ts";
import { findObstacles, type Obstacle } from "./rights.ts";
import { createWatch } from "./watch.ts";
import { nextRenderMs, renderRemoval, renderTable, tableName } from "./table.ts";

export interface FirewallDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether bans reach the kernel. */
  readonly dropBanned: boolean;
  readonly procDir?: string;
}

export interface Firewall {
  /**
   * Puts the rights of the tunnel in force, or takes them away with null. Where there are obstacles it only keeps them for `text`.
   * Throws `unavailable` when the kernel does not take them.
   */
  setTunnel(tunnel: TunnelPolicy | null): Promise<void>;
  /** Tables of others that drop by default what passes through this machine, as `ip filter`. */
  foreignForwardDrops(): Promise<string[]>;
  /** Whether the kernel still has the table: whoever flushes all rules takes ours along. */
  holds(): Promise<boolean>;
  /** Drops what comes from a network until then; again for the same network counts anew. Applied within moments. */
  ban(network: string, untilMs: number): void;
  unban(network: string): void;
  status(): z.infer<typeof FirewallStatus>;
  /** The table as text, also where it cannot be applied. */
  text(): string;
  /** What is missing for applying it. */
  obstacles(): Obstacle[];
  /** Takes our table away. */
  stop(): Promise<void>;
}

const timeoutMs = 10_000;
const maxOutputBytes = 64 * 1024;
/** A table of more is slow to make; the first to end go first. */
const maxBans = 10_000;
/** Bans come in bursts. */
const gatherMs = 100;
const maxTimerMs = 2 ** 31 - 1;

/** Keeps the one table we own in step with the policy. One change at a time; what comes meanwhile shares the next. */
export function createFirewall(deps: FirewallDeps): Firewall {
  const { exec, clock, log } = deps;
  const bans = new Map<string, number>();
  let tunnel: TunnelPolicy | null = null;
  let applied: { readonly atMs: number } | null = null;
  let failure: string | null = null;
  let gather: ReturnType<typeof setTimeout> | undefined;
  let renewal: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let busy: Promise<void> = Promise.resolve();

  const obstacles = () => findObstacles(["nft"], deps);
  const liveBans = (): Ban[] => {
    for (const [network, untilMs] of bans) if (untilMs <= clock.now()) bans.delete(network);
    return deps.dropBanned ? Array.from(bans, ([network, untilMs]) => ({ network, untilMs })) : [];
  };
  const policy = (): TablePolicy => ({ bans: liveBans(), tunnel });

  const holds = async () => {
    if (applied === null) return false;
    const argv = ["nft", "list", "chain", ...tableName.split(" "), "bans"];
    return (await exec.run(argv, { timeoutMs, maxOutputBytes })).exitCode === 0;
  };
  const onDeleted = async () => {
    await busy.catch(() => undefined);
    if (stopped || applied === null || (await holds())) return;
    log.warn("somebody took the firewall table away; it is put back", { table: tableName });
    applyUnasked();
  };
  const watch = createWatch({
    exec,
    log,
    onDeleted: () => void onDeleted().catch((cause: unknown) => log.warn("the table was not looked at", { cause })),
  });

  const applyNow = async (): Promise<void> => {
    clearTimeout(renewal);
    const wanted = policy();
    const nowMs = clock.now();
    if (obstacles().length > 0) return;
    if (wanted.tunnel === null && wanted.bans.length === 0) {
      watch.stop();
      if (applied !== null) await load(exec, renderRemoval());
      applied = null;
      return;
    }
    const text = renderTable(wanted, nowMs);
    await load(exec, text, ["-c"]);
    await load(exec, text);
    applied = { atMs: nowMs };
    watch.start();
    const nextMs = nextRenderMs(wanted, nowMs);
    if (nextMs !== null && !stopped) renewal = setTimeout(applyUnasked, Math.min(nextMs - nowMs, maxTimerMs));
  };
  const applyOnce = oneAtATime(async () => {
    clearTimeout(gather);
    gather = undefined;
    try {
      await applyNow();
      failure = null;
    } catch (thrown) {
      failure = thrown instanceof AppError ? thrown.detail : "The table could not be applied.";
      throw thrown;
    }
  });
  const apply = (): Promise<void> => (busy = applyOnce());
  const applyUnasked = () => {
    apply().catch((cause: unknown) => log.error("the firewall table could not be applied", { cause }));
  };
  const changeBans = () => {
    if (deps.dropBanned && !stopped) gather ??= setTimeout(applyUnasked, gatherMs);
  };

  return {
    setTunnel: (next) => {
      tunnel = next;
      return apply();
    },
    holds,
    foreignForwardDrops: () => foreignForwardDrops(exec),
    ban: (network, untilMs) => {
      const text = parseNetwork(network)?.text;
      if (text === undefined) return;
      bans.delete(text);
      bans.set(text, untilMs);
      if (bans.size > maxBans) {
        const [first] = [...bans].toSorted((a, b) => a[1] - b[1]);
        if (first !== undefined) bans.delete(first[0]);
      }
      changeBans();
    },
    unban: (network) => {
      if (bans.delete(parseNetwork(network)?.text ?? "")) changeBans();
    },
    status: () =>
      statusOf({ obstacles: obstacles(), applied, failure, wanted: policy(), dropsBanned: deps.dropBanned }),
    text: () => renderTable(policy(), clock.now()),
    obstacles,
    stop: async () => {
      stopped = true;
      clearTimeout(renewal);
      tunnel = null;
      bans.clear();
      await apply().catch((cause: unknown) => log.warn(`the table ${tableName} could not be taken away`, { cause }));
    },
  };
}

/** The text goes in by stdin: no file is left behind. What nft says of a fault names lines of our own text, which has no secrets. */
async function load(exec: Exec, text: string, flags: readonly string[] = []): Promise<void> {
  const stdin = new TextEncoder().encode(text);
  const { exitCode, stderr } = await exec.run(["nft", ...flags, "-f", "-"], { timeoutMs, maxOutputBytes, stdin });
  if (exitCode === 0) return;
  throw new AppError("unavailable", "The kernel did not take the firewall table.", { cause: new Error(stderr) });
}

interface Known {
  readonly obstacles: readonly Obstacle[];
  readonly applied: { readonly atMs: number } | null;
  readonly failure: string | null;
  readonly wanted: TablePolicy;
  readonly dropsBanned: boolean;
}

function statusOf({ obstacles, applied, failure, wanted, dropsBanned }: Known): z.infer<typeof FirewallStatus> {
  const rest = { appliedAtMs: applied?.atMs ?? null, dropsBanned, bans: [...wanted.bans], remedy: null };
  const [obstacle] = obstacles;
  if (failure !== null) return { ...rest, state: "failed", message: failure };
  if (applied !== null) return { ...rest, state: "applied", message: "The kernel has our table." };
  if (obstacle !== undefined) {
    const message = `The kernel's packet filter cannot be set: ${obstacle.message}.`;
    return { ...rest, state: "files-only", message, remedy: obstacle.remedy };
  }
  return {
    ...rest,
    state: "off",
    message: "Nothing needs the kernel's packet filter: the VPN is off and no ban is passed on.",
  };
}

import { AppError, toAppError } from "#platform/errors";
import { findObstacles, oneAtATime } from "#security/firewall";
import { allowForwarding } from "./forwarding.ts";
import type { KeyPair } from "./keys.ts";
import { makePlan, type Plan } from "./plan.ts";
import type { VpnDeps } from "./ports.ts";
import { renderServer } from "./render.ts";
import type { Repository } from "./repository.ts";
import { createTunnel, type Tunnel } from "./tunnel.ts";

/** How the machine follows what is stored. */
export interface Control {
  /**
   * Resolves when the machine does what is stored, or when it cannot be touched by this process at all. Throws `unavailable` when
   * the kernel or a program refuses; then the interface is down, so nobody has more than they should.
   */
  reconcile(): Promise<void>;
  readonly state: "off" | "running" | "files-only" | "failed";
  /** What went wrong last; null while all is well. */
  readonly failure: string | null;
  /** Devices left out, as their preshared key cannot be read. */
  readonly unreadable: Plan["unreadable"];
  /** Whether packets are passed on to others. */
  readonly forwards: boolean;
  /** They should be, and the kernel could not be told to. */
  readonly forwardingRefused: boolean;
  readonly tunnel: Tunnel;
  stop(): Promise<void>;
}

const programs = ["ip", "wg", "nft"];
const retryMs = 10_000;
const lostMs = 1_000;
/** Networks come and go, and a restarted firewall may have flushed every table. */
const reviewMs = 15_000;

export const obstaclesOf = (deps: VpnDeps) => findObstacles(programs, deps);

export function createControl(deps: VpnDeps, repository: Repository, key: () => KeyPair | undefined): Control {
  const { config, clock, log, firewall } = deps;
  let state: Control["state"] = "off";
  let failure: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let inForce = "";
  let plan: Plan | undefined;
  let forwardingRefused = false;
  const onLost = () => {
    inForce = "";
    wake(lostMs);
  };
  const tunnel = createTunnel({ ...deps, name: config.interface, onLost });

  const wake = (inMs: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void reconcile().catch(() => undefined), Math.max(inMs, 0));
  };

  const takeDown = async () => {
    await tunnel.down();
    await firewall.setTunnel(null);
  };
  /** Rights first, then the keys: nobody is let in before the rules that hold them are there. */
  const put = async (plan: Plan, pair: KeyPair) => {
    await firewall.setTunnel(plan.policy);
    if (obstaclesOf(deps).length > 0) return "files-only" as const;
    forwardingRefused = plan.forwards && !tryForwarding(deps);
    await tunnel.apply(renderServer({ key: pair, port: config.port, peers: plan.peers }), plan.addresses);
    return "running" as const;
  };
  const isInForce = async (wanted: string) => wanted === inForce && state === "running" && (await firewall.holds());
  const reconcile = oneAtATime(async () => {
    clearTimeout(timer);
    const setting = repository.setting();
    try {
      if (stopped || setting?.enabled !== true) {
        await takeDown();
        inForce = "";
        plan = undefined;
        state = "off";
        failure = null;
        return;
      }
      const pair = key();
      if (pair === undefined)
        throw new AppError("unavailable", "The server's VPN key is gone. Switch the VPN on again.");
      plan = makePlan(deps, repository, setting);
      const wanted = JSON.stringify([plan, pair]);
      if (!(await isInForce(wanted))) state = await put(plan, pair);
      inForce = wanted;
      failure = null;
      wake(Math.min(reviewMs, (plan.nextExpiryMs ?? Infinity) - clock.now()));
    } catch (thrown) {
      const error = toAppError(thrown);
      log.error("the VPN could not be set up", { cause: thrown });
      state = "failed";
      inForce = "";
      failure = error.detail;
      // Whatever holds now may be more than somebody should have.
      await tunnel.down().catch((cause: unknown) => log.error("the VPN could not be taken down", { cause }));
      wake(retryMs);
      throw error;
    }
  });

  return {
    reconcile,
    get state() {
      return state;
    },
    get failure() {
      return failure;
    },
    get unreadable() {
      return plan?.unreadable ?? [];
    },
    get forwardingRefused() {
      return forwardingRefused;
    },
    get forwards() {
      return plan?.forwards ?? false;
    },
    tunnel,
    stop: async () => {
      stopped = true;
      await reconcile().catch(() => undefined);
      clearTimeout(timer);
    },
  };
}

/** Without it devices still reach this server, so nothing fails. */
function tryForwarding({ procDir = "/proc", log }: VpnDeps): boolean {
  try {
    allowForwarding(procDir);
    return true;
  } catch (cause) {
    log.warn("the kernel could not be told to pass packets on", { cause });
    return false;
  }
}

import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import type { Exec, ProgramStream } from "#platform/exec";
import type { Logger } from "#platform/log";
import { type PeerTraffic, parseDump } from "./dump.ts";

export type Backend = "kernel" | "wireguard-go";

/** One WireGuard interface of this machine. */
export interface Tunnel {
  readonly backend: Backend | null;
  /**
   * Brings the interface up with these addresses (with length) and exactly these peers, or only brings the peers up to date when it
   * is there: sessions of peers that stay go on. Throws `unavailable`.
   */
  apply(config: string, addresses: readonly string[]): Promise<void>;
  /** By public key; empty when the interface is down. Throws `unavailable`. */
  traffic(): Promise<ReadonlyMap<string, PeerTraffic>>;
  /** Takes the interface away. Does not mind when there is none. */
  down(): Promise<void>;
}

interface TunnelDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly name: string;
  /** The program behind the interface has ended by itself. */
  readonly onLost: () => void;
}

const timeoutMs = 10_000;
const maxOutputBytes = 4 * 1024 * 1024;
/** 1500 less what WireGuard over IPv6 adds. */
const mtu = 1420;
const readyTimeoutMs = 5_000;
const pollMs = 20;

/**
 * Nothing that `wg` prints reaches an error or a log: its dump holds the private key, and its complaints quote the line they are
 * about.
 */
export function createTunnel({ exec, clock, log, name, onLost }: TunnelDeps): Tunnel {
  let backend: Backend | null = null;
  let program: ProgramStream | undefined;
  let applied = "";

  const run = (argv: readonly string[], stdin?: string) =>
    exec.run(argv, {
      timeoutMs,
      maxOutputBytes,
      ...(stdin !== undefined && { stdin: new TextEncoder().encode(stdin) }),
    });
  const require = async (what: string, argv: readonly string[], stdin?: string) => {
    const { exitCode, stdout, stderr } = await run(argv, stdin);
    if (exitCode === 0) return stdout;
    const cause = argv[0] === "wg" ? undefined : new Error(stderr);
    throw new AppError("unavailable", `The VPN interface ${name}: ${what} did not work.`, { cause });
  };

  /** A process of its own that lives as long as the interface, as the kernel's WireGuard does: a crash of ours cuts nobody off. */
  const startProgram = async () => {
    const options = { timeoutMs: Infinity, env: { LOG_LEVEL: "error" }, outlivesUs: true };
    const started = exec.stream(["wireguard-go", "-f", name], options);
    program = started;
    // What it says is of no use, but a full pipe would stop it.
    started.stdout.pipeTo(new WritableStream()).catch(() => undefined);
    void started.finished
      .catch(() => undefined)
      .then(() => {
        if (program !== started) return;
        program = undefined;
        backend = null;
        log.warn("wireguard-go has ended", { interface: name });
        onLost();
      });
    const untilMs = clock.now() + readyTimeoutMs;
    while ((await run(["wg", "show", name, "listen-port"])).exitCode !== 0) {
      if (program !== started || clock.now() > untilMs) {
        throw new AppError("unavailable", "wireguard-go did not start. Is there a /dev/net/tun?");
      }
      await Bun.sleep(pollMs);
    }
  };

  const create = async (): Promise<Backend> => {
    await removeOld();
    if ((await run(["ip", "link", "add", "dev", name, "type", "wireguard"])).exitCode === 0) return "kernel";
    await startProgram();
    return "wireguard-go";
  };

  /** What a crash left behind, and nothing that is not a tunnel. */
  const removeOld = async () => {
    const { exitCode, stdout } = await run(["ip", "-j", "-d", "link", "show", "dev", name]);
    if (exitCode !== 0) return;
    if (!/"info_kind":"(wireguard|tun)"/.test(new TextDecoder().decode(stdout).replaceAll(" ", ""))) {
      throw new AppError("unavailable", `The interface ${name} is there and is no tunnel of ours.`);
    }
    await require("removing the old one", ["ip", "link", "delete", "dev", name]);
  };

  const down = async () => {
    const running = program;
    program = undefined;
    applied = "";
    if (backend === null && running === undefined) return;
    backend = null;
    await run(["ip", "link", "delete", "dev", name]);
    running?.kill();
    await running?.finished.catch(() => undefined);
  };

  return {
    get backend() {
      return backend;
    },
    apply: async (config, addresses) => {
      const isNew = backend === null;
      backend ??= await create();
      await require("setting its devices or its port, which another program may have,", [
        "wg",
        "syncconf",
        name,
        "/dev/stdin",
      ], config);
      const wanted = addresses.join(" ");
      if (!isNew && applied === wanted) return;
      await require("clearing addresses", ["ip", "address", "flush", "dev", name]);
      await require("bringing it up", ["ip", "link", "set", "dev", name, "mtu", `${mtu}`, "up"]);
      for (const address of addresses) {
        const argv = ["ip", "address", "replace", address, "dev", name];
        if (!address.includes(":")) await require("setting an address", argv);
        // IPv6 may be switched off on this machine; IPv4 works without.
        else if ((await run(argv)).exitCode !== 0) log.warn("the VPN has no IPv6 address", { interface: name });
      }
      applied = wanted;
    },
    traffic: async () => {
      if (backend === null) return new Map();
      return parseDump(new TextDecoder().decode(await require("reading it", ["wg", "show", name, "dump"])));
    },
    down,
  };
}

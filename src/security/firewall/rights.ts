import { readFileSync } from "node:fs";
import { getuid } from "node:process";
import { type Exec, installLine } from "#platform/exec";

/** Something that keeps this process from changing the machine's network. */
export interface Obstacle {
  /** As `nft` or `right`. */
  readonly id: string;
  readonly message: string;
  /** The line that mends it. */
  readonly remedy: string | null;
}

interface RightsDeps {
  readonly exec: Pick<Exec, "which">;
  /** `/proc`, or a stand-in. */
  readonly procDir?: string;
}

/** Bit of CAP_NET_ADMIN (linux/capability.h). */
const netAdmin = 1n << 12n;

/** What is missing among the programs, and whether the kernel lets our children touch the network. Empty when all is well. */
export function findObstacles(programs: readonly string[], { exec, procDir = "/proc" }: RightsDeps): Obstacle[] {
  const missing = programs.filter((program) => exec.which(program) === null);
  const obstacles: Obstacle[] = missing.map((program) => ({
    id: program,
    message: `${program} is not installed`,
    remedy: installLine(program) ?? null,
  }));
  if (!mayChangeNetwork(procDir)) {
    obstacles.push({
      id: "right",
      message: "this process has no right to change the network",
      remedy: "run Hearth as root, or give its systemd unit AmbientCapabilities=CAP_NET_ADMIN",
    });
  }
  return obstacles;
}

/** Root hands its rights on to children; anybody else only what is in the ambient set (capabilities(7)). */
function mayChangeNetwork(procDir: string): boolean {
  const has = (set: string, status: string) => {
    const value = new RegExp(`^${set}:\\s*([0-9a-f]+)`, "m").exec(status)?.[1];
    return value !== undefined && (BigInt(`0x${value}`) & netAdmin) !== 0n;
  };
  try {
    const status = readFileSync(`${procDir}/self/status`, "utf8");
    return has(getuid?.() === 0 ? "CapEff" : "CapAmb", status);
  } catch {
    // Without /proc there is no telling, and nothing of Linux to change.
    return false;
  }
}

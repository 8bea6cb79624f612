import { readdirSync, readFileSync } from "node:fs";

/** Ids of the processes, called `name` if that is given, that this process started and that still run (Linux, proc(5)). */
export function childrenOf(pid: number, name?: string): number[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      return Number(parent) === pid && (name ?? command) === command && state !== "Z" ? [Number(entry)] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

/** Counts children of that name again and again until `work` is done; gives the most that ran at once. */
export async function mostChildren(pid: number, name: string, work: Promise<unknown>): Promise<number> {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, childrenOf(pid, name).length);
  }, 20);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
  return most;
}

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * How far the program of ours has read in an open file that has `word` among its arguments: where its own descriptor of that file stands
 * (proc(5): `task/TID/children`, `cmdline`, `fdinfo`). Null when there is no such program, or the kernel does not say.
 */
export function readPosition(fd: number, word: string): number | null {
  try {
    const target = readlinkSync(`/proc/self/fd/${fd}`);
    const child = childrenOfUs().find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word));
    if (child === undefined) return null;
    const own = readdirSync(`/proc/${child}/fd`).find((name) => readlinkSync(`/proc/${child}/fd/${name}`) === target);
    if (own === undefined) return null;
    return (
      Number(/^pos:\s*(\d+)/.exec(readFileSync(`/proc/${child}/fdinfo/${own}`, "utf8"))?.[1] ?? Number.NaN) || null
    );
  } catch {
    // It has ended in the meantime.
    return null;
  }
}

function childrenOfUs(): string[] {
  return readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(join("/proc/self/task", thread, "children"), "utf8")
      .split(" ")
      .filter((pid) => pid !== ""),
  );
}

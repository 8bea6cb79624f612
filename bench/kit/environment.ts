import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";

function firstLine(argv: string[]): string {
  const done = Bun.spawnSync(argv, { stdout: "pipe", stderr: "pipe" });
  return `${done.stdout.toString()}${done.stderr.toString()}`.split("\n")[0]?.trim() ?? "";
}

/** A program, and the Debian package that brings it. */
type Tool = readonly [program: string, debianPackage: string];

/** Names every missing package and the line that installs them; nothing is installed here. */
export function requireTools(tools: readonly Tool[]): void {
  const missing = tools.filter(([program]) => Bun.which(program) === null).map(([, name]) => name);
  if (missing.length > 0)
    throw new Error(`missing: ${missing.join(", ")}. Install with: apt-get install -y ${missing.join(" ")}`);
}

/** The machine and the versions of these programs, as lines for the report. */
export function describeMachine(tempRoot: string, programs: readonly (readonly string[])[]): string[] {
  const memoryKib = Number(/MemTotal:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0);
  return [
    `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${(memoryKib / 1024 / 1024).toFixed(0)} GiB memory, Linux ${firstLine(["uname", "-r"])}, ${firstLine(["stat", "-f", "-c", "%T", tempRoot])} file system; servers and load share the cores`,
    `load average at the start ${(loadavg()[0] ?? 0).toFixed(1)}: above the number of cores, figures are low and spread, and ratios count`,
    [`Bun ${Bun.version}`, ...programs.map((argv) => firstLine([...argv]))].join("; "),
  ];
}

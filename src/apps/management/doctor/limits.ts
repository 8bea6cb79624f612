import { readFileSync } from "node:fs";
import type { DoctorFinding } from "./contract.ts";

/** One watch for every folder; a household with photos has tens of thousands. */
const minWatches = 131_072;
const wantedWatches = 1_048_576;
const minOpenFiles = 4096;

/** Limits of the kernel that a cloud runs into. `procDir` is `/proc`. */
export function checkLimits(procDir: string): DoctorFinding[] {
  return [...checkWatches(procDir), ...checkOpenFiles(procDir)];
}

function checkWatches(procDir: string): DoctorFinding[] {
  const watches = Number(read(`${procDir}/sys/fs/inotify/max_user_watches`));
  if (!(watches > 0)) return [];
  const id = "limit.watches";
  const message = `the kernel lets ${watches} folders be watched`;
  if (watches >= minWatches) return [{ id, state: "ok", message, remedy: null, feature: null }];
  const remedy = `echo fs.inotify.max_user_watches=${wantedWatches} | sudo tee /etc/sysctl.d/60-hearth.conf && sudo sysctl --system`;
  return [{ id, state: "warning", message, remedy, feature: "changes by other programs are seen late in large trees" }];
}

function checkOpenFiles(procDir: string): DoctorFinding[] {
  const limits = /^Max open files\s+(\d+|unlimited)/m.exec(read(`${procDir}/self/limits`))?.[1];
  if (limits === undefined) return [];
  const count = limits === "unlimited" ? Infinity : Number(limits);
  const id = "limit.open-files";
  const message = `${limits} files and connections may be open at a time`;
  if (count >= minOpenFiles) return [{ id, state: "ok", message, remedy: null, feature: null }];
  return [{ id, state: "warning", message, remedy: "ulimit -n 65536", feature: "many clients at a time" }];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not on this kernel: nothing to say about it.
    return "";
  }
}

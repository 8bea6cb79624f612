import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DoctorFinding } from "./contract.ts";

interface Place {
  /** `data`, or `volume.main`. */
  readonly id: string;
  readonly path: string;
  /** What is to stand at or below `path`. */
  readonly wanted: string;
}

/** Below this uploads soon fail; below the second the database itself is at risk. */
const lowBytes = 5 * 1024 ** 3;
const criticalBytes = 512 * 1024 ** 2;
/** The file in a volume that tells a mounted disk from an empty mount point. */
const sentinel = join(".hearth", "sentinel");

const ok = (id: string, message: string): DoctorFinding => ({ id, state: "ok", message, remedy: null, feature: null });

/** The data folder can be written and has room. One that is not there yet is judged by where it will be made. */
export function checkDataDir(dataDir: string): DoctorFinding[] {
  const place = { id: "data", path: nearestExisting(dataDir), wanted: dataDir };
  return [checkWritable(place), ...checkSpace(place)];
}

/** Each volume is mounted, can be written and has room. `isNew`: no database yet, so volumes may still be made. */
export function checkVolumes(volumes: Readonly<Record<string, string>>, isNew: boolean): DoctorFinding[] {
  return Object.entries(volumes).flatMap(([name, path]) => {
    const id = `volume.${name}`;
    if (existsSync(join(path, sentinel))) {
      const place = { id, path, wanted: path };
      return [ok(`${id}.mounted`, `the volume ${name} is at ${path}`), checkWritable(place), ...checkSpace(place)];
    }
    if (isNew) {
      const place = { id, path: nearestExisting(path), wanted: path };
      return [
        ok(`${id}.mounted`, `the volume ${name} will be made at ${path}`),
        checkWritable(place),
        ...checkSpace(place),
      ];
    }
    const missing: DoctorFinding = {
      id: `${id}.mounted`,
      state: "error",
      message: `${path} has no mark of Hearth: its disk is not mounted, or the volume ${name} is new`,
      remedy: `mount the disk at ${path}; a new volume gets its mark at the next start`,
      feature: `the files in ${name}`,
    };
    return [missing];
  });
}

function checkWritable({ id, path, wanted }: Place): DoctorFinding {
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    if (statSync(path).isDirectory()) return ok(`${id}.writable`, `${path} can be written`);
  } catch {
    // Said below, the same as for a path that is no folder.
  }
  return {
    id: `${id}.writable`,
    state: "error",
    message: `${path} cannot be written by this user`,
    // Never the owner of what merely lies above: that may be the root of the system.
    remedy: `sudo install -d -o "$(id -un)" ${quote(wanted)}`,
    feature: "everything that stores",
  };
}

function checkSpace({ id, path }: Place): DoctorFinding[] {
  const { bavail, bsize } = statfsSync(path);
  const freeBytes = bavail * bsize;
  const message = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB are free at ${path}`;
  if (freeBytes >= lowBytes) return [ok(`${id}.space`, message)];
  const state = freeBytes < criticalBytes ? "error" : "warning";
  return [
    { id: `${id}.space`, state, message, remedy: "empty the trash, or move files to another disk", feature: "uploads" },
  ];
}

function nearestExisting(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** As one word of a shell. */
const quote = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate, type Certificate } from "./certificate.ts";
import { at } from "./load.ts";
import { startApache } from "./peers/apache.ts";
import { startHearth, type HearthOptions } from "./peers/hearth.ts";
import { startNginx } from "./peers/nginx.ts";
import { startRclone } from "./peers/rclone.ts";
import type { Peer, Settings } from "./types.ts";

/** What a part works with: settings, temporary folders, and servers that are stopped when the part ends. */
export interface Bench {
  readonly settings: Settings;
  readonly folder: (name: string) => string;
  readonly nginx: () => Promise<Peer>;
  readonly apache: () => Promise<Peer>;
  readonly rclone: () => Promise<Peer>;
  /** Hearth, or nothing when only the peers are to be measured. */
  readonly hearth: (options?: HearthOptions) => Promise<Peer[]>;
  readonly certificate: () => Certificate;
  /** Stops `pid`'s owner at the end of the part, whatever happens. */
  readonly onEnd: (stop: () => Promise<void>) => void;
}

/**
 * On ext4, creating a file near others deleted in the last minutes is many times slower (`recently_deleted` in the
 * kernel), and by chance hits one server and not the other. Folders below a "top" folder are spread over the disk.
 * Other file systems refuse the attribute and have no such effect.
 */
function spreadFolders(root: string): void {
  Bun.spawnSync(["chattr", "+T", root], { stderr: "ignore" });
}

const adminTimeoutMs = 30_000;

/** Runs one part in a temporary folder of its own; every server it started is stopped and the folder removed. */
export async function withBench<T>(settings: Settings, run: (bench: Bench) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(settings.tempRoot, "hearth-bench-"));
  chmodSync(root, 0o755);
  spreadFolders(root);
  const stops: (() => Promise<void>)[] = [];
  const folder = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const owned = async (starting: Promise<Peer>): Promise<Peer> => {
    const peer = await starting;
    stops.push(peer.stop);
    return peer;
  };
  let certificate: Certificate | undefined;
  const bench: Bench = {
    settings,
    folder,
    certificate: () => (certificate ??= makeCertificate(root)),
    nginx: () => owned(startNginx(folder("nginx"), folder("nginx-files"), bench.certificate())),
    apache: () => owned(startApache(folder("apache"), folder("apache-files"))),
    rclone: () => owned(startRclone(folder("rclone-files"))),
    hearth: async (options) =>
      settings.peersOnly
        ? []
        : [await owned(startHearth(folder(`hearth-${options?.durability ?? "strict"}`), options))],
    onEnd: (stop) => stops.push(stop),
  };
  try {
    return await run(bench);
  } finally {
    for (const stop of stops.reverse()) await stop();
    rmSync(root, { recursive: true, force: true });
  }
}

/** One plain request outside the measured time (MKCOL, DELETE, a first GET); fails on any status ≥ 400. */
export async function ask(
  peer: Peer,
  method: string,
  name: string,
  body?: BodyInit,
  headerFields: Record<string, string> = {},
): Promise<Response> {
  const target = at(peer, name);
  const authorization = peer.authorization.slice("Authorization: ".length).trim();
  const headers = authorization ? { ...headerFields, authorization } : headerFields;
  const response = await fetch(`http://127.0.0.1:${target.port}${target.path}`, {
    method,
    headers,
    body,
    signal: AbortSignal.timeout(adminTimeoutMs),
  });
  if (!response.ok) throw new Error(`${peer.name}: ${method} ${name}: ${response.status} ${await response.text()}`);
  return response;
}

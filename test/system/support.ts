import { Database } from "bun:sqlite";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunningHearth, startHearth } from "#kit";
import { hashOf } from "./crash/content.ts";
import { entriesBelow } from "./walk.ts";

/** How many times as much as in `npm test`: `scripts/storm.ts` sets it. */
export const times = Number(process.env["HEARTH_TEST_TIMES"] ?? 1);

/** The program with what these tests ask of it beside WebDAV. */
export interface System extends RunningHearth {
  /** Id of the home's top folder. */
  readonly homeId: number;
  readonly spaceId: number;
  /** Folder of the volume, and of the home on it. */
  readonly volumePath: string;
  readonly homePath: string;
  /** An operation as the page calls it. */
  call(name: string, input: unknown): Promise<Response>;
}

export async function startSystem(
  options: Parameters<typeof startHearth>[0] & { volumePath?: string } = {},
): Promise<System> {
  const { volumePath, ...rest } = options;
  const hearth = await startHearth(rest);
  const headers = { cookie: hearth.cookie, origin: hearth.url, "content-type": "application/json" };
  const call = (name: string, input: unknown) =>
    fetch(`${hearth.url}/api/${name}`, { method: "POST", headers, body: JSON.stringify(input) });
  const { spaces } = (await (await call("files.spaces", {})).json()) as { spaces: { id: number; rootId: number }[] };
  const volume = volumePath ?? join(hearth.dataDir, "volumes", "main");
  return {
    ...hearth,
    call,
    spaceId: spaces[0]?.id ?? 0,
    homeId: spaces[0]?.rootId ?? 0,
    volumePath: volume,
    homePath: join(volume, "home", hearth.user),
  };
}

/** Path → hash of a file, null of a folder; symbolic links and other things are left out. */
export function diskTree(root: string): Map<string, string | null> {
  const tree = new Map<string, string | null>();
  for (const { path, kind } of entriesBelow(root)) {
    if (kind !== "other") tree.set(path, kind === "folder" ? null : hashOf(readFileSync(join(root, path))));
  }
  return tree;
}

export interface Entry {
  readonly kind: "file" | "folder";
  readonly sizeBytes: number;
}

/** The tree as WebDAV clients walk it, one folder after the other. */
export async function davTree(hearth: RunningHearth, folder = "/dav/home/"): Promise<Map<string, Entry>> {
  const tree = new Map<string, Entry>();
  const todo = [folder];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const body = `<propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/></prop></propfind>`;
    const response = await hearth.fetch(next, { method: "PROPFIND", headers: { depth: "1" }, body });
    if (response.status !== 207) throw new Error(`PROPFIND ${next} gave ${response.status}`);
    for (const part of (await response.text()).split("<d:response>").slice(1)) {
      const href = /<d:href>([^<]*)</.exec(part)?.[1] ?? "";
      if (href === next) continue;
      const isFolder = part.includes("<d:collection");
      const path = decodeURIComponent(href.slice(folder.length).replace(/\/$/, ""));
      tree.set(path, {
        kind: isFolder ? "folder" : "file",
        sizeBytes: Number(/getcontentlength>(\d+)</.exec(part)?.[1] ?? 0),
      });
      if (isFolder) todo.push(href);
    }
  }
  return tree;
}

/** Where the listing and the disk differ, as lines. */
export function treeDifference(root: string, listed: ReadonlyMap<string, Entry>): string[] {
  const lines: string[] = [];
  const onDisk = new Map<string, Entry>();
  for (const { path, kind } of entriesBelow(root)) {
    if (kind !== "other") onDisk.set(path, { kind, sizeBytes: kind === "file" ? lstatSync(join(root, path)).size : 0 });
  }
  for (const [path, { kind, sizeBytes }] of onDisk) {
    const entry = listed.get(path);
    if (entry === undefined) lines.push(`not listed: ${path}`);
    else if (entry.kind !== kind || (kind === "file" && entry.sizeBytes !== sizeBytes)) {
      lines.push(`${path}: ${kind} of ${sizeBytes} on disk, ${entry.kind} of ${entry.sizeBytes} listed`);
    }
  }
  for (const path of listed.keys()) if (!onDisk.has(path)) lines.push(`listed, not on disk: ${path}`);
  return lines;
}

/** Asks again until the answer is empty; gives the last answer when the time is up. */
export async function untilNone(look: () => Promise<string[]> | string[], limitMs = 10_000): Promise<string[]> {
  const until = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found.length === 0 || performance.now() > until) return found;
    await Bun.sleep(50);
  }
}

/** Lines of the program's log that say a defect; a refused request is none. */
export function defectsIn(log: string): string[] {
  return log.split("\n").filter((line) => line !== "" && (!line.startsWith("{") || line.includes('"level":"error"')));
}

/** Opens the index beside the running program, for reading. */
export function readIndex<T>(dataDir: string, read: (database: Database) => T): T {
  const database = new Database(join(dataDir, "hearth.db"), { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

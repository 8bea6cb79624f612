import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "../../system/crash/content.ts";
import type { System } from "../../system/support.ts";
import { entriesBelow } from "../../system/walk.ts";

interface Seen {
  readonly id: string;
  readonly etag: string;
  /** Of everything in it and below it on the disk, with the ids; equal exactly when nothing changed. */
  readonly signature: string;
}

/** What a sync client sees, beside what the disk holds. The top is "". */
export type Surface = ReadonlyMap<string, Seen>;

const query = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><d:getetag/><oc:fileid/><d:resourcetype/></d:prop></d:propfind>`;

/** Throws when a listing is refused. */
export async function lookAtSurface(server: System): Promise<Surface> {
  const listed = await list(server);
  const below = new Map<string, string[]>();
  const signatures = new Map<string, string>();
  // Entries come before those below them: from the end, every folder is met after what it holds.
  for (const { path, kind } of entriesBelow(server.homePath).toReversed()) {
    const at = join(server.homePath, path);
    const own = kind === "folder" ? hashOf(Buffer.from((below.get(path) ?? []).join("\n"))) : fileSignature(at);
    const signature = `${listed.get(path)?.id} ${own}`;
    signatures.set(path, signature);
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    below.set(parent, [...(below.get(parent) ?? []), `${path.slice(path.lastIndexOf("/") + 1)} ${signature}`]);
  }
  signatures.set("", hashOf(Buffer.from((below.get("") ?? []).join("\n"))));
  return new Map([...listed].map(([path, seen]) => [path, { ...seen, signature: signatures.get(path) ?? "gone" }]));
}

function fileSignature(path: string): string {
  const stats = lstatSync(path);
  return `${stats.mtimeMs} ${stats.isFile() ? hashOf(readFileSync(path)) : ""}`;
}

async function list(server: System): Promise<Map<string, { id: string; etag: string }>> {
  const root = `/remote.php/dav/files/${server.user}/`;
  const found = new Map<string, { id: string; etag: string }>();
  const todo = [root];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const response = await server.fetch(next, { method: "PROPFIND", headers: { depth: "1" }, body: query });
    if (response.status === 404) continue;
    if (response.status !== 207) throw new Error(`PROPFIND ${next} gave ${response.status} ${await response.text()}`);
    for (const part of (await response.text()).split("<d:response>").slice(1)) {
      const href = /<d:href>([^<]*)</.exec(part)?.[1] ?? "";
      if (href === next && next !== root) continue;
      const etag = /<d:getetag>([^<]*)</.exec(part)?.[1] ?? "";
      const id = /<oc:fileid>([^<]*)</.exec(part)?.[1] ?? "";
      found.set(decodeURIComponent(href.slice(root.length).replace(/\/$/, "")), { id, etag });
      if (part.includes("<d:collection") && href !== next) todo.push(href);
    }
  }
  return found;
}

/**
 * An etag changes exactly when something at or below the entry did; as lines where not. Entries on a touched path are only held to
 * one half of it: a change shows.
 */
export function wrongEtags(before: Surface, after: Surface, touched: ReadonlySet<string> = new Set()): string[] {
  const earlier = new Map([...before].map(([path, seen]) => [seen.id, { path, ...seen }]));
  const isTouched = (path: string) =>
    [...touched].some(
      (one) => path === "" || one === path || `${one}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${one}/`),
    );
  return [...after].flatMap(([path, now]) => {
    const was = earlier.get(now.id);
    if (was === undefined || was.path !== path) return [];
    const isSame = was.signature === now.signature;
    if (!isSame && was.etag === now.etag) return [`"${path}" changed and kept its etag ${now.etag}`];
    if (isSame && was.etag !== now.etag && !isTouched(path))
      return [`"${path}" did not change, its etag did: ${was.etag} → ${now.etag}`];
    return [];
  });
}

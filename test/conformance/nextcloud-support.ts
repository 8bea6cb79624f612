import { expect } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHearth, runNextcloudcmd, type SyncRun, type SyncRunOptions } from "#kit";

/** What the client keeps beside the files. */
const ownFiles = /^(\.sync_[0-9a-f]+\.db.*|\.nextcloudsync\.log|\.owncloudsync\.log)$/;

/** A folder kept the same as a person's home by Debian's `nextcloudcmd`. */
export interface SyncClient {
  readonly dir: string;
  path(relative: string): string;
  write(relative: string, content: string | Uint8Array): void;
  read(relative: string): string;
  has(relative: string): boolean;
  /** One run to its end; expects success unless told otherwise. */
  sync(options?: { readonly mayFail?: boolean } & Pick<SyncRunOptions, "env" | "timeoutMs">): Promise<SyncRun>;
  /** Every file with a hash of its content, and every folder with a slash at its end. */
  tree(): Record<string, string>;
  remove(): void;
}

export function createSyncClient(server: () => Pick<RunningHearth, "url" | "user" | "appPassword">): SyncClient {
  const root = mkdtempSync(join(tmpdir(), "hearth-sync-"));
  const dir = join(root, "files");
  mkdirSync(dir);
  const path = (relative: string) => join(dir, relative);
  return {
    dir,
    path,
    write: (relative, content) => {
      mkdirSync(join(path(relative), ".."), { recursive: true });
      writeFileSync(path(relative), content);
    },
    read: (relative) => readFileSync(path(relative), "utf8"),
    has: (relative) => existsSync(path(relative)),
    sync: async ({ mayFail = false, ...options } = {}) => {
      const { url, user, appPassword } = server();
      const run = await runNextcloudcmd({ dir, url, user, password: appPassword, home: root, ...options });
      if (!mayFail) expect(run.code, run.output.slice(-4000)).toBe(0);
      return run;
    },
    tree: () => treeOf(dir),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function treeOf(dir: string, below = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(dir, below)).toSorted()) {
    if (ownFiles.test(name)) continue;
    const relative = below === "" ? name : `${below}/${name}`;
    const full = join(dir, relative);
    if (lstatSync(full).isDirectory()) Object.assign(found, { [`${relative}/`]: "" }, treeOf(dir, relative));
    else found[relative] = Bun.hash(readFileSync(full)).toString(36);
  }
  return found;
}

/** What the desktop client asks for in every folder. */
export const desktopQuery = `<?xml version="1.0" ?>
<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:prop>
<d:resourcetype /><d:getlastmodified /><d:getcontentlength /><d:getetag /><oc:size /><oc:id /><oc:fileid /><oc:downloadURL />
<oc:dDC /><oc:permissions /><oc:checksums /><oc:share-types /><nc:is-encrypted /><nc:metadata-files-live-photo />
<nc:is-mount-root /><d:quota-available-bytes /><d:quota-used-bytes /><nc:share-attributes /></d:prop></d:propfind>`;

/** `oc:permissions` of the entry with this address. */
export function lettersAt(xml: string, href: string): string | undefined {
  return new RegExp(`<d:href>${href}</d:href>.*?<oc:permissions>([A-Z]*)</oc:permissions>`).exec(xml)?.[1];
}

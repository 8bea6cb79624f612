import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Core, spaceOf } from "./core.ts";
import { factsAt } from "./disk.ts";
import { versionPath } from "./keep-version.ts";
import type { NodeRow } from "./nodes.ts";
import type { VersionRow } from "./versions-repository.ts";
import type { Volume } from "./volumes.ts";

/** Folders that are looked at before other work has its turn. */
const foldersAtATime = 200;

/**
 * At start, before the redo log is replayed: versions whose second name a power cut took, while the content still has its first one.
 * Only what the log has not seen brought to the disk can be concerned. The content leaves its first place, where the log then puts what
 * replaced it: a link would look like a later change, which the log respects.
 */
export function relinkUnsynced(core: Core, volume: Volume): void {
  const { first } = core.db
    .prepare<{ first: number | null }, [string]>("SELECT min(at_ms) AS first FROM redo WHERE volume = ?")
    .get(volume.name) ?? { first: null };
  if (first === null) return;
  for (const row of core.versions.since(first)) {
    const path = versionPath(volume, row.node_id, row.number);
    const node = core.nodes.get(row.node_id);
    if (node === undefined || spaceOf(core, node).volume !== volume || existsSync(path)) continue;
    if (!core.tree.isVisible(node)) continue;
    const current = core.tree.pathOf(node);
    if (!isThatFile(current, row) || !core.redo.willPlace(volume, current)) continue;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    renameSync(current, path);
    core.log.info("an earlier content was found again", { nodeId: row.node_id });
  }
}

function isThatFile(path: string, { ino, btime_us }: { ino: number; btime_us: number }): boolean {
  const facts = factsAt(path);
  return facts !== undefined && facts.ino === ino && Math.abs(facts.btimeUs - btime_us) <= 1;
}

/**
 * After a start: brings rows and files of versions together. What a killed write had linked and not yet written down becomes a version
 * if its content was replaced, and goes if it was not; a row without its file is forgotten; what belongs to no file goes.
 */
export async function sweepVersions(core: Core, volume: Volume, isStopped: () => boolean): Promise<void> {
  if (!existsSync(volume.versionsPath)) return forgetRowsWithout(core, volume, new Set());
  const folders = readdirSync(volume.versionsPath);
  let count = 0;
  for (const folder of folders) {
    if (isStopped() || !volume.isOnline()) return;
    mendFolder(core, volume, folder);
    if (++count % foldersAtATime === 0) await new Promise((done) => setImmediate(done));
  }
  if (!isStopped()) forgetRowsWithout(core, volume, new Set(folders));
}

function mendFolder(core: Core, volume: Volume, folder: string): void {
  const path = join(volume.versionsPath, folder);
  const node = /^[1-9]\d{0,15}$/.test(folder) ? core.nodes.get(Number(folder)) : undefined;
  if (node === undefined || spaceOf(core, node).volume !== volume) {
    core.log.info("versions of a file that is not in the index are removed", { path });
    rmSync(path, { recursive: true, force: true });
    return;
  }
  const files = new Set(readdirSync(path));
  const rows = core.versions.list(node.id);
  const known = new Set(rows.map(({ number }) => String(number)));
  for (const file of files) if (!known.has(file)) mendStray(core, node, join(path, file));
  forgetRows(
    core,
    rows.filter(({ number }) => !files.has(String(number))),
  );
  if (files.size === 0) rmdirSync(path);
}

/** A link without a row: of a write that was killed before or after its rename, or of a removal that was cut short. */
function mendStray(core: Core, node: NodeRow, path: string): void {
  const facts = factsAt(path);
  const number = Number(path.slice(path.lastIndexOf("/") + 1));
  // Only if the index still has the content as the current one, it was replaced by a write that nobody wrote down.
  const isReplaced =
    isThatFile(path, node) && core.tree.isVisible(node) && factsAt(core.tree.pathOf(node))?.ino !== node.ino;
  if (facts === undefined || !isReplaced || !Number.isSafeInteger(number) || number <= 0) {
    rmSync(path, { recursive: true, force: true });
    return;
  }
  core.committer.now((batch) => {
    batch.onUndo(core.versions.forgetSums);
    core.versions.insert({
      node_id: node.id,
      number,
      space_id: node.space_id,
      size_bytes: facts.sizeBytes,
      mtime_us: facts.mtimeUs,
      btime_us: facts.btimeUs,
      ino: facts.ino,
      sha1: node.sha1,
      author_id: null,
      replaced_by: null,
      replaced_at_ms: core.clock.now(),
    });
  });
  core.log.info("the content before an unfinished write is kept as a version", { nodeId: node.id });
}

function forgetRows(core: Core, rows: readonly VersionRow[]): void {
  if (rows.length === 0) return;
  core.committer.now((batch) => {
    batch.onUndo(core.versions.forgetSums);
    for (const row of rows) core.versions.remove(row);
  });
  core.log.warn("versions without content are forgotten", { nodeId: rows[0]?.node_id, count: rows.length });
}

function forgetRowsWithout(core: Core, volume: Volume, folders: ReadonlySet<string>): void {
  for (let after = 0; ;) {
    const page = core.versions.pageAfter(after, foldersAtATime);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.node_id;
    const lost = page.filter(
      (row) => core.spaces.get(row.space_id).volume === volume && !folders.has(String(row.node_id)),
    );
    // Kept while the sweep was under way.
    forgetRows(
      core,
      lost.filter((row) => !existsSync(versionPath(volume, row.node_id, row.number))),
    );
  }
}

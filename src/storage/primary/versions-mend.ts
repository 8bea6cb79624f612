import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Core, spaceOf } from "./core.ts";
import { factsAt } from "./disk.ts";
import { versionPath } from "./keep-version.ts";
import type { NodeRow } from "./nodes.ts";
import { fill } from "./replay.ts";
import type { RedoRow } from "./replay-plan.ts";
import type { VersionRow } from "./versions-repository.ts";
import type { Volume } from "./volumes.ts";

/** Folders that are looked at before other work has its turn. */
const foldersAtATime = 200;
/** A version is written down a moment before its act is logged, and clocks are set. */
const slackMs = 60_000;

/**
 * At start, before the redo log is replayed: versions that a power cut took. Only what the log has not seen brought to the disk can be
 * concerned. The content that still has its first name leaves that place, where the log then puts what replaced it: a link would look
 * like a later change, which the log respects. What was itself written since, the log has.
 */
export function mendUnsyncedVersions(core: Core, volume: Volume): void {
  const plan = core.redo.planAfterLoss(volume);
  if (plan === undefined) return;
  const logged = Map.groupBy(plan.things, (thing) => thing.ino);
  let standing: ReadonlyMap<number, string> | undefined;
  for (const row of core.versions.since(plan.firstMs - slackMs)) {
    if (core.spaces.get(row.space_id).volume !== volume) continue;
    const path = versionPath(volume, row.node_id, row.number);
    const made = logged.get(row.ino)?.find(({ btimeUs }) => Math.abs(btimeUs - row.btime_us) <= 1)?.made;
    const written = made !== undefined && isOfVersion(made, row) ? made : undefined;
    try {
      if (existsSync(path)) {
        if (written !== undefined && isTorn(path, written)) refill(core, volume, row, written);
        continue;
      }
      standing ??= filesByInode(plan.places.map((place) => join(volume.path, place)));
      const at = standing.get(row.ino);
      if (at !== undefined && isThatFile(at, row)) {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        renameSync(at, path);
        core.log.info("an earlier content was found again", { nodeId: row.node_id });
      }
      if (written !== undefined && (!existsSync(path) || isTorn(path, written))) refill(core, volume, row, written);
    } catch (cause) {
      core.log.error("an earlier content could not be brought back", { nodeId: row.node_id, cause });
    }
  }
}

/** Not what another program wrote into the file after it was logged: of that the log has nothing. */
function isOfVersion({ content, mtime_us }: RedoRow, row: VersionRow): boolean {
  return content?.byteLength === row.size_bytes && Math.abs((mtime_us ?? 0) - row.mtime_us) <= 1;
}

function isTorn(path: string, { content }: RedoRow): boolean {
  return content !== null && (factsAt(path)?.sizeBytes !== content.byteLength || !readFileSync(path).equals(content));
}

function refill(core: Core, volume: Volume, row: VersionRow, written: RedoRow): void {
  if (written.content === null) return;
  const path = versionPath(volume, row.node_id, row.number);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  fill(volume, written, path);
  const facts = factsAt(path);
  if (facts !== undefined) core.versions.isNow(row, facts);
  core.log.info("an earlier content was written again", { nodeId: row.node_id });
}

function filesByInode(paths: readonly string[]): Map<number, string> {
  return new Map(
    paths.flatMap((path) => {
      const facts = factsAt(path);
      return facts === undefined ? [] : [[facts.ino, path] as const];
    }),
  );
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

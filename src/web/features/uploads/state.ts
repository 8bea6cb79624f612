import type { ClashAnswer } from "./clash.ts";
import type { AttemptError } from "./failure.ts";
import { createLanes, type LaneLimits, type Lanes } from "./lanes.ts";
import { isOpen, type FileHandle, type OnClash, type UploadItem, type UploadSnapshot } from "./model.ts";
import { emptyRate, sampleRate, smallBelowBytes, type Rate } from "./rate.ts";
import type { PendingUpload } from "./resume.ts";
import { emptySnapshot, snapshotOf } from "./totals.ts";

/** One running transfer; `stop` keeps what the server has, `discard` throws it away there. */
export interface Transfer {
  stop(): void;
  discard(): void;
}

export interface TransferRequest {
  readonly file: File;
  readonly folderId: number;
  readonly path: string;
  readonly modifiedAtMs: number;
  readonly onClash: OnClash;
  /** Where an earlier attempt left its bytes. */
  readonly url: string | null;
  onUrl(url: string): void;
  onProgress(sentBytes: number): void;
  onDone(nodeId: number | null): void;
  onError(error: AttemptError): void;
}

export type StoredQuestion = Pick<UploadItem, "folderId" | "path" | "sizeBytes" | "modifiedAtMs">;

export interface EngineDeps {
  readonly start: (request: TransferRequest) => Transfer;
  /** Removes what the server keeps of an upload that no transfer runs for. */
  readonly discard: (url: string) => void;
  /** The stored node when exactly this file already lies at its place (size and time agree), else null. */
  readonly findStored: (file: StoredQuestion) => Promise<number | null>;
  readonly remember: (changes: { readonly put: readonly PendingUpload[]; readonly remove: readonly string[] }) => void;
  readonly nowMs: () => number;
  readonly random: () => number;
  /** Runs once after a delay; the answer calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly newKey: () => string;
  readonly limits: LaneLimits;
  /** Whose uploads these are; pending ones of others are not shown. */
  readonly scope: string;
  /** This page, so that another tab leaves its uploads alone. */
  readonly owner: string;
}

/** What the engine knows of an item besides what the page shows. */
export interface Work {
  file: File | null;
  handle: FileHandle | null;
  url: string | null;
  readonly key: string;
  readonly addedAtMs: number;
  /** An answer got lost, so the server may have the file although nobody heard of it. */
  mayBeStored: boolean;
  transfer: Transfer | null;
  cancelWait: (() => void) | null;
}

export interface Engine {
  readonly deps: EngineDeps;
  readonly lanes: Lanes;
  readonly items: Map<number, UploadItem>;
  readonly work: Map<number, Work>;
  readonly rules: Map<number, ClashAnswer>;
  readonly listeners: Set<() => void>;
  readonly changed: { readonly put: Set<number>; readonly remove: Set<string> };
  rate: Rate;
  snapshot: UploadSnapshot;
  flushPlanned: boolean;
  nextId: number;
  nextBatch: number;
}

/** Snapshots and writes are gathered for this long: five thousand files must not mean five thousand renders. */
const flushMs = 150;

export function createEngine(deps: EngineDeps): Engine {
  return {
    deps,
    lanes: createLanes(deps.limits),
    items: new Map(),
    work: new Map(),
    rules: new Map(),
    listeners: new Set(),
    changed: { put: new Set(), remove: new Set() },
    rate: emptyRate,
    snapshot: emptySnapshot,
    flushPlanned: false,
    nextId: 1,
    nextBatch: 1,
  };
}

/** Replace parts of an item; the page hears of it with the next flush. */
export function update(engine: Engine, id: number, change: Partial<UploadItem>): void {
  const item = engine.items.get(id);
  if (!item) return;
  engine.items.set(id, { ...item, ...change });
  planFlush(engine);
}

/** The record of an upload must be written, or removed once nothing is left to continue. */
export function touchRecord(engine: Engine, id: number): void {
  const item = engine.items.get(id);
  const work = engine.work.get(id);
  if (!work) return;
  if (item && (isOpen(item.state) || item.state === "failed")) engine.changed.put.add(id);
  else forgetRecord(engine, id, work.key);
  planFlush(engine);
}

export function forgetRecord(engine: Engine, id: number, key: string): void {
  engine.changed.put.delete(id);
  engine.changed.remove.add(key);
}

export function planFlush(engine: Engine): void {
  if (engine.flushPlanned) return;
  engine.flushPlanned = true;
  engine.deps.after(flushMs, () => {
    engine.flushPlanned = false;
    flush(engine);
  });
}

function flush(engine: Engine): void {
  const { changed, deps } = engine;
  const put = [...changed.put].flatMap((id) => recordOf(engine, id) ?? []);
  if (put.length > 0 || changed.remove.size > 0) deps.remember({ put, remove: [...changed.remove] });
  changed.put.clear();
  changed.remove.clear();
  const items = [...engine.items.values()];
  const running = engine.lanes.runningCount() > 0;
  if (running) {
    const sentBytes = items.reduce((sum, item) => sum + item.sentBytes, 0);
    const doneSmall = items.filter((item) => item.state === "done" && item.sizeBytes < smallBelowBytes).length;
    engine.rate = sampleRate(engine.rate, deps.nowMs(), sentBytes, doneSmall);
  } else engine.rate = emptyRate;
  engine.snapshot = snapshotOf(items, engine.rate, canReopen(engine, items));
  for (const listener of engine.listeners) listener();
  // A stalled line must be seen to stall: keep sampling while something runs.
  if (running) planFlush(engine);
}

function canReopen(engine: Engine, items: readonly UploadItem[]): boolean {
  return items.some((item) => item.state === "missing" && engine.work.get(item.id)?.handle);
}

function recordOf(engine: Engine, id: number): PendingUpload | null {
  const item = engine.items.get(id);
  const work = engine.work.get(id);
  if (!item || !work) return null;
  return {
    key: work.key,
    scope: engine.deps.scope,
    owner: engine.deps.owner,
    folderId: item.folderId,
    path: item.path,
    sizeBytes: item.sizeBytes,
    modifiedAtMs: item.modifiedAtMs,
    sentBytes: work.url === null ? 0 : item.sentBytes,
    url: work.url,
    handle: work.handle,
    addedAtMs: work.addedAtMs,
  };
}

import { asStep, settledBy, type ClashAnswer } from "./clash.ts";
import {
  isActive,
  isOpen,
  type FileHandle,
  type OnClash,
  type UploadItem,
  type UploadSnapshot,
  type UploadSource,
  type UploadState,
} from "./model.ts";
import { matchFiles, type PendingUpload } from "./resume.ts";
import { halt, hurry, pump, queue, takeStep } from "./run.ts";
import {
  createEngine,
  forgetRecord,
  planFlush,
  touchRecord,
  update,
  type Engine,
  type EngineDeps,
  type Work,
} from "./state.ts";

/** The upload engine as the page sees it. Without an id, an act means every upload it can apply to. */
export interface Uploads {
  /** What to do with a taken name: the person is asked unless it is said here. */
  enqueue(sources: readonly UploadSource[], folderId: number, onClash?: OnClash): void;
  pause(id?: number): void;
  resume(id?: number): void;
  retry(id?: number): void;
  /** Stop, and throw away what the server has of it. */
  cancel(id?: number): void;
  /** Take finished and skipped entries off the list. */
  clear(): void;
  answerClash(id: number, answer: ClashAnswer, forAll: boolean): void;
  /** Show what an earlier page left unfinished. */
  restore(records: readonly PendingUpload[]): void;
  /** Files chosen again continue where they stopped; what fits nothing comes back. */
  giveFiles(files: readonly UploadSource[]): readonly UploadSource[];
  /** Handles of files that wait to be opened again. */
  missingHandles(): readonly { readonly id: number; readonly path: string; readonly handle: FileHandle }[];
  /** The connection is back. */
  hurry(): void;
  busy(): boolean;
  subscribe(listener: () => void): () => void;
  snapshot(): UploadSnapshot;
}

export function createUploads(deps: EngineDeps): Uploads {
  const engine = createEngine(deps);
  return {
    enqueue: (sources, folderId, onClash) => enqueue(engine, sources, folderId, onClash),
    pause: (id) => each(engine, id, isActive, (item) => pauseOne(engine, item.id)),
    resume: (id) => again(engine, id, (state) => state === "paused"),
    retry: (id) => again(engine, id, (state) => state === "failed" || state === "retrying"),
    cancel: (id) => {
      each(
        engine,
        id,
        (state) => isOpen(state) || state === "failed",
        (item) => cancelOne(engine, item.id),
      );
      pump(engine);
    },
    clear: () => clear(engine),
    answerClash: (id, answer, forAll) => answerClash(engine, id, answer, forAll),
    restore: (records) => restore(engine, records),
    giveFiles: (files) => giveFiles(engine, files),
    missingHandles: () => missingHandles(engine),
    hurry: () => hurry(engine),
    busy: () => [...engine.items.values()].some((item) => isActive(item.state)),
    subscribe(listener) {
      engine.listeners.add(listener);
      return () => engine.listeners.delete(listener);
    },
    snapshot: () => engine.snapshot,
  };
}

function each(
  engine: Engine,
  id: number | undefined,
  applies: (state: UploadState) => boolean,
  act: (item: UploadItem) => void,
): void {
  const items = id === undefined ? [...engine.items.values()] : [engine.items.get(id)];
  for (const item of items) if (item && applies(item.state)) act(item);
  planFlush(engine);
}

function again(engine: Engine, id: number | undefined, applies: (state: UploadState) => boolean): void {
  each(engine, id, applies, (item) => {
    halt(engine, item.id);
    update(engine, item.id, { attempt: 0, failure: null });
    queue(engine, item.id);
  });
  pump(engine);
}

function pauseOne(engine: Engine, id: number): void {
  halt(engine, id);
  update(engine, id, { state: "paused" });
}

function cancelOne(engine: Engine, id: number): void {
  const work = engine.work.get(id);
  const transfer = work?.transfer;
  if (work) work.transfer = null;
  if (transfer) transfer.discard();
  else if (work?.url) engine.deps.discard(work.url);
  drop(engine, id);
}

function drop(engine: Engine, id: number): void {
  const work = engine.work.get(id);
  halt(engine, id);
  if (work) forgetRecord(engine, id, work.key);
  engine.items.delete(id);
  engine.work.delete(id);
}

function clear(engine: Engine): void {
  each(
    engine,
    undefined,
    (state) => state === "done" || state === "skipped",
    (item) => drop(engine, item.id),
  );
}

function add(
  engine: Engine,
  item: Omit<UploadItem, "id" | "attempt" | "failure" | "nodeId">,
  work: Omit<Work, "transfer" | "cancelWait" | "mayBeStored">,
): number {
  const id = engine.nextId++;
  engine.items.set(id, { ...item, id, attempt: 0, failure: null, nodeId: null });
  engine.work.set(id, { ...work, mayBeStored: work.url !== null, transfer: null, cancelWait: null });
  return id;
}

function enqueue(engine: Engine, sources: readonly UploadSource[], folderId: number, onClash: OnClash = "fail"): void {
  // A finished list makes room for a new one, so that the sums are about what runs now.
  if (![...engine.items.values()].some((item) => isOpen(item.state) || item.state === "failed")) clear(engine);
  const batch = engine.nextBatch++;
  for (const { file, path, handle } of sources) {
    const id = add(
      engine,
      {
        ...{ batch, folderId, path, sizeBytes: file.size, modifiedAtMs: file.lastModified, onClash },
        sentBytes: 0,
        state: "queued",
      },
      { file, handle: handle ?? null, url: null, key: engine.deps.newKey(), addedAtMs: engine.deps.nowMs() },
    );
    engine.lanes.add(id, file.size);
    touchRecord(engine, id);
  }
  pump(engine);
}

function answerClash(engine: Engine, id: number, answer: ClashAnswer, forAll: boolean): void {
  const asked = engine.items.get(id);
  if (!asked) return;
  if (forAll) engine.rules.set(asked.batch, answer);
  const waiting = [...engine.items.values()].filter((item) => item.state === "clash");
  for (const settled of settledBy(waiting, asked, forAll)) takeStep(engine, settled, asStep(answer));
  pump(engine);
}

function restore(engine: Engine, records: readonly PendingUpload[]): void {
  const batch = engine.nextBatch++;
  for (const record of records) {
    const id = add(
      engine,
      {
        batch,
        onClash: "fail",
        folderId: record.folderId,
        path: record.path,
        sizeBytes: record.sizeBytes,
        modifiedAtMs: record.modifiedAtMs,
        sentBytes: record.sentBytes,
        state: "missing",
      },
      { file: null, handle: record.handle, url: record.url, key: record.key, addedAtMs: record.addedAtMs },
    );
    // Written again with this page as its owner.
    touchRecord(engine, id);
  }
}

function giveFiles(engine: Engine, files: readonly UploadSource[]): readonly UploadSource[] {
  const wanted = [...engine.items.values()].filter((item) => item.state === "missing");
  const facts = files.map((source) => ({
    source,
    path: source.path,
    name: source.file.name,
    sizeBytes: source.file.size,
    modifiedAtMs: source.file.lastModified,
  }));
  const { pairs, rest } = matchFiles(wanted, facts);
  for (const { id, file } of pairs) {
    const work = engine.work.get(id);
    if (work) work.file = file.source.file;
    queue(engine, id);
  }
  pump(engine);
  return rest.map((file) => file.source);
}

function missingHandles(engine: Engine): { id: number; path: string; handle: FileHandle }[] {
  return [...engine.items.values()].flatMap((item) => {
    const handle = item.state === "missing" ? engine.work.get(item.id)?.handle : null;
    return handle ? [{ id: item.id, path: item.path, handle }] : [];
  });
}

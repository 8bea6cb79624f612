import { firstOnClash, onNameTaken, type ClashStep } from "./clash.ts";
import { backoffMs, judge, maxAttempts, type AttemptError } from "./failure.ts";
import type { Failure } from "./model.ts";
import { touchRecord, update, type Engine } from "./state.ts";

/** Start as many waiting uploads as the lanes allow. */
export function pump(engine: Engine): void {
  for (const id of engine.lanes.take()) startOne(engine, id);
}

/** Put an upload (back) into its lane. */
export function queue(engine: Engine, id: number): void {
  const item = engine.items.get(id);
  if (!item) return;
  engine.lanes.add(id, item.sizeBytes);
  update(engine, id, { state: "queued" });
}

/** Take an upload out of its lane and end what runs for it; the server keeps its bytes. */
export function halt(engine: Engine, id: number): void {
  const work = engine.work.get(id);
  work?.transfer?.stop();
  work?.cancelWait?.();
  if (work) {
    work.transfer = null;
    work.cancelWait = null;
  }
  engine.lanes.remove(id);
}

function startOne(engine: Engine, id: number): void {
  const item = engine.items.get(id);
  const work = engine.work.get(id);
  if (!item || !work?.file) {
    engine.lanes.remove(id);
    return;
  }
  const onClash = firstOnClash(engine.rules, item);
  update(engine, id, { state: "sending", failure: null, onClash });
  const transfer = engine.deps.start({
    file: work.file,
    folderId: item.folderId,
    path: item.path,
    modifiedAtMs: item.modifiedAtMs,
    onClash,
    url: work.url,
    onUrl: (url) => {
      work.url = url;
      touchRecord(engine, id);
    },
    onProgress: (sentBytes) => progress(engine, id, sentBytes),
    onDone: (nodeId) => finish(engine, id, nodeId),
    onError: (error) => stumble(engine, id, error),
  });
  work.transfer = transfer;
}

/** A record is written again after so many bytes, so that a reload shows about where it stopped. */
const recordEveryBytes = 32 * 1024 * 1024;

function progress(engine: Engine, id: number, sentBytes: number): void {
  const item = engine.items.get(id);
  if (!item) return;
  // Bytes that arrived prove that the line works: the next trouble is a new one.
  update(engine, id, { sentBytes: Math.min(sentBytes, item.sizeBytes), attempt: 0 });
  if (Math.floor(sentBytes / recordEveryBytes) > Math.floor(item.sentBytes / recordEveryBytes)) touchRecord(engine, id);
}

function release(engine: Engine, id: number): void {
  const work = engine.work.get(id);
  if (work) work.transfer = null;
  engine.lanes.remove(id);
}

function finish(engine: Engine, id: number, nodeId: number | null): void {
  const item = engine.items.get(id);
  const work = engine.work.get(id);
  release(engine, id);
  if (!item || !work) return;
  work.file = null;
  update(engine, id, { state: "done", sentBytes: item.sizeBytes, nodeId });
  touchRecord(engine, id);
  pump(engine);
}

function stumble(engine: Engine, id: number, error: AttemptError): void {
  const item = engine.items.get(id);
  release(engine, id);
  if (!item) return;
  const verdict = judge(error);
  const work = engine.work.get(id);
  if (verdict.verdict === "name-taken") {
    if (work?.mayBeStored) void askWhetherStored(engine, id, error);
    else takeStep(engine, id, onNameTaken(engine.rules, item), error);
  } else if (verdict.verdict === "retry" && item.attempt + 1 < maxAttempts) waitAndRetry(engine, id, verdict.failure);
  else fail(engine, id, verdict.failure);
  pump(engine);
}

/** After a lost answer a taken name is most likely our own file: a person is asked only when it is not. */
async function askWhetherStored(engine: Engine, id: number, error: AttemptError): Promise<void> {
  const asked = engine.items.get(id);
  const nodeId = asked ? await engine.deps.findStored(asked).catch(() => null) : null;
  const item = engine.items.get(id);
  if (!item || item.state !== "sending") return;
  if (nodeId === null) takeStep(engine, id, onNameTaken(engine.rules, item), error);
  else finish(engine, id, nodeId);
  pump(engine);
}

/** Carry out what was decided about a taken name. */
export function takeStep(engine: Engine, id: number, step: ClashStep, error?: AttemptError): void {
  const work = engine.work.get(id);
  if (!work) return;
  // What the server kept was meant for the other answer.
  if (step.step !== "ask") work.url = null;
  if (step.step === "ask") update(engine, id, { state: "clash", sentBytes: 0 });
  else if (step.step === "skip") {
    work.file = null;
    update(engine, id, { state: "skipped", sentBytes: 0 });
  } else if (step.step === "send") {
    update(engine, id, { onClash: step.onClash, sentBytes: 0 });
    queue(engine, id);
  } else fail(engine, id, { reason: "nameTaken", detail: error?.detail ?? "", errorId: error?.errorId ?? null });
  touchRecord(engine, id);
}

function fail(engine: Engine, id: number, failure: Failure): void {
  update(engine, id, { state: "failed", failure });
  touchRecord(engine, id);
}

function waitAndRetry(engine: Engine, id: number, failure: Failure): void {
  const item = engine.items.get(id);
  const work = engine.work.get(id);
  if (!item || !work) return;
  const attempt = item.attempt + 1;
  work.mayBeStored = true;
  update(engine, id, { state: "retrying", attempt, failure });
  work.cancelWait = engine.deps.after(backoffMs(attempt, engine.deps.random()), () => {
    work.cancelWait = null;
    queue(engine, id);
    pump(engine);
  });
}

/** The line is back: do not sit out the waits. */
export function hurry(engine: Engine): void {
  for (const item of engine.items.values()) {
    if (item.state !== "retrying") continue;
    halt(engine, item.id);
    queue(engine, item.id);
  }
  pump(engine);
}

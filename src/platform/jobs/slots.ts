import type { Clock } from "#platform/clock";
import type { Logger } from "#platform/log";
import { type JobHandler, type Lane, lanes } from "./kind.ts";
import type { JobsRepository } from "./repository.ts";
import { type Run, startRun } from "./run.ts";

interface SlotsDeps {
  readonly repository: JobsRepository;
  readonly handlers: ReadonlyMap<string, JobHandler>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly leaseMs: number;
  readonly concurrency?: Partial<Record<Lane, number>>;
  readonly onChange: (id: number) => void;
}

const defaultConcurrency: Readonly<Record<Lane, number>> = { io: 4, cpu: 1, gpu: 1, exclusive: 1 };

/** The jobs that run now, within the limits of their lanes. */
export function createSlots(deps: SlotsDeps) {
  const { repository, handlers, clock, onChange } = deps;
  const concurrency = { ...defaultConcurrency, ...deps.concurrency };
  const runs = new Map<number, Run>();
  let free = () => {};
  let stopped = false;

  const begin = (lane: Lane): boolean => {
    const nowMs = clock.now();
    const job = repository.claim(lane, nowMs, nowMs + deps.leaseMs);
    const handler = job === undefined ? undefined : handlers.get(job.kind);
    if (job === undefined || handler === undefined) return false;
    const run = startRun(job, handler, { ...deps, onProgress: onChange });
    runs.set(job.id, run);
    onChange(job.id);
    void run.ended.then(() => {
      runs.delete(job.id);
      onChange(job.id);
      free();
    });
    return true;
  };
  const runningIn = (lane: Lane) => [...runs.values()].filter((run) => run.job.lane === lane).length;

  return {
    onFree: (listener: () => void) => {
      free = listener;
    },
    fill: () => {
      if (stopped || runningIn("exclusive") > 0) return;
      if (repository.isDue("exclusive", clock.now())) {
        // The others are let run out, or it would never have its turn.
        if (runs.size === 0) begin("exclusive");
        return;
      }
      for (const lane of lanes) {
        if (lane === "exclusive") continue;
        for (let room = concurrency[lane] - runningIn(lane); room > 0; room -= 1) if (!begin(lane)) break;
      }
    },
    cancel: (id: number) => runs.get(id)?.abort("cancel"),
    stop: async () => {
      stopped = true;
      for (const run of runs.values()) run.abort("stop");
      await Promise.all([...runs.values()].map((run) => run.ended));
    },
  };
}

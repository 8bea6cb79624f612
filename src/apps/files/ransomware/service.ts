import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { createEvents, type Events } from "#platform/events";
import type { JobHandler } from "#platform/jobs";
import type { Logger } from "#platform/log";
import type { Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { createCanaries } from "./canaries.ts";
import { createIncidents, type RansomwareEvents } from "./incidents.ts";
import type { Ports } from "./ports.ts";
import { createRepository } from "./repository.ts";
import { createRollBackRepository } from "./roll-back-repository.ts";
import { rollBackHandlers } from "./roll-back-job.ts";
import { createRollBacks, type RollBackJobs } from "./roll-backs.ts";
import { implementRansomware } from "./usecases.ts";
import { createViews } from "./views.ts";
import { createWatch, type Watch } from "./watch.ts";

export interface RansomwareDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly access: Access;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: Ports;
  readonly jobs: RollBackJobs;
  /** Without it nothing is watched; what was stopped before stays stopped. */
  readonly enabled: boolean;
}

export interface Ransomware {
  readonly implementations: readonly Implementation[];
  /** Of `ransomwareRollBack` and `ransomwareUndo`. */
  readonly jobHandlers: readonly JobHandler[];
  readonly events: Events<RansomwareEvents>;
  /** Looks at everything that was committed by now; for tests and benchmarks. */
  readonly catchUp: Watch["catchUp"];
  /** After the storage has started. */
  start(): void;
  stop(): Promise<void>;
}

/** Watches what devices do to files, stops one that encrypts them, and takes back what it did. */
export function createRansomware(deps: RansomwareDeps): Ransomware {
  const { db, storage, clock, log, ports, enabled } = deps;
  const events = createEvents<RansomwareEvents>(log);
  const repository = createRepository(db);
  const rollBacks = createRollBackRepository(db);
  const canaries = createCanaries(storage, repository);
  const incidents = createIncidents({ ...deps, repository, events, forget: (device) => watch.forget(device) });
  const watch: Watch = createWatch({ ...deps, repository, isCanary: canaries.has, onAttack: incidents.open });
  const views = createViews({ ...deps, repository, rollBacks, nowMs: clock.now });
  const acts = createRollBacks({ ...deps, repository, rollBacks, views });
  // In force from the first request on.
  incidents.enforce();
  return {
    implementations: implementRansomware({ ...deps, repository, incidents, views, canaries, watch, acts }),
    jobHandlers: rollBackHandlers({
      storage,
      clock,
      rollBacks,
      personName: ports.personName,
      onFinished: ({ incident_id: id }) => {
        for (const spaceId of repository.spacesOf(id)) ports.contentRestored(spaceId);
      },
    }),
    events,
    catchUp: watch.catchUp,
    start: () => {
      if (enabled) watch.start();
    },
    stop: async () => {
      if (enabled) await watch.stop();
    },
  };
}

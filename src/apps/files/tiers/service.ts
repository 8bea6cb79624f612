import { at, requireWritable, visibleNode } from "#apps/files/browse";
import { tiersContract, type TierPlacement, type TierRun, type TierSettings } from "#contract/apps/files/tiers";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import { handleJob, type JobHandler, type Jobs } from "#platform/jobs";
import { type Actor, implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Storage, TieredFile } from "#storage/primary";
import { moveHandler, tiersMove, tiersNightly } from "./move-job.ts";
import { planOf } from "./plan.ts";
import { type Act, createTiersRepository, type RunRow, type Scope } from "./repository.ts";
import { placementOf } from "./rules.ts";

export interface TiersDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly db: Db;
  readonly clock: Clock;
  readonly actorOf: (userId: number) => Actor | undefined;
  /** The queue; not before the program runs. */
  readonly jobs: () => Pick<Jobs, "enqueue" | "find" | "cancel">;
}

export interface Tiers {
  readonly implementations: readonly Implementation[];
  /** The handlers of `tiersMove` and `tiersNightly`. */
  readonly jobHandlers: readonly JobHandler[];
}

const shownRuns = 20;
/** Under way for one person. */
const mostFetches = 5;

/** Rules, runs and pins of content that is kept in other stores. */
export function createTiers(deps: TiersDeps): Tiers {
  const { storage, access, clock } = deps;
  const repository = createTiersRepository(deps.db);
  storage.tiers.setOnOpen(repository.settings().onOpen);
  storage.events.subscribe("forgotten", ({ nodeIds }) => repository.forgetNodes(nodeIds));
  const canRead = (actor: Actor, nodeId: number): boolean => {
    const node = storage.node(nodeId);
    return node !== undefined && access.can(actor, "read", at(node));
  };
  const start = (act: Act, scope: Scope): number =>
    deps.db.transaction(() => {
      const runId = repository.addRun(act, scope, clock.now());
      repository.setJob(runId, deps.jobs().enqueue(tiersMove, { runId }));
      return runId;
    });
  const begin = async (act: Act, scope: Scope): Promise<number> => {
    const runId = start(act, scope);
    await deps.db.sync();
    return runId;
  };
  const { runOf, openRun, openFetches } = createRuns(deps, repository);
  /** A second click is the first one's; the queue is for everybody. */
  const fetchFor = async (nodeId: number, userId: number): Promise<number> => {
    const open = openFetches(userId);
    const same = open.find(({ scope }) => scope.nodeId === nodeId);
    if (same !== undefined) return same.runId;
    if (open.length >= mostFetches)
      throw new AppError("too-many-requests", "Much is being fetched for you already; wait for that first.");
    return begin("fetch", { nodeId, userId });
  };

  const implementations = implement(tiersContract, {
    "tiers.list": async ({ actor }) => {
      await storage.tiers.look();
      return {
        tiers: storage.tiers.stores(),
        settings: repository.settings(),
        canManage: actor.capabilities.has("server.manage"),
      };
    },
    "tiers.setRules": async ({ actor }, settings) => {
      requireSound(deps, actor, settings);
      repository.saveSettings(settings);
      await deps.db.sync();
      storage.tiers.setOnOpen(settings.onOpen);
      return settings;
    },
    "tiers.plan": ({ actor }, { settings, ...page }) =>
      planOf({ ...deps, repository }, settings ?? repository.settings(), {
        ...page,
        isShown: (nodeId) => canRead(actor, nodeId),
      }),
    "tiers.apply": async () => ({ runId: openRun("apply") ?? (await begin("apply", {})) }),
    "tiers.bringBack": async (_context, { tier }) => {
      const sums = storage.tiers.stores().filter((store) => tier === undefined || store.name === tier);
      if (tier !== undefined && sums.length === 0) throw new AppError("not-found", `There is no store "${tier}".`);
      return {
        runId: await begin("bring-back", tier === undefined ? {} : { tier }),
        files: sums.reduce((sum, { files }) => sum + files, 0),
        sizeBytes: sums.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      };
    },
    "tiers.runs": () => ({ runs: repository.runs().slice(0, shownRuns).map(runOf) }),
    "tiers.cancel": (_context, { runId }) => {
      const jobId = repository.run(runId)?.job_id;
      return { cancelled: jobId != null && deps.jobs().cancel(jobId) };
    },
    "tiers.states": (context, { nodeIds }) => {
      context.checked();
      const states = storage.tiers.states(nodeIds).filter(({ nodeId }) => canRead(context.actor, nodeId));
      return { states: states.map(stateOf), available: storage.tiers.stores().length > 0 };
    },
    "tiers.get": (context, { nodeId }) => {
      const node = visibleNode(deps, context.actor, nodeId);
      context.checked(`node ${nodeId}`);
      return describe(deps, repository.placements(), context.actor, node);
    },
    "tiers.setPlacement": async (context, { nodeId, placement }) => {
      requireWritable(deps, context.actor, nodeId);
      context.checked(`node ${nodeId}`);
      const above = storage.above(nodeId);
      const inherited = placementOf(repository.placements(), 0, above).placement;
      // "Leave it to the rules" is worth a note only where a folder above says otherwise.
      repository.setPlacement(nodeId, placement === "auto" && inherited === "auto" ? undefined : placement);
      await deps.db.sync();
      const { userId } = context.actor;
      const runId = placement === "pin" && hasCold(storage, nodeId) ? await fetchFor(nodeId, userId) : null;
      return { placement, runId };
    },
    "tiers.fetch": async (context, { nodeId }) => {
      const node = visibleNode(deps, context.actor, nodeId);
      if (node.kind === "folder") requireWritable(deps, context.actor, nodeId);
      context.checked(`node ${nodeId}`);
      const { userId } = context.actor;
      const cold = await coldBelow(deps, context.actor, node);
      return { runId: await fetchFor(nodeId, userId), files: cold.files, sizeBytes: cold.sizeBytes };
    },
  });

  const isShown = (userId: number | undefined, nodeId: number): boolean => {
    if (userId === undefined) return true;
    const actor = deps.actorOf(userId);
    return actor !== undefined && canRead(actor, nodeId);
  };
  const nightly = handleJob(tiersNightly, async ({ signal, log }) => {
    const removed = await storage.tiers.sweep(signal);
    if (removed > 0) log.info("content that nothing stood for was removed", { objects: removed });
    if (repository.settings().nightly && openRun("apply") === undefined) start("apply", {});
  });
  return { implementations, jobHandlers: [moveHandler({ storage, repository, clock, isShown }), nightly] };
}

function createRuns({ jobs }: TiersDeps, repository: ReturnType<typeof createTiersRepository>) {
  const runOf = (row: RunRow): TierRun => {
    const job = row.job_id === null ? undefined : jobs().find(row.job_id);
    const speed = row.busy_ms > 0 ? row.done_bytes / row.busy_ms : undefined;
    const left = row.total_bytes - row.done_bytes;
    const state = job?.state ?? "done";
    return {
      id: row.id,
      act: row.act,
      state,
      doneBytes: row.done_bytes,
      totalBytes: row.total_bytes,
      doneFiles: row.done_files,
      totalFiles: row.total_files,
      skippedFiles: row.skipped_files,
      failedFiles: row.failed_files,
      leftMs: state === "running" && speed !== undefined && speed > 0 ? Math.round(left / speed) : null,
      startedAtMs: job?.startedAtMs ?? row.at_ms,
      error: job?.error ?? null,
    };
  };
  const open = (act: Act) =>
    repository.runs().filter((row) => row.act === act && ["queued", "running"].includes(runOf(row).state));
  return {
    runOf,
    /** A run of this kind that has not ended. */
    openRun: (act: Act): number | undefined => open(act)[0]?.id,
    /** What is being fetched for somebody. */
    openFetches: (userId: number): { readonly runId: number; readonly scope: Scope }[] =>
      open("fetch")
        .map(({ id, scope }) => ({ runId: id, scope: JSON.parse(scope) as Scope }))
        .filter(({ scope }) => scope.userId === userId),
  };
}

function requireSound(deps: TiersDeps, actor: Actor, { rules }: TierSettings): void {
  const stores = new Map(deps.storage.tiers.stores().map((store) => [store.name, store]));
  if (new Set(rules.map(({ id }) => id)).size < rules.length)
    throw new AppError("bad-request", "Two rules share an id.");
  for (const rule of rules) {
    const store = stores.get(rule.tier);
    if (store?.configured !== true) throw new AppError("bad-request", `There is no store "${rule.tier}".`);
    if (store.role === "fast" && rule.opensAtLeast === null) {
      throw new AppError("bad-request", `Say how often a file must be opened to have a copy in "${rule.tier}".`);
    }
    const isBounded = rule.notOpenedDays ?? rule.olderThanDays ?? rule.largerThanBytes ?? rule.opensAtLeast;
    if (isBounded === null) throw new AppError("bad-request", "A rule needs an age, a size or a number of opens.");
    if (rule.folderId !== null) visibleNode(deps, actor, rule.folderId);
  }
}

function stateOf({ nodeId, role, tier, fetchedBytes }: TieredFile) {
  return { nodeId, where: role, tier, fetchedBytes };
}

const atATime = 500;

/** Files in other stores at or below a node that the actor can see. */
async function coldBelow(
  { storage, access }: TiersDeps,
  actor: Actor,
  node: NodeInfo,
): Promise<{ files: number; sizeBytes: number }> {
  const sum = { files: 0, sizeBytes: 0 };
  for (let afterId = 0; ;) {
    const page = storage.tiers.pageAfter(afterId, atATime);
    const last = page.at(-1);
    if (last === undefined) return sum;
    afterId = last.nodeId;
    for (const { nodeId, sizeBytes } of page) {
      if (nodeId !== node.id && !storage.above(nodeId).includes(node.id)) continue;
      const file = storage.node(nodeId);
      if (file === undefined || !access.can(actor, "read", at(file))) continue;
      sum.files++;
      sum.sizeBytes += sizeBytes;
    }
    // A store holds as many as there are: others have their turn in between.
    await new Promise((done) => setImmediate(done));
  }
}

function hasCold(storage: Storage, nodeId: number): boolean {
  return storage.tiers.pageAfter(0, 1).length > 0 && storage.node(nodeId) !== undefined;
}

async function describe(deps: TiersDeps, placements: ReadonlyMap<number, TierPlacement>, actor: Actor, node: NodeInfo) {
  const { storage, access } = deps;
  const [state] = storage.tiers.states([node.id]);
  const found = placementOf(placements, node.id, storage.above(node.id));
  const from = found.nodeId === null || found.nodeId === node.id ? undefined : storage.node(found.nodeId);
  const isFromShown = from !== undefined && access.can(actor, "read", at(from));
  const cold = node.kind === "folder" ? await coldBelow(deps, actor, node) : { files: 0, sizeBytes: 0 };
  const stores = storage.tiers.stores();
  return {
    state: state === undefined ? null : stateOf(state),
    coldFiles: cold.files,
    coldBytes: cold.sizeBytes,
    placement: placements.get(node.id) ?? ("auto" as const),
    effective: found.placement,
    inheritedFrom: isFromShown ? { nodeId: from.id, name: from.name } : null,
    reason: state?.role === "cold" ? storage.tiers.offlineReason(state.tier) : null,
    canWrite: access.can(actor, "write", at(node)),
    available: stores.length > 0,
  };
}

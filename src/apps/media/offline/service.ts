import type { Route } from "#platform/http";
import type { JobHandler } from "#platform/jobs";
import type { Implementation } from "#platform/usecase";
import { createCopies } from "./copies.ts";
import { createMaking } from "./making.ts";
import { offlineUseCases } from "./operations.ts";
import type { OfflineDeps } from "./ports.ts";
import { createOfflineRows } from "./repository.ts";
import { createOfflineRoute } from "./routes.ts";
import { createShelf } from "./shelf.ts";

const sweepEveryMs = 3_600_000;

/** Films made anew as one file for taking along. */
export function createOffline(deps: OfflineDeps) {
  const rows = createOfflineRows(deps.db);
  const shelf = createShelf(deps.folder, deps.budgetBytes);
  const tell = (copyId: number, done: number, total: number) =>
    deps.tell(
      rows.requests(copyId).map(({ userId }) => userId),
      copyId,
      done,
      total,
    );
  const making = createMaking({ ...deps, rows, shelf, tell });
  const copies = createCopies({ ...deps, rows, shelf, making });
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    implementations: offlineUseCases({ ...deps, copies }) satisfies readonly Implementation[],
    routes: [createOfflineRoute({ ...deps, copies })] satisfies readonly Route[],
    jobHandlers: [making.handler] satisfies readonly JobHandler[],
    start: () => {
      copies.sweep();
      shelf.clean((id) => rows.find(id)?.state === "ready");
      if (rows.next() !== undefined) copies.wake();
      timer = setInterval(copies.sweep, sweepEveryMs);
    },
    stop: () => clearInterval(timer),
  };
}

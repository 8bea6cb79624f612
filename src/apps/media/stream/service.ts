import type { Route } from "#platform/http";
import type { Implementation } from "#platform/usecase";
import { createMachine } from "./machine.ts";
import { streamUseCases } from "./operations.ts";
import type { StreamDeps } from "./ports.ts";
import { createRoutes } from "./routes.ts";
import { createSessions, type Sessions } from "./sessions.ts";

export interface Stream {
  readonly implementations: readonly Implementation[];
  /** `/media/play/` and `/media/items/`. */
  readonly routes: readonly Route[];
  /** Somebody plays something now: background work waits. */
  playing(): boolean;
  /** A person's credentials or limits have changed. */
  recheck(userId: number): void;
  start(): void;
  stop(): Promise<void>;
}

const lookEveryMs = 1000;
/** Players fetch ahead; whoever has fetched something so lately is still playing. */
const playingMs = 120_000;

/** Films as exact HLS, made once for all who watch, and files by ranges. */
export function createStream(deps: StreamDeps): Stream {
  const { access, clock } = deps;
  const renditions = () => sessions.titles().flatMap((title) => title.renditions());
  const machine = createMachine({ ...deps, renditions });
  const sessions: Sessions = createSessions({ ...deps, machine });
  const stopWatching = access.onChanged(() => sessions.look());
  let timer: ReturnType<typeof setInterval> | undefined;

  const look = () => {
    sessions.look();
    for (const rendition of renditions()) rendition.look();
    machine.look();
  };
  return {
    implementations: streamUseCases({ ...deps, sessions, renditions }),
    routes: createRoutes({ ...deps, sessions }),
    playing: () => sessions.all().some(({ lastSeenAtMs }) => clock.now() - lastSeenAtMs < playingMs),
    recheck: (userId) => {
      for (const session of sessions.all()) if (session.actor.userId === userId) session.checked.atMs = 0;
      sessions.look();
    },
    start: () => {
      machine.start();
      void deps.segments
        .start()
        .catch((cause: unknown) => deps.log.warn("kept pieces of films were not counted", { cause }));
      timer = setInterval(look, lookEveryMs);
    },
    stop: async () => {
      clearInterval(timer);
      stopWatching();
      sessions.stop();
      await machine.stop();
      await Promise.all(renditions().flatMap((rendition) => rendition.heads().map(({ ended }) => ended)));
    },
  };
}

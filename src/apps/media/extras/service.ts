import { join } from "node:path";
import type { Item, LibraryEvents, LibraryReader } from "#apps/media/library";
import type { Probe } from "#apps/media/probe";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Events } from "#platform/events";
import type { Exec } from "#platform/exec";
import type { Route } from "#platform/http";
import type { JobHandler, Jobs } from "#platform/jobs";
import type { Logger } from "#platform/log";
import type { Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { createConverter } from "./converter.ts";
import { createExtrasJob } from "./extras-job.ts";
import { createExtraFiles } from "./files.ts";
import { createMaking } from "./making.ts";
import { extrasUseCases } from "./operations.ts";
import { createPreparing } from "./preparing.ts";
import { provide } from "./providing.ts";
import { createExtraRows } from "./repository.ts";
import { createExtrasRoute } from "./routes.ts";
import { sidecarsOf, sidecarVtt } from "./sidecars.ts";

/** What is made from the content of films and songs. */
export interface Extras {
  /**
   * WebVTT of a text track of the file (`streamIndex`) or of a subtitle file beside it, for the whole film, in the file's own clock. A
   * track that nobody took out yet is taken out now. Null when there is none. Throws AppError while the file cannot be read, and
   * `unavailable` when it takes longer than somebody is let wait; it goes on.
   */
  webVtt(item: Item, from: { readonly streamIndex: number } | { readonly sidecar: Item }): Promise<string | null>;
  /** Loudness by EBU R128; undefined before it was measured, and of silence. */
  loudness(contentKey: string): { readonly integratedLufs: number; readonly peakDb: number } | undefined;
  readonly implementations: readonly Implementation[];
  readonly routes: readonly Route[];
  readonly jobHandlers: readonly JobHandler[];
  start(): void;
  stop(): Promise<void>;
}

export interface ExtrasDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly exec: Exec;
  readonly storage: Storage;
  readonly access: Access;
  readonly library: LibraryReader & { readonly events: Events<LibraryEvents> };
  readonly probe: Pick<Probe, "facts" | "keyframes">;
  readonly enqueue: Jobs["enqueue"];
  /** Somebody watches something. */
  readonly playing: () => boolean;
  readonly dataDir: string;
  /** How long a request waits for what is being made. */
  readonly patienceMs?: number;
}

const usualPatienceMs = 15_000;

export function createExtras(deps: ExtrasDeps): Extras {
  const { db, clock, library, storage, probe, patienceMs = usualPatienceMs } = deps;
  const rows = createExtraRows(db, clock);
  const files = createExtraFiles(join(deps.dataDir, "media", "extras"));
  const converter = createConverter();
  const making = createMaking({ ...deps, rows, files, converter });
  const job = createExtrasJob({ ...deps, rows, files, making });
  const subtitleFiles = (film: Item) => sidecarsOf(library, film);
  const base = { ...deps, rows, files, making, converter, facts: probe.facts, sidecarsOf: subtitleFiles, patienceMs };
  const shared = { ...base, preparation: createPreparing(base) };
  let unsubscribe = () => {};
  return {
    webVtt: async (item, from) => {
      if ("sidecar" in from) {
        const found = subtitleFiles(item).find((one) => one.item.id === from.sidecar.id);
        return found === undefined ? null : sidecarVtt({ storage, converter, files, rows }, found, probe.facts(item));
      }
      if (item.contentKey === null) return null;
      const name = `s${from.streamIndex}.vtt`;
      await provide(shared, item, item.contentKey, name);
      const text = await files.read(item.contentKey, name);
      return text?.toString("utf8") ?? null;
    },
    loudness: (contentKey) => rows.get(contentKey, "loudness") ?? undefined,
    implementations: extrasUseCases({ ...shared, makeFirst: job.makeFirst }),
    routes: [createExtrasRoute(shared)],
    jobHandlers: [job.handler],
    start: () => {
      files.clean();
      unsubscribe = library.events.subscribe("itemsProbed", job.wake);
      if (job.hasWork()) job.wake();
    },
    stop: async () => {
      unsubscribe();
      await making.stop();
      await converter.stop();
    },
  };
}

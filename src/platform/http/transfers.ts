import type { Logger } from "#platform/log";
import type { Actor } from "#platform/usecase";

/** What a transfer under way rests on. It is asked again when rights or credentials change, and now and then. */
export interface Permit {
  /** Who asked for the transfer. */
  readonly actor: Actor;
  /** Whether they, as they are now, would be given it again. To throw is no. Called often: no more than a few look-ups. */
  holds(actor: Actor): boolean;
}

/** The connection that a request came over. */
export interface Line {
  /** False once the answer is sent to its end, or the connection is gone. */
  isBusy(): boolean;
  /** Resets it: the client sees a broken transfer, and never a clean end. False when it was not found. */
  cut(): boolean;
}

/**
 * Transfers that take time, cut when the right to them goes. Only these are looked at, in one pass for all changes of a moment, so a
 * right that is taken costs nothing where nothing is sent, and an answer costs nothing while nothing changes.
 */
export interface Transfers {
  /** Answers how to ask whether the permit holds now; without a line that is all. */
  begin(permit: Permit, line: Line | undefined): () => boolean;
  /** Something has changed on which a transfer may rest. */
  look(): void;
  /** How many there were when they were last looked at, and those since. */
  count(): number;
  stop(): void;
}

export interface TransfersDeps {
  /** Who somebody is whenever it is asked; null when what they showed is worth nothing any more. */
  readonly follow: (actor: Actor) => () => Actor | null;
  readonly log: Logger;
}

interface Transfer {
  readonly permit: Permit;
  readonly line: Line;
  readonly now: () => Actor | null;
  /** The runtime learns of a reset a moment later. */
  isCut: boolean;
  /** Its connection was not found; it is looked for again. */
  isMissed: boolean;
}

/** From this size on an answer outlives the moment it was allowed in; less has left for the kernel at once. */
export const longBytes = 1024 * 1024;
/** Changes are gathered so long, also until the transaction they are part of is over. */
const gatherMs = 20;
/** Some rights end by the clock alone, such as a link's. */
const againMs = 1_000;
/** More are swept sooner. */
const maxUnswept = 1_000;

export function createTransfers({ follow, log }: TransfersDeps): Transfers {
  let running: Transfer[] = [];
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setInterval> | undefined;
  let sweepAt = maxUnswept;

  const sweep = () => {
    running = running.filter(({ line }) => line.isBusy());
    sweepAt = running.length + maxUnswept;
    if (running.length > 0) return;
    clearInterval(again);
    again = undefined;
  };
  const judge = () => {
    sweep();
    for (const transfer of running) {
      if (transfer.isCut || holds(transfer)) continue;
      const { userId } = transfer.permit.actor;
      transfer.isCut = transfer.line.cut();
      if (transfer.isCut) log.info("a transfer was cut, since the right to it has gone", { userId });
      else if (!transfer.isMissed) log.warn("a transfer goes on without a right: no connection was found", { userId });
      transfer.isMissed = !transfer.isCut;
    }
  };
  return {
    begin: (permit, line) => {
      const now = follow(permit.actor);
      if (line !== undefined) {
        running.push({ permit, line, now, isCut: false, isMissed: false });
        if (running.length > sweepAt) sweep();
        again ??= setInterval(judge, againMs);
      }
      return () => holds({ permit, now });
    },
    look: () => {
      if (running.length === 0) return;
      gathering ??= setTimeout(() => {
        gathering = undefined;
        judge();
      }, gatherMs);
    },
    count: () => running.length,
    stop: () => {
      clearTimeout(gathering);
      clearInterval(again);
    },
  };
}

function holds({ permit, now }: Pick<Transfer, "permit" | "now">): boolean {
  try {
    const actor = now();
    return actor !== null && permit.holds(actor);
  } catch {
    return false;
  }
}

const permits = new WeakMap<Response, Permit>();

/** Whether a body of this announced length takes time to come; one that announces none may. */
export function takesLong({ headers }: Request): boolean {
  return Number(headers.get("content-length") ?? Number.POSITIVE_INFINITY) >= longBytes;
}

/** Marks an answer that takes long to send: it is cut when its permit no longer holds. */
export function underPermit(response: Response, permit: Permit): Response {
  permits.set(response, permit);
  return response;
}

export function permitOf(response: Response): Permit | undefined {
  return permits.get(response);
}

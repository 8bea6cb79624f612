import type { Exec, ProgramStream } from "#platform/exec";
import type { Logger } from "#platform/log";
import { tableName } from "./table.ts";

/** Tells at once when somebody takes our table away, as a restarted firewall does that begins with `flush ruleset`. */
export interface Watch {
  /** Listens from now on; again changes nothing. */
  start(): void;
  stop(): void;
}

interface WatchDeps {
  readonly exec: Exec;
  readonly log: Logger;
  /** Also called for every renewal of our own: a table that is made anew is taken away first. */
  readonly onDeleted: () => void;
}

/** A program that ends by itself is not started again faster than this. */
const restartMs = 5_000;

export function createWatch({ exec, log, onDeleted }: WatchDeps): Watch {
  let program: ProgramStream | undefined;
  let restart: ReturnType<typeof setTimeout> | undefined;

  const listen = async (running: ProgramStream) => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const part of running.stdout) {
      const lines = (text + decoder.decode(part, { stream: true })).split("\n");
      text = lines.pop() ?? "";
      if (lines.includes(`delete table ${tableName}`)) onDeleted();
    }
  };
  const start = () => {
    clearTimeout(restart);
    if (program !== undefined) return;
    const running = exec.stream(["nft", "monitor", "destroy", "tables"], { timeoutMs: Infinity });
    program = running;
    listen(running)
      .catch((cause: unknown) => log.debug("nft monitor has ended", { cause }))
      .finally(() => {
        if (program !== running) return;
        program = undefined;
        restart = setTimeout(start, restartMs);
      });
  };
  return {
    start,
    stop: () => {
      clearTimeout(restart);
      const running = program;
      program = undefined;
      running?.kill();
    },
  };
}

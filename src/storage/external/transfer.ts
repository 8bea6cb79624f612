import { z } from "zod";
import type { Session } from "./daemon.ts";
import { RemoteOffline } from "./errors.ts";
import type { TransferOptions } from "./remote.ts";

const Stats = z.object({ bytes: z.number() });
const everyMs = 500;
/** A transfer that has not moved for so long is given up; the end of a large upload may be silent for a while. */
const stallMs = 180_000;

/** Runs a transfer of rclone, tells how far it is, and ends it when it stands still or is cancelled. */
export async function withProgress<T>(
  session: Session,
  group: string,
  { signal, onProgress }: TransferOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal?.reason);
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  let doneBytes = 0;
  let movedAtMs = performance.now();
  let isAsking = false;
  const look = async () => {
    if (isAsking) return;
    isAsking = true;
    try {
      const { bytes } = Stats.parse(await session.call("core/stats", { group }, { timeoutMs: 5_000 }));
      if (bytes > doneBytes) {
        doneBytes = bytes;
        movedAtMs = performance.now();
        onProgress?.(bytes);
      } else if (performance.now() - movedAtMs > stallMs) controller.abort(new RemoteOffline("timed-out"));
    } catch {
      // How far it is matters less than that it goes on.
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  try {
    return await work(controller.signal);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

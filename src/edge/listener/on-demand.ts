import type { AppError } from "#platform/errors";
import { toAppError } from "#platform/errors";
import {
  type CertificateListener,
  type CertificateListenerDeps,
  type ServerKeys,
  startCertificateListener,
} from "./certificate-listener.ts";

interface OnDemandDeps extends Omit<CertificateListenerDeps, "keys"> {
  /** Undefined while the server has none: then nothing listens. */
  readonly keys: () => Promise<ServerKeys | undefined>;
}

/** The listener for certificates, which begins when there is an authority and takes new keys when they change. */
export interface CertificatePort {
  /** Undefined while nothing listens. */
  port(): number | undefined;
  /** Starts or takes the keys of now. Never throws: what stands in the way is logged, and the rest of the server goes on. */
  refresh(): Promise<void>;
  closeRevoked(): void;
  stop(graceMs: number): Promise<void>;
}

/** Own certificates are renewed long before their end, so looking twice a day is plenty. */
const refreshEveryMs = 12 * 3_600_000;

export function createCertificatePort(deps: OnDemandDeps): CertificatePort {
  let listener: CertificateListener | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let stopped = false;
  let last: Promise<void> = Promise.resolve();

  const update = async (): Promise<void> => {
    if (stopped) return;
    const keys = await deps.keys();
    if (keys === undefined) return;
    if (listener !== undefined) return listener.setKeys(keys);
    listener = await startCertificateListener({ ...deps, keys });
    deps.log.info("certificates of devices are asked for", { host: deps.hostname, port: listener.port });
    timer = setInterval(() => void refresh(), refreshEveryMs);
  };
  const failed = (thrown: unknown): void => {
    const error: AppError = toAppError(thrown);
    deps.log.error(`the listener for certificates is off: ${error.detail}`, { cause: error.cause });
  };
  const refresh = (): Promise<void> => (last = last.then(update).catch(failed));

  return {
    port: () => listener?.port,
    refresh,
    closeRevoked: () => listener?.closeRevoked(),
    stop: async (graceMs) => {
      stopped = true;
      clearInterval(timer);
      await last;
      await listener?.stop(graceMs);
    },
  };
}

import { createSecureContext } from "node:tls";
import { toAppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { type Handle, serveOutside, stopServer } from "./serve.ts";

export interface TlsKeys {
  /** The certificate and what stands between it and a root, PEM. */
  readonly cert: string;
  readonly key: string;
}

interface ListenerDeps {
  readonly hostname: string;
  readonly port: number;
  readonly tls?: TlsKeys | undefined;
  /** The keys of now, for a listener with TLS; asked twice a day and by `refresh`. */
  readonly currentTls?: () => Promise<TlsKeys | undefined>;
  readonly handle: Handle;
  readonly log: Logger;
  /** How long a WebSocket may leave a ping unanswered; a minute when absent. */
  readonly socketIdleSeconds?: number;
}

export interface Listener {
  readonly url: URL;
  readonly port: number;
  /** Takes other keys when there are some. Never throws: the keys of before go on, and the log says why. */
  refresh(): Promise<void>;
  /** Stops accepting, lets running requests end for so long, then closes. */
  stop(graceMs: number): Promise<void>;
}

const refreshEveryMs = 12 * 3_600_000;

/** The built-in HTTP/1.1 listener, with TLS when a certificate is given. */
export function startListener(deps: ListenerDeps): Listener {
  let server = serveOutside(deps);
  let shown = deps.tls;
  const url = new URL(server.url);
  const port = server.port ?? deps.port;
  /** Listeners with older keys, until their last request has ended. */
  const leaving = new Set<typeof server>();

  const change = async (): Promise<void> => {
    const tls = await deps.currentTls?.();
    if (shown === undefined || tls === undefined || tls.cert === shown.cert) return;
    // Keys that do not fit each other must be found before the old listener is gone.
    createSecureContext({ cert: tls.cert, key: tls.key });
    const before = server;
    leaving.add(before);
    // The runtime has no way to change the keys of a server: its port is taken over, and what runs there ends in peace.
    void before.stop(false).finally(() => leaving.delete(before));
    server = serveOutside({ ...deps, port, tls });
    shown = tls;
    deps.log.info("the certificate of the server has changed");
  };
  const refresh = (): Promise<void> =>
    change().catch((thrown: unknown) => {
      const { detail, cause } = toAppError(thrown);
      deps.log.error(`the certificate of the server could not be changed: ${detail}`, { cause });
    });
  const timer = deps.tls && setInterval(() => void refresh(), refreshEveryMs);

  return {
    url,
    port,
    refresh,
    stop: async (graceMs) => {
      clearInterval(timer);
      await Promise.all([server, ...leaving].map((one) => stopServer(one, graceMs)));
    },
  };
}

import { AppError, errnoOf } from "#platform/errors";
import type { Logger } from "#platform/log";

interface ListenerDeps {
  readonly hostname: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly handle: (request: Request, peer: Peer) => Promise<Response> | Response;
  readonly log: Logger;
}

interface Peer {
  readonly address: string;
  readonly certificate?: { readonly fingerprint: string } | undefined;
  setIdleTimeout(seconds: number): void;
}

export interface Listener {
  readonly url: URL;
  /** Stops accepting, lets running requests end for so long, then closes. */
  stop(graceMs: number): Promise<void>;
}

/** A connection that is silent for so long is closed; streams that may pause longer ask for more. */
const idleTimeoutSeconds = 60;
/** Larger than any file; each handler bounds its own bodies. */
const maxBodyBytes = Number.MAX_SAFE_INTEGER;

/** Throws `unavailable` that names what stands in the way. */
const listen: typeof Bun.serve = (options) => {
  try {
    return Bun.serve(options);
  } catch (cause) {
    const errno = errnoOf(cause);
    const place = "port" in options ? `${options.hostname}:${options.port}` : "the address";
    if (errno === "EADDRINUSE")
      throw new AppError("unavailable", `Something else listens on ${place} already.`, { cause });
    if (errno === "EACCES") throw new AppError("unavailable", `There is no right to listen on ${place}.`, { cause });
    throw cause;
  }
};

/** The built-in HTTP/1.1 listener, with TLS when a certificate is given. */
export function startListener(deps: ListenerDeps): Listener {
  const server = listen({
    hostname: deps.hostname,
    port: deps.port,
    idleTimeout: idleTimeoutSeconds,
    maxRequestBodySize: maxBodyBytes,
    tls: deps.tls === undefined ? undefined : { cert: deps.tls.cert, key: deps.tls.key },
    fetch: (request, server) =>
      deps.handle(request, {
        get address() {
          return server.requestIP(request)?.address ?? "";
        },
        setIdleTimeout: (seconds) => server.timeout(request, seconds),
      }),
    error: (error) => {
      deps.log.error("a request failed outside its handler", { cause: error });
      return new Response(null, { status: 500 });
    },
  });
  return {
    url: new URL(server.url),
    stop: async (graceMs) => {
      const drained = server.stop(false);
      await Promise.race([drained, Bun.sleep(graceMs)]);
      await server.stop(true);
    },
  };
}

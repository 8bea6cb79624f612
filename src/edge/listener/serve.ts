import { AppError, errnoOf } from "#platform/errors";
import type { Line, SocketHandler } from "#platform/http";
import type { Logger } from "#platform/log";
import { createDisconnect, createQuickAck } from "#platform/tcp";
import { answered, type Server, socketOptions } from "./sockets.ts";

export interface Peer {
  readonly address: string;
  readonly certificate?: { readonly fingerprint: string } | undefined;
  setIdleTimeout(seconds: number): void;
  readonly line?: Line;
  /** Makes a WebSocket of the request; false when it asks for none. */
  upgrade(handler: SocketHandler): boolean;
}

export type Handle = (request: Request, peer: Peer) => Promise<Response> | Response;

/** A connection that is silent for so long is closed; streams that may pause longer ask for more. */
const idleTimeoutSeconds = 60;
/** Larger than any file; each handler bounds its own bodies. */
const maxBodyBytes = Number.MAX_SAFE_INTEGER;

interface OutsideDeps {
  readonly hostname: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly handle: Handle;
  readonly log: Logger;
  /** How long a WebSocket may leave a ping unanswered; a minute when absent. */
  readonly socketIdleSeconds?: number;
}

/** Methods whose requests end with their head, or nearly always do. */
const withoutBody = new Set(["GET", "HEAD", "DELETE", "MKCOL", "MOVE", "COPY", "OPTIONS"]);

/** An HTTP server for clients. Throws `unavailable` that names what stands in the way. */
export function serveOutside({ hostname, port, tls, handle, log, socketIdleSeconds }: OutsideDeps): Server {
  const quickAck = createQuickAck();
  try {
    return Bun.serve<SocketHandler>({
      ...limits(log),
      websocket: socketOptions(socketIdleSeconds),
      hostname,
      port,
      tls: tls && { cert: tls.cert, key: tls.key },
      fetch: (request, server) => {
        // Some clients send the body only when the head is acknowledged, which the kernel else puts off (ADR 13).
        if (!withoutBody.has(request.method)) quickAck(server.requestIP(request)?.port ?? 0);
        const peer = {
          isUpgraded: false,
          get address() {
            return server.requestIP(request)?.address ?? "";
          },
          setIdleTimeout: (seconds: number) => server.timeout(request, seconds),
          get line() {
            return lineOf(server, request);
          },
          upgrade: (handler: SocketHandler) => (peer.isUpgraded = server.upgrade(request, { data: handler })),
        };
        return answered(handle(request, peer), peer);
      },
    });
  } catch (cause) {
    throw listenError(cause, `${hostname}:${port}`);
  }
}

/** Who is behind a connection to the inner server. */
export interface InnerPeer {
  readonly address: string;
  readonly certificate: () => Peer["certificate"];
}

interface InsideDeps {
  /** Undefined for a stranger. */
  readonly peerOf: (address: string, port: number) => InnerPeer | undefined;
  readonly handle: Handle;
  readonly log: Logger;
}

/** An HTTP server on loopback behind something of ours that has ended TLS. */
export function serveInside({ peerOf, handle, log }: InsideDeps): Server {
  return Bun.serve<SocketHandler>({
    ...limits(log),
    websocket: socketOptions(),
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, server) => {
      const source = server.requestIP(request);
      const known = source === null ? undefined : peerOf(source.address, source.port);
      if (known === undefined) return new Response(null, { status: 403, headers: { connection: "close" } });
      const peer = {
        isUpgraded: false,
        address: known.address,
        get certificate() {
          return known.certificate();
        },
        setIdleTimeout: (seconds: number) => server.timeout(request, seconds),
        get line() {
          return lineOf(server, request);
        },
        upgrade: (handler: SocketHandler) => (peer.isUpgraded = server.upgrade(request, { data: handler })),
      };
      return answered(handle(overTls(request), peer), peer);
    },
  });
}

let disconnect: ReturnType<typeof createDisconnect> | undefined;

/** The runtime knows the address of a request until its answer is sent, or its connection closed. */
function lineOf(server: Server, request: Request): Line {
  return {
    isBusy: () => server.requestIP(request) !== null,
    cut: () => {
      const remote = server.requestIP(request);
      if (remote === null) return false;
      disconnect ??= createDisconnect();
      return disconnect({
        remoteAddress: remote.address,
        remotePort: remote.port,
        localPort: server.port ?? 0,
      });
    },
  };
}

/** The client speaks TLS although this server does not: whoever looks at the URL, as for cookies and links, must see that. */
export function overTls(request: Request): Request {
  return Object.defineProperty(request, "url", { value: request.url.replace(/^http:/, "https:") });
}

const limits = (log: Logger) => ({ idleTimeout: idleTimeoutSeconds, ...bodyLimits(log) });

export function bodyLimits(log: Logger) {
  return {
    maxRequestBodySize: maxBodyBytes,
    error: (error: Error) => {
      log.error("a request failed outside its handler", { cause: error });
      return new Response(null, { status: 500 });
    },
  };
}

/** What stands in the way of listening, in words. */
export function listenError(cause: unknown, place: string): unknown {
  const errno = errnoOf(cause);
  if (errno === "EADDRINUSE")
    return new AppError("unavailable", `Something else listens on ${place} already.`, { cause });
  if (errno === "EACCES") return new AppError("unavailable", `There is no right to listen on ${place}.`, { cause });
  return cause;
}

/** Lets running requests end for so long, then closes. */
export async function stopServer(server: Server, graceMs: number): Promise<void> {
  const drained = server.stop(false);
  await Promise.race([drained, Bun.sleep(graceMs)]);
  await server.stop(true);
}

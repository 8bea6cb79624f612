import { connect, type Socket } from "node:net";
import { createServer, type SecureContextOptions, type TLSSocket } from "node:tls";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { type Handle, type InnerPeer, listenError, serveInside, stopServer } from "./serve.ts";

export interface ServerKeys {
  /** The server's certificate and what stands between it and the root, PEM. */
  readonly cert: string;
  readonly key: string;
  /** Who signs client certificates: browsers offer only what these have signed. PEM. */
  readonly clientAuthorities: readonly string[];
}

export interface CertificateListenerDeps {
  readonly hostname: string;
  readonly port: number;
  readonly keys: ServerKeys;
  /** Judges the certificate (DER) that a client has proved to hold: its fingerprint when it is one of ours and holds, else undefined. */
  readonly verify: (der: Uint8Array, address: string) => string | undefined;
  /** Asked at every request: a connection outlives a revocation. */
  readonly isValid: (fingerprint: string) => boolean;
  readonly handle: Handle;
  readonly log: Logger;
  /** How long a client may take for its handshake; ten seconds when absent. */
  readonly handshakeTimeoutMs?: number;
}

export interface CertificateListener {
  readonly port: number;
  /** For new connections. */
  setKeys(keys: ServerKeys): void;
  /** Ends every connection whose certificate does not hold any more. */
  closeRevoked(): void;
  /** Stops accepting, lets running requests end for so long, then closes. */
  stop(graceMs: number): Promise<void>;
}

interface Connection {
  readonly address: string;
  readonly fingerprint: string | undefined;
  readonly socket: TLSSocket;
}

const loopback = "127.0.0.1";
const handshakeTimeoutMs = 10_000;
const connectTimeoutMs = 5_000;
const maxConnections = 2_000;
const keepAliveAfterMs = 60_000;

/**
 * HTTPS that asks for a client certificate. `Bun.serve` cannot, `node:tls` can: it ends TLS and pipes the plain bytes to an
 * HTTP server on loopback, which knows a connection by its source port. So what the handshake proved travels beside the
 * request, never in it, and no header can claim it; a connection to the inner server that is not ours gets no answer.
 */
export async function startCertificateListener(deps: CertificateListenerDeps): Promise<CertificateListener> {
  const connections = new Map<number, Connection>();
  const inner = serveInside({
    log: deps.log,
    peerOf: (address, port) => {
      const connection = address === loopback ? connections.get(port) : undefined;
      return connection && peerOf(connection, deps.isValid);
    },
    handle: deps.handle,
  });
  const handshakes = createHandshakeTimer(deps.handshakeTimeoutMs ?? handshakeTimeoutMs);
  const server = createServer({ ...contextOf(deps.keys), requestCert: true, rejectUnauthorized: false }, (socket) => {
    handshakes.end(socket);
    forward(socket, inner.port ?? 0, connections, deps);
  });
  server.on("connection", handshakes.begin);
  server.maxConnections = maxConnections;
  server.on("tlsClientError", (cause) => deps.log.debug("a TLS handshake failed", { cause }));
  await listening(server, deps);

  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : deps.port,
    setKeys: (keys) => server.setSecureContext(contextOf(keys)),
    closeRevoked: () => {
      for (const { fingerprint, socket } of connections.values()) {
        if (fingerprint !== undefined && !deps.isValid(fingerprint)) socket.destroy();
      }
    },
    stop: async (graceMs) => {
      server.close();
      await stopServer(inner, graceMs);
      for (const { socket } of connections.values()) socket.destroy();
    },
  };
}

/** The certificate is judged when it is asked for. */
function peerOf(connection: Connection, isValid: CertificateListenerDeps["isValid"]): InnerPeer {
  const { address, fingerprint } = connection;
  const certificate = () => (fingerprint !== undefined && isValid(fingerprint) ? { fingerprint } : undefined);
  return { address, certificate };
}

function contextOf({ cert, key, clientAuthorities }: ServerKeys): SecureContextOptions & { ALPNProtocols: string[] } {
  return { cert, key, ca: [...clientAuthorities], minVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] };
}

function listening(
  server: ReturnType<typeof createServer>,
  { hostname, port }: CertificateListenerDeps,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(listenError(cause, `${hostname}:${port}`)));
    server.listen(port, hostname, resolve);
  });
}

/** Ends connections whose handshake takes too long; the runtime's own `handshakeTimeout` does nothing (Bun 1.4). */
function createHandshakeTimer(timeoutMs: number) {
  const pending = new Map<Socket, ReturnType<typeof setTimeout>>();
  const end = (socket: Socket): void => {
    clearTimeout(pending.get(socket));
    pending.delete(socket);
  };
  const begin = (socket: Socket): void => {
    pending.set(
      socket,
      setTimeout(() => socket.destroy(), timeoutMs),
    );
    socket.once("close", () => end(socket));
  };
  return { begin, end };
}

/** Joins a client and the inner server; the end of one is the end of the other, and a slow one holds the other back. */
function forward(
  socket: TLSSocket,
  innerPort: number,
  connections: Map<number, Connection>,
  { verify, log }: CertificateListenerDeps,
): void {
  const address = plainAddress(socket.remoteAddress ?? "");
  const { raw } = socket.getPeerCertificate();
  const fingerprint = raw === undefined ? undefined : verify(raw, address);
  const upstream = connect({ host: loopback, port: innerPort, noDelay: true });
  const late = setTimeout(() => upstream.destroy(new AppError("unavailable")), connectTimeoutMs);
  let port: number | undefined;
  upstream.once("connect", () => {
    clearTimeout(late);
    port = upstream.localPort;
    if (port === undefined || socket.destroyed) return void upstream.destroy();
    connections.set(port, { address, fingerprint, socket });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveAfterMs);
    socket.pipe(upstream);
    upstream.pipe(socket);
  });
  upstream.once("close", () => {
    clearTimeout(late);
    if (port !== undefined) connections.delete(port);
    socket.destroySoon();
  });
  socket.once("close", () => upstream.destroy());
  quiet(socket, log);
  quiet(upstream, log);
}

/** Connections break; whoever holds the other end learns it from `close`. */
function quiet(socket: Socket, log: Logger): void {
  socket.on("error", (cause) => log.debug("a connection broke", { cause }));
}

/** An IPv4 peer of an IPv6 socket is written as IPv4, as everywhere else. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}

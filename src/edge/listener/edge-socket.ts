import { chmodSync, lstatSync, rmSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { AppError } from "#platform/errors";
import type { SocketHandler } from "#platform/http";
import type { Logger } from "#platform/log";
import { createRecentMap } from "#platform/lru";
import { bodyLimits, type Handle, overTls, stopServer } from "./serve.ts";
import { answered, type Server, socketOptions } from "./sockets.ts";

interface EdgeSocketDeps {
  /** Of the Unix socket; whoever may open it is believed. */
  readonly path: string;
  /** Judges the certificate (DER) that a client proved to hold at the edge: its fingerprint when it is good. */
  readonly verify: (der: Uint8Array, address: string) => string | undefined;
  readonly isValid: (fingerprint: string) => boolean;
  readonly handle: Handle;
  readonly log: Logger;
}

export interface EdgeSocket {
  stop(graceMs: number): Promise<void>;
}

/** The edge sets both on every request, so that what a client sends under these names never arrives. */
const addressHeader = "hearth-edge-address";
/** PEM, percent-encoded: `$ssl_client_escaped_cert` of nginx; empty without one. */
const certificateHeader = "hearth-edge-certificate";
const maxRemembered = 1_000;
/**
 * On a Unix socket the runtime (Bun 1.4) cannot lengthen the patience for one request, and its types know no patience at all:
 * the edge bounds its clients.
 */
const neverIdle: object = { idleTimeout: 0 };
/** The owner and the group of the socket: the edge runs as another user, and belongs to that group. */
const socketMode = 0o660;

/**
 * The way in for an edge of the household (nginx) that ends TLS before us. Only here are headers of an edge read: a Unix socket can be
 * opened by those alone whom the machine lets, which no port can say.
 */
export function startEdgeSocket({ path, verify, isValid, handle, log }: EdgeSocketDeps): EdgeSocket {
  removeStale(path);
  /** A handshake is long over when its requests come, so a certificate is judged once and looked up afterwards. */
  const judged = createRecentMap<string, string>(maxRemembered);
  const fingerprintOf = (escaped: string, address: string): string | undefined => {
    const known = judged.get(escaped);
    if (known !== undefined) return known;
    const der = derOf(escaped);
    const fingerprint = der && verify(der, address);
    if (fingerprint !== undefined) judged.set(escaped, fingerprint);
    return fingerprint;
  };
  const previous = process.umask(0o777 & ~socketMode);
  let server: Server;
  try {
    server = Bun.serve<SocketHandler>({
      ...bodyLimits(log),
      ...neverIdle,
      websocket: socketOptions(),
      unix: path,
      fetch: (request) => {
        const address = request.headers.get(addressHeader) ?? "";
        if (address === "") return new Response(`The edge does not set ${addressHeader}.\n`, { status: 502 });
        const peer = {
          isUpgraded: false,
          address,
          get certificate() {
            const escaped = request.headers.get(certificateHeader) ?? "";
            const fingerprint = escaped === "" ? undefined : fingerprintOf(escaped, address);
            return fingerprint !== undefined && isValid(fingerprint) ? { fingerprint } : undefined;
          },
          setIdleTimeout: () => undefined,
          upgrade: (handler: SocketHandler) => (peer.isUpgraded = server.upgrade(request, { data: handler })),
        };
        return answered(handle(overTls(request), peer), peer);
      },
    });
    chmodSync(path, socketMode);
  } catch (cause) {
    throw new AppError("unavailable", `The socket ${path} for the edge cannot be made.`, { cause });
  } finally {
    process.umask(previous);
  }
  return {
    stop: async (graceMs) => {
      await stopServer(server, graceMs);
      rmSync(path, { force: true });
    },
  };
}

/** What a crash left behind; anything else in its place is somebody's file. */
function removeStale(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path);
}

function derOf(escaped: string): Uint8Array | undefined {
  try {
    return new X509Certificate(decodeURIComponent(escaped)).raw;
  } catch {
    return undefined;
  }
}

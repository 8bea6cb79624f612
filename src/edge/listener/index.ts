import { type Handle, serveOutside, stopServer } from "./serve.ts";
import type { Logger } from "#platform/log";

export type { ServerKeys } from "./certificate-listener.ts";
export { type CertificatePort, createCertificatePort } from "./on-demand.ts";

interface ListenerDeps {
  readonly hostname: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly handle: Handle;
  readonly log: Logger;
}

export interface Listener {
  readonly url: URL;
  /** Stops accepting, lets running requests end for so long, then closes. */
  stop(graceMs: number): Promise<void>;
}

/** The built-in HTTP/1.1 listener, with TLS when a certificate is given. */
export function startListener(deps: ListenerDeps): Listener {
  const server = serveOutside(deps);
  return { url: new URL(server.url), stop: (graceMs) => stopServer(server, graceMs) };
}

import { readFileSync } from "node:fs";
import type { Logger } from "#platform/log";
import { type CertificatePort, createCertificatePort } from "./on-demand.ts";
import { type EdgeSocket, startEdgeSocket } from "./edge-socket.ts";
import { type Listener, startListener, type TlsKeys } from "./listener.ts";
import type { Handle } from "./serve.ts";

interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** Where to listen, as the configuration has it. */
interface Places {
  readonly listen: Address;
  /** PEM files; plain HTTP without them, unless `certificates.https` asks for our own certificate. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly certificates: { readonly listen?: Address | undefined; readonly https: boolean };
  readonly edge?: { readonly socket: string } | undefined;
}

/** What the listeners need of whoever makes certificates. */
interface CertificateSource {
  serverKeys(): Promise<TlsKeys | undefined>;
  temporaryKeys(): Promise<TlsKeys>;
  clientAuthorities(): string[];
  verify(der: Uint8Array, address: string): string | undefined;
  deviceOf(fingerprint: string): object | null;
}

interface ListenersDeps {
  readonly places: Places;
  /** Asked when it is needed, since it needs the listeners itself. */
  readonly certificates: () => CertificateSource;
  readonly log: Logger;
}

/** Every way in from outside: the page's port, the port for certificates, the socket for an edge. */
export interface Listeners {
  /** Where the page is. Throws `unavailable` when its port cannot be had. */
  start(handle: Handle): Promise<URL>;
  /** Port that asks for certificates; undefined while nothing does. */
  certificatePort(): number | undefined;
  /** Every TCP port that is listened on now. */
  ports(): number[];
  /** Takes the keys of now; starts the port for certificates when there was no authority before. Never throws. */
  refresh(): Promise<void>;
  /** Ends the connections whose certificate does not hold any more. */
  closeRevoked(): void;
  stop(graceMs: number): Promise<void>;
}

export function createListeners({ places, certificates, log }: ListenersDeps): Listeners {
  let listener: Listener | undefined;
  let port: CertificatePort | undefined;
  let edge: EdgeSocket | undefined;
  const readFiles = (): TlsKeys | undefined =>
    places.tls && { cert: readFileSync(places.tls.certFile, "utf8"), key: readFileSync(places.tls.keyFile, "utf8") };
  const currentTls = async (): Promise<TlsKeys | undefined> => {
    if (places.tls !== undefined || !places.certificates.https) return readFiles();
    return (await certificates().serverKeys()) ?? certificates().temporaryKeys();
  };

  return {
    start: async (handle) => {
      const judged = {
        verify: (der: Uint8Array, address: string) => certificates().verify(der, address),
        isValid: (fingerprint: string) => certificates().deviceOf(fingerprint) !== null,
        handle,
        log,
      };
      listener = startListener({ ...places.listen, tls: await currentTls(), currentTls, handle, log });
      if (places.edge !== undefined) edge = startEdgeSocket({ path: places.edge.socket, ...judged });
      if (places.certificates.listen !== undefined) {
        const keys = async () => {
          const own = await certificates().serverKeys();
          return own && { ...(readFiles() ?? own), clientAuthorities: certificates().clientAuthorities() };
        };
        port = createCertificatePort({ ...places.certificates.listen, keys, ...judged });
        await port.refresh();
      }
      return listener.url;
    },
    certificatePort: () => port?.port(),
    ports: () => [listener?.port, port?.port()].filter((one) => one !== undefined),
    refresh: async () => void (await Promise.all([listener?.refresh(), port?.refresh()])),
    closeRevoked: () => port?.closeRevoked(),
    stop: async (graceMs) =>
      void (await Promise.all([listener?.stop(graceMs), port?.stop(graceMs), edge?.stop(graceMs)])),
  };
}

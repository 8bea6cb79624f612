import type { Clock } from "#platform/clock";
import { AppError, errorBehind, problemResponse, toAppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { type Actor, anonymous } from "#platform/usecase";
import { errorTable } from "#wire";
import type { Admit, SocketHandler } from "./socket.ts";
import { type Line, type Permit, permitOf, takesLong, type Transfers } from "./transfers.ts";

/** What every handler is given beside the request. */
export interface RequestContext {
  readonly requestId: string;
  /** Address of the peer, as text. */
  readonly address: string;
  /** The client certificate that the listener verified in the handshake of this connection; never taken from a header. */
  readonly certificate: ClientCertificate | undefined;
  /** Decoded by nobody: the raw path of the URL, as it was sent. */
  readonly path: string;
  readonly log: Logger;
  /** Who calls; asked once a request. Throws AppError when credentials are given and wrong. */
  actor(): Promise<Actor> | Actor;
  /** Who calls, when somebody has asked and it was found out. */
  readonly knownActor?: Actor | undefined;
  /** Lets the connection stay silent for so long, as during a large upload; 0 is the server's limit. */
  setIdleTimeout(seconds: number): void;
  /**
   * For what arrives: a request whose body takes long to come is cut when the permit no longer holds. The answer throws then, and is
   * for asking once more before what has arrived is taken.
   */
  limitTo(permit: Permit): () => void;
  /**
   * Makes a WebSocket of this request; what it answers is the answer to the request. Throws `bad-request` when none was asked for.
   */
  upgrade(handlerFor: (admit: Admit) => SocketHandler): Response;
}

export type HttpHandler = (request: Request, context: RequestContext) => Promise<Response> | Response;

/** A route owns everything below its prefix; the longest prefix wins. */
export interface Route {
  readonly prefix: string;
  readonly handle: HttpHandler;
  /** What follows the prefix is itself a right, as the token of a link: it is in no log. */
  readonly secretPath?: boolean;
  /** Names and passwords that come with a request are no account's but this surface's own: everybody is a stranger. */
  readonly ownCredentials?: boolean;
  /** Renders an error in the form of this surface; problem+json without it. */
  readonly renderError?: (error: AppError, request: Request) => Response;
}

export interface ClientCertificate {
  /** SHA-256 of the DER form, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** Who is at the other end. The address is asked of the kernel, so it is read only where it is needed. */
export interface Origin {
  readonly address: string;
  readonly certificate?: ClientCertificate | undefined;
}

/** Asked before any handler: answers in its place, throws AppError to refuse, or lets the request pass with undefined. */
export type Gate = (request: Request, context: RequestContext) => Promise<Response | undefined> | Response | undefined;

/** One gate after the other; the first that answers or throws ends the walk. */
export function gatesInOrder(...gates: readonly Gate[]): Gate {
  const from = (index: number, request: Request, context: RequestContext): ReturnType<Gate> => {
    for (let i = index; i < gates.length; i += 1) {
      const verdict = gates[i]?.(request, context);
      if (verdict instanceof Promise) return verdict.then((answer) => answer ?? from(i + 1, request, context));
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  };
  return (request, context) => from(0, request, context);
}

/** Told of every answer, or of the error that becomes one; the answer waits for what it returns. Never throws. */
export type Observe = (
  request: Request,
  context: RequestContext,
  result: Response | AppError,
) => Promise<void> | undefined;

export type Authenticate = (request: Request, from: Origin) => Promise<Actor> | Actor;

export interface HttpDeps {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly gate?: Gate;
  readonly observe?: Observe;
  /** What takes long and ends with the right to it. */
  readonly transfers?: Pick<Transfers, "begin">;
  readonly log: Logger;
  readonly clock: Clock;
}

interface Peer extends Origin {
  setIdleTimeout(seconds: number): void;
  /** The connection of the request; absent where there is none. */
  readonly line?: Line;
  /** False when the request asks for no WebSocket; absent where there are none. */
  upgrade?(handler: SocketHandler): boolean;
}

/** The walk of a request: id, route by prefix, handler, error form. */
export function createHttp(deps: HttpDeps): (request: Request, peer: Peer) => Promise<Response> | Response {
  const routes = deps.routes.toSorted((a, b) => b.prefix.length - a.prefix.length);
  let counter = 0;
  const instance = deps.clock.now().toString(36);

  return (request, peer) => {
    const path = pathOf(request.url);
    const route = routeOf(routes, path);
    const { authenticate } = route?.ownCredentials === true ? stranger : deps;
    const context = createContext(request, path, peer, `${instance}-${(counter++).toString(36)}`, deps, authenticate);
    const { observe } = deps;
    const end = (response: Response) => {
      const permit = permitOf(response);
      if (permit !== undefined && peer.line !== undefined) deps.transfers?.begin(permit, peer.line);
      const error = response.status < 400 ? undefined : errorBehind(response);
      return after(observe?.(request, context, error ?? response), response);
    };
    const fail = (thrown: unknown) => {
      const error = errorOf(thrown);
      const response = renderFailure(error, request, route, context);
      return after(observe?.(request, context, error), response);
    };
    if (!namesOneHost(request)) return fail(badHost());
    if (route === undefined) return new Response(null, { status: 404 });
    try {
      const response =
        deps.gate === undefined ? route.handle(request, context) : pass(deps.gate, route, request, context);
      return response instanceof Promise ? response.then(end, fail) : end(response);
    } catch (thrown) {
      return fail(thrown);
    }
  };
}

function after(written: Promise<void> | undefined, response: Response): Promise<Response> | Response {
  return written === undefined ? response : written.then(() => response);
}

function pass(gate: Gate, route: Route, request: Request, context: RequestContext): Promise<Response> | Response {
  const verdict = gate(request, context);
  if (verdict === undefined) return route.handle(request, context);
  if (verdict instanceof Response) return verdict;
  return verdict.then((answer) => answer ?? route.handle(request, context));
}

function routeOf(routes: readonly Route[], path: string): Route | undefined {
  for (const route of routes) if (path.startsWith(route.prefix)) return route;
  return undefined;
}

const stranger: Pick<HttpDeps, "authenticate"> = { authenticate: () => anonymous };

function createContext(
  request: Request,
  path: string,
  peer: Peer,
  requestId: string,
  deps: HttpDeps,
  authenticateBy: Authenticate = deps.authenticate,
): RequestContext {
  let actor: Promise<Actor> | Actor | undefined;
  let known: Actor | undefined;
  const authenticate = (): Promise<Actor> | Actor => {
    const asked = authenticateBy(request, context);
    if (!(asked instanceof Promise)) return (known = asked);
    return asked.then((found) => (known = found));
  };
  let log: Logger | undefined;
  let address: string | undefined;
  const context: RequestContext = {
    requestId,
    // Asking the socket costs as much as a look-up in the index: once, and only when somebody wants to know.
    get address() {
      return (address ??= peer.address);
    },
    path,
    get certificate() {
      return peer.certificate;
    },
    get log() {
      return (log ??= deps.log.child({ requestId }));
    },
    actor: () => (actor ??= authenticate()),
    get knownActor() {
      return known;
    },
    setIdleTimeout: peer.setIdleTimeout,
    limitTo: (permit) => {
      if (deps.transfers === undefined || !takesLong(request)) return () => undefined;
      const holds = deps.transfers.begin(permit, peer.line);
      return () => {
        if (!holds()) throw new AppError("forbidden", "The right to send this has gone meanwhile.");
      };
    },
    upgrade: (handlerFor) => {
      const admit = admission(request, context, peer, deps);
      if (peer.upgrade?.(handlerFor(admit)) === true) return new Response(null, { status: 101 });
      throw new AppError("bad-request", "This address is for WebSocket connections.");
    },
  };
  return context;
}

/** What is kept of a request for later: once it is a WebSocket the runtime forgets it. */
function admission(request: Request, { address, path, requestId }: RequestContext, peer: Peer, deps: HttpDeps): Admit {
  const { url } = request;
  const headers = new Headers(request.headers);
  const { setIdleTimeout } = peer;
  const origin = {
    address,
    setIdleTimeout,
    get certificate() {
      return peer.certificate;
    },
  };
  return async (authorization) => {
    headers.set("authorization", authorization);
    const again = new Request(url, { headers });
    const context = createContext(again, path, origin, requestId, deps);
    try {
      const verdict = await deps.gate?.(again, context);
      if (verdict !== undefined) throw new AppError("blocked");
      return await context.actor();
    } catch (thrown) {
      const error = errorOf(thrown);
      await deps.observe?.(again, context, error);
      throw error;
    }
  };
}

/**
 * RFC 9112 §3.2: what names several hosts, or none that can be one, is answered with 400. The runtime makes a relative URL of the
 * latter, whose path each reader would find elsewhere.
 */
function namesOneHost({ url, headers }: Request): boolean {
  return url.startsWith("http") && headers.get("host")?.includes(",") !== true;
}

function badHost(): AppError {
  return new AppError("bad-request", "The Host header has to name this one server.", { isRefusal: true });
}

/** The path of an absolute URL without its query; string work, since this runs for every request. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start === -1) return "/";
  const query = url.indexOf("?", start);
  return query === -1 ? url.slice(start) : url.slice(start, query);
}

function errorOf(thrown: unknown): AppError {
  return isDisconnect(thrown) ? new AppError("length-mismatch", "The client went away.") : toAppError(thrown);
}

function renderFailure(error: AppError, request: Request, route: Route | undefined, context: RequestContext): Response {
  const level = errorTable[error.code].logLevel;
  context.log[level](`request failed: ${error.code}`, {
    method: request.method,
    path: route?.secretPath === true ? `${route.prefix}…` : context.path,
    errorId: error.id,
    detail: error.detail,
    cause: error.cause,
  });
  return route?.renderError?.(error, request) ?? problemResponse(error);
}

/** The runtime ends the body of a request with this error when the connection closes before the body is whole. */
function isDisconnect(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "AbortError" && thrown.message === "The connection was closed.";
}

import { AppError } from "#platform/errors";
import type { Clock } from "#platform/clock";

export interface OutgoingDeps {
  readonly clock: Clock;
  /** Sends a request as `fetch` does. */
  readonly send: (request: Request) => Promise<Response>;
  /** Names that may be asked, also after a redirect; one that begins with a dot stands for all below it. */
  readonly hosts: readonly string[];
  readonly userAgent: string;
  /** Between the beginnings of two requests. */
  readonly intervalMs: number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Outgoing {
  /** Null: 404. Throws `unavailable` when it cannot be had now. */
  json(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown>;
  bytes(url: URL, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | null>;
}

const timeoutMs = 15_000;
const maxJsonBytes = 4 * 2 ** 20;
const mostRedirects = 3;
const mostTries = 3;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

const away = (host: string, cause?: unknown): AppError =>
  new AppError("unavailable", `${host} cannot be reached now; it is asked again later.`, { cause });

/** Requests to fixed hosts over HTTPS, one after the other, not too often, with an end to their time and size. */
export function createOutgoing(deps: OutgoingDeps): Outgoing {
  const { clock, hosts, intervalMs, wait } = deps;
  let nextAtMs = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const isAllowed = ({ protocol, hostname, port, username }: URL): boolean =>
    protocol === "https:" &&
    port === "" &&
    username === "" &&
    hosts.some((host) => (host.startsWith(".") ? hostname.endsWith(host) : hostname === host));

  const once = async (
    start: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> => {
    let url = start;
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      if (!isAllowed(url)) throw away(url.hostname);
      // What authorises is for the first host only.
      const own = url.hostname === start.hostname ? headers : {};
      const request = new Request(url, {
        headers: { ...own, "user-agent": deps.userAgent },
        redirect: "manual",
        signal,
      });
      const response = await deps.send(request);
      const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
      if (location === null) return response;
      await response.body?.cancel();
      url = new URL(location, url);
    }
    throw away(start.hostname);
  };

  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = queue.then(act, act);
    queue = turn.catch(() => undefined);
    return turn;
  };

  const fetchBytes = async (
    url: URL,
    headers: Readonly<Record<string, string>>,
    maxBytes: number,
    outer: AbortSignal,
  ) => {
    for (let attempt = 1; ; attempt += 1) {
      const pauseMs = nextAtMs - clock.now();
      if (pauseMs > 0) await wait(pauseMs, outer);
      nextAtMs = clock.now() + intervalMs;
      const signal = AbortSignal.any([outer, AbortSignal.timeout(timeoutMs)]);
      const outcome = await once(url, headers, signal)
        .then(async (response) => ({ response, body: await limited(response, maxBytes) }))
        .catch((cause: unknown) => ({ cause }));
      outer.throwIfAborted();
      if ("response" in outcome) {
        const { status } = outcome.response;
        if (status === 404) return null;
        if (outcome.response.ok && outcome.body !== null) return outcome.body;
        if (status === 401 || status === 403)
          throw new AppError("unavailable", `${url.hostname} does not accept the key.`);
        if (status < 500 && status !== 429) throw away(url.hostname, `answered ${status}`);
      }
      if (attempt >= mostTries) throw away(url.hostname, "cause" in outcome ? outcome.cause : undefined);
      const asked = "response" in outcome ? Number(outcome.response.headers.get("retry-after")) * 1000 : 0;
      await wait(Math.min(longestPauseMs, asked > 0 ? asked : firstPauseMs * 2 ** (attempt - 1)), outer);
    }
  };

  return {
    json: async (url, headers, signal) => {
      const accept = { ...headers, accept: "application/json" };
      const body = await inTurn(() => fetchBytes(url, accept, maxJsonBytes, signal));
      if (body === null) return null;
      try {
        return JSON.parse(new TextDecoder().decode(body)) as unknown;
      } catch (cause) {
        throw away(url.hostname, cause);
      }
    },
    bytes: (url, maxBytes, signal) => inTurn(() => fetchBytes(url, {}, maxBytes, signal)),
  };
}

/** The whole body; null when it is larger than allowed. */
async function limited(response: Response, maxBytes: number): Promise<Uint8Array | null> {
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    return response.ok ? new Uint8Array() : null;
  }
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

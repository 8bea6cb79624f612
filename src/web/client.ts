import { queryOptions, type QueryClient } from "@tanstack/react-query";
import type { browseContract } from "#contract/apps/files/browse";
import type { cameraContract } from "#contract/apps/files/camera";
import type { importsContract } from "#contract/apps/files/imports";
import type { linksContract } from "#contract/apps/files/links";
import type { mountsContract } from "#contract/apps/files/mounts";
import type { syncContract } from "#contract/apps/files/nextcloud";
import type { placesContract } from "#contract/apps/files/places";
import type { ransomwareContract } from "#contract/apps/files/ransomware";
import type { searchContract } from "#contract/apps/files/search";
import type { tiersContract } from "#contract/apps/files/tiers";
import type { trashContract } from "#contract/apps/files/trash";
import type { usageContract } from "#contract/apps/files/usage";
import type { versionsContract } from "#contract/apps/files/versions";
import type { locksContract } from "#contract/apps/files/webdav";
import type { libraryContract } from "#contract/apps/media/library";
import type { extrasContract } from "#contract/apps/media/extras";
import type { metadataContract } from "#contract/apps/media/metadata";
import type { musicContract } from "#contract/apps/media/music";
import type { offlineContract } from "#contract/apps/media/offline";
import type { photosContract } from "#contract/apps/media/photos";
import type { probeContract } from "#contract/apps/media/probe";
import type { streamContract } from "#contract/apps/media/stream";
import type { subsonicContract } from "#contract/apps/media/subsonic";
import type { watchContract } from "#contract/apps/media/watch";
import type { worksContract } from "#contract/apps/media/works";
import type { accessContract } from "#contract/security/access";
import type { auditContract } from "#contract/security/audit";
import type { certificatesContract } from "#contract/security/certificates";
import type { factorsContract } from "#contract/security/factors";
import type { firewallContract } from "#contract/security/firewall";
import type { guardContract } from "#contract/security/guard";
import type { identityContract } from "#contract/security/identity";
import type { oidcContract } from "#contract/security/oidc";
import type { sessionsContract } from "#contract/security/sessions";
import type { vpnContract } from "#contract/security/vpn";
import type { ErrorCode, LiveEventName, LiveEvents, Problem } from "#wire";
import type { z } from "zod";
import { strings } from "./strings.ts";

type Operations = typeof browseContract &
  typeof linksContract &
  typeof importsContract &
  typeof cameraContract &
  typeof mountsContract &
  typeof placesContract &
  typeof locksContract &
  typeof ransomwareContract &
  typeof searchContract &
  typeof syncContract &
  typeof tiersContract &
  typeof trashContract &
  typeof usageContract &
  typeof versionsContract &
  typeof libraryContract &
  typeof extrasContract &
  typeof metadataContract &
  typeof musicContract &
  typeof offlineContract &
  typeof photosContract &
  typeof probeContract &
  typeof streamContract &
  typeof subsonicContract &
  typeof watchContract &
  typeof worksContract &
  typeof identityContract &
  typeof sessionsContract &
  typeof factorsContract &
  typeof certificatesContract &
  typeof oidcContract &
  typeof accessContract &
  typeof auditContract &
  typeof guardContract &
  typeof firewallContract &
  typeof vpnContract;
export type OperationName = keyof Operations;
/** What a caller passes: defaults may be left out. */
export type Input<N extends OperationName> = z.input<Operations[N]["input"]>;
export type Output<N extends OperationName> = z.output<Operations[N]["output"]>;

/** A refusal of the server, or no answer at all (`offline`); `id` is the one in the server's log, empty without an answer. */
export class ProblemError extends Error {
  readonly code: ErrorCode;
  readonly title: string;
  readonly detail: string;
  readonly status: number;
  readonly id: string;
  readonly retryable: boolean;
  readonly offline: boolean;
  /** When trying again makes sense, as the server says; null when it says nothing. */
  readonly retryAfterSeconds: number | null;
  constructor(problem: Omit<Problem, "type">, offline = false, retryAfterSeconds: number | null = null) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.status = problem.status;
    this.id = problem.id;
    this.retryable = problem.retryable;
    this.offline = offline;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const offlineProblem = {
  code: "unavailable",
  title: "No connection to the server",
  detail: "",
  status: 0,
  id: "",
  retryable: true,
} as const;

/** Reads the problem of a failed answer; anything that is not one becomes `internal` with the HTTP status. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => null);
  const given = typeof body === "object" && body !== null ? (body as Partial<Problem>) : {};
  const retryAfterSeconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  const problem = {
    code: given.code ?? (response.status === 401 ? "unauthenticated" : "internal"),
    title: given.title ?? `HTTP ${response.status}`,
    detail: given.detail ?? "",
    status: response.status,
    id: given.id ?? response.headers.get("x-request-id") ?? "",
    retryable: given.retryable ?? response.status >= 500,
  };
  return new ProblemError(problem, false, Number.isNaN(retryAfterSeconds) ? null : retryAfterSeconds);
}

/** Copying a large folder answers when it is done. */
const callTimeoutMs = 300_000;

interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Asks the person to confirm that it is them; false when they turn away. */
export type ConfirmIdentity = () => Promise<boolean>;
let confirmIdentity: ConfirmIdentity | undefined;

/** Who answers `step-up-required` for every call of the page; undefined again when that part is gone. */
export function onStepUpRequired(ask: ConfirmIdentity | undefined): void {
  confirmIdentity = ask;
}

/**
 * Runs an operation: `POST /api/<name>`. One that asks for a fresh factor is tried again once the person has confirmed that it is
 * them. Throws `ProblemError`, or the abort reason of `signal`.
 */
export async function call<N extends OperationName>(
  name: N,
  input: Input<N>,
  options: CallOptions = {},
): Promise<Output<N>> {
  try {
    return await send(name, input, options);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== "step-up-required" || !confirmIdentity) throw error;
    if (await confirmIdentity()) return send(name, input, options);
    throw new ProblemError({ ...error, title: error.title, detail: strings.proof.stepUp.notConfirmed, id: "" });
  }
}

async function send<N extends OperationName>(name: N, input: Input<N>, options: CallOptions): Promise<Output<N>> {
  const timeout = AbortSignal.timeout(callTimeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  let response: Response;
  try {
    response = await fetch(`/api/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(input),
      signal,
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ProblemError(offlineProblem, true);
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Output<N>;
}

/** Query options of a reading operation; the key is `[name, input]`, which `invalidate` and the live events rely on. */
export function query<N extends OperationName>(name: N, input: Input<N>) {
  return queryOptions({
    queryKey: [name, input] as const,
    queryFn: ({ signal }): Promise<Output<N>> => call(name, input, { signal }),
  });
}

/** Marks every cached answer of these operations as stale. */
export async function invalidate(client: QueryClient, ...names: readonly OperationName[]): Promise<void> {
  await Promise.all(names.map((name) => client.invalidateQueries({ queryKey: [name] })));
}

type LiveHandlers = { readonly [N in LiveEventName]?: (event: LiveEvents[N]) => void };

const reopenAfterMs = 5000;

function openStream(handlers: LiveHandlers, onOpen: () => void, onLost: (forGood: boolean) => void): EventSource {
  const source = new EventSource("/api/events");
  source.addEventListener("open", onOpen);
  source.addEventListener("error", () => onLost(source.readyState === EventSource.CLOSED));
  const on = <N extends LiveEventName>(name: N, handler: ((event: LiveEvents[N]) => void) | undefined): void => {
    if (handler) source.addEventListener(name, (event) => handler(JSON.parse(event.data) as LiveEvents[N]));
  };
  on("files.changed", handlers["files.changed"]);
  on("access.changed", handlers["access.changed"]);
  on("trash.changed", handlers["trash.changed"]);
  on("volume.state", handlers["volume.state"]);
  on("job.progress", handlers["job.progress"]);
  on("media.changed", handlers["media.changed"]);
  on("photos.changed", handlers["photos.changed"]);
  on("watch.changed", handlers["watch.changed"]);
  on("watch.room", handlers["watch.room"]);
  return source;
}

/**
 * Reads the live event stream until `close()`. A browser reconnects by itself, except after an HTTP error (a restart behind a
 * proxy, an ended session): then `onRefused` runs and the stream is opened anew. `onReconnect` says that events may be missing.
 */
export function listen(handlers: LiveHandlers, onReconnect: () => void, onRefused: () => void): { close(): void } {
  let lost = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onOpen = (): void => {
    if (lost) onReconnect();
    lost = false;
  };
  const onLost = (forGood: boolean): void => {
    lost = true;
    if (!forGood) return;
    onRefused();
    clearTimeout(timer);
    timer = setTimeout(() => {
      source = openStream(handlers, onOpen, onLost);
    }, reopenAfterMs);
  };
  let source = openStream(handlers, onOpen, onLost);
  return {
    close: () => {
      clearTimeout(timer);
      source.close();
    },
  };
}

/** Addresses of bytes: what does not fit a JSON answer (docs/http.md). */
export const urls = {
  content: (id: number): string => `/api/files/content/${id}`,
  download: (id: number): string => `/api/files/content/${id}?download=1`,
  version: (id: number, number: number): string => `/api/files/version/${id}/${number}`,
  archive: (ids: readonly number[]): string => `/api/files/archive?ids=${ids.join(",")}`,
  preview: (id: number, size: 256 | 1600, etag: string): string =>
    `/api/files/preview/${id}?size=${size}&v=${encodeURIComponent(etag)}`,
} as const;

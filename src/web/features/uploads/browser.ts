import { call } from "#web/client.ts";
import { http1Limits, http2Limits, type LaneLimits } from "./lanes.ts";
import { createPendingStore } from "./pending-store.ts";
import { createUploads, type Uploads } from "./uploads.ts";
import type { StoredQuestion, Transfer, TransferRequest } from "./state.ts";

/** Where uploads go, and whose they are. */
export interface UploadTarget {
  /** `user:ID` or `link:TOKEN`. */
  readonly scope: string;
  /** TUS creation address. */
  readonly endpoint: string;
}

export const homeEndpoint = "/api/uploads";

const engines = new Map<string, Uploads>();
const latest: { target: UploadTarget } = { target: { scope: "user:0", endpoint: homeEndpoint } };

/** The one engine of a scope; it lives as long as the page, whatever is shown. */
export function uploadsFor(target: UploadTarget): Uploads {
  latest.target = target;
  const known = engines.get(target.scope);
  if (known) return known;
  const made = create(target);
  engines.set(target.scope, made);
  return made;
}

/** The engine that the page asked for last: that of whoever is logged in, or of the share link shown. */
export function uploadsForCurrent(): Uploads {
  return uploadsFor(latest.target);
}

function create({ scope, endpoint }: UploadTarget): Uploads {
  const nowMs = (): number => Date.now();
  const owner = newKey();
  const store = createPendingStore(owner, nowMs);
  const uploads = createUploads({
    start: (request) => startLater(endpoint, request),
    discard: (url) => void import("./tus.ts").then((tus) => tus.discardTus(url)),
    findStored: (file) => findStored(scope, file),
    remember: (changes) => store.save(changes),
    nowMs,
    random: Math.random,
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    newKey,
    limits: limitsOfConnection(),
    scope,
    owner,
  });
  window.addEventListener("online", () => uploads.hurry());
  window.addEventListener("beforeunload", (event) => {
    if (uploads.busy()) event.preventDefault();
  });
  void store.load(scope).then((records) => uploads.restore(records));
  return uploads;
}

/** A visitor of a link sees nothing of its folder, so only a person's own uploads can be looked up. */
async function findStored(scope: string, file: StoredQuestion): Promise<number | null> {
  if (!scope.startsWith("user:")) return null;
  const { path, node: folder } = await call("files.get", { id: file.folderId });
  // The way begins with the root of the space, whose name is no part of paths in it.
  const place = [...path.slice(1).map((crumb) => crumb.name), file.path].join("/");
  const { node } = await call("files.resolve", { spaceId: folder.spaceId, path: place });
  const same = node.kind === "file" && node.sizeBytes === file.sizeBytes && node.modifiedAtMs === file.modifiedAtMs;
  return same ? node.id : null;
}

/** The TUS client is loaded with the first upload, not with the page. */
function startLater(endpoint: string, request: TransferRequest): Transfer {
  let transfer: Transfer | null = null;
  let over = false;
  import("./tus.ts").then(
    ({ startTus }) => {
      if (!over) transfer = startTus(endpoint, request);
    },
    () => request.onError({ status: 0, code: null, detail: "", errorId: null, unreadable: false }),
  );
  return {
    stop() {
      over = true;
      transfer?.stop();
    },
    discard() {
      over = true;
      transfer?.discard();
    },
  };
}

/** `crypto.randomUUID` is missing on plain HTTP, which a home network often is. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
}

function limitsOfConnection(): LaneLimits {
  const [page] = performance.getEntriesByType("navigation");
  const protocol = page instanceof PerformanceResourceTiming ? page.nextHopProtocol : "";
  return protocol === "h2" || protocol === "h3" ? http2Limits : http1Limits;
}

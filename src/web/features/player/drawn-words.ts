/** What the page asks of a worker that draws subtitles. */
export type DrawerRequest =
  | {
      readonly kind: "open";
      /** The subtitle as it is in the file: ASS, or PGS as `.sup`. */
      readonly url: string;
      /** Fonts inside the film. */
      readonly fontUrls: readonly string[];
      /** Size of the film's own picture, which styles are measured by; null: not known. */
      readonly film: Size | null;
    }
  | {
      readonly kind: "draw";
      /** In the clock of the subtitle. */
      readonly atMs: number;
      /** Where the film begins, in the same clock. */
      readonly fromMs: number;
      /** Wished, in pixels of the screen; pictures have a size of their own. */
      readonly size: Size;
    };

export type DrawerAnswer =
  /** It was fetched; from here on an answer must come soon. */
  | { readonly kind: "fetched" }
  | { readonly kind: "ready" }
  /** One for each `draw`. Null parts: what is shown already stays. */
  | { readonly kind: "drawn"; readonly size: Size; readonly parts: readonly DrawnPart[] | null }
  /** `network`: it did not come. `unreadable`: it is damaged, or larger than what a page can draw. */
  | { readonly kind: "failed"; readonly why: "network" | "unreadable"; readonly message: string };

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface DrawnPart {
  readonly bitmap: ImageBitmap;
  readonly x: number;
  readonly y: number;
}

/** Thrown inside of a worker for what cannot be drawn. */
export class Undrawable extends Error {}

/** The side of a worker that the page does not see (W3C workers); the page's own types know none of it. */
interface WorkerScope {
  addEventListener(type: "message", listener: (event: MessageEvent<DrawerRequest>) => void): void;
  postMessage(answer: DrawerAnswer, transfer?: Transferable[]): void;
}

/** What draws one subtitle. */
export interface Drawer {
  draw(
    atMs: number,
    size: Size,
    fromMs: number,
  ): Promise<{ readonly size: Size; readonly parts: readonly DrawnPart[] | null }>;
}

type OpenRequest = Extract<DrawerRequest, { kind: "open" }>;

/** Runs in a worker: opens one subtitle, and draws what the page asks for, one after the other. */
export function serveDrawer(open: (request: OpenRequest, fetched: () => void) => Promise<Drawer>): void {
  const scope = globalThis as unknown as WorkerScope;
  let drawer: Drawer | undefined;
  const answer = async (request: DrawerRequest): Promise<void> => {
    if (request.kind === "open") {
      drawer = await open(request, () => scope.postMessage({ kind: "fetched" }));
      scope.postMessage({ kind: "ready" });
    } else if (drawer !== undefined) {
      const { size, parts } = await drawer.draw(request.atMs, request.size, request.fromMs);
      scope.postMessage({ kind: "drawn", size, parts }, parts?.map(({ bitmap }) => bitmap) ?? []);
    }
  };
  scope.addEventListener("message", ({ data }) => {
    answer(data).catch((thrown: unknown) => {
      const why = thrown instanceof Unfetched ? "network" : "unreadable";
      scope.postMessage({ kind: "failed", why, message: String(thrown) });
    });
  });
}

class Unfetched extends Error {}

/** The bytes at an address, at most so many. Throws Undrawable when there are more. */
export async function fetchBytes(url: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Unfetched(String(cause));
  });
  if (!response.ok || response.body === null) throw new Unfetched(`${response.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new Unfetched(String(cause));
    });
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new Undrawable(`more than ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

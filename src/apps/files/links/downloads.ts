import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { evaluateConditions } from "#platform/http";
import { createLruMap } from "#platform/lru";
import type { NodeInfo } from "#storage/primary";
import type { LinkRow, LinksRepository } from "./repository.ts";

/** A film is watched in many ranges; a pause of this length makes the next one a new download. */
const continuationMs = 60 * 60_000;
const maxStarts = 20_000;

export interface Downloads {
  /**
   * Counts a download that starts. A range of something the same visitor (address and program) has started counts nothing.
   * Throws `gone` when the limit is reached.
   */
  start(link: LinkRow, what: string, request: Request, address: string): void;
}

export const limitReached = () => new AppError("gone", "This link has been downloaded as often as allowed.");

export function createDownloads(repository: LinksRepository, clock: Clock): Downloads {
  const starts = createLruMap<string, number>(maxStarts);
  return {
    start: (link, what, request, address) => {
      const visitor = `${address} ${request.headers.get("user-agent") ?? ""}`;
      const key = new Bun.CryptoHasher("sha256").update(`${link.id} ${what} ${visitor}`).digest("base64url");
      const now = clock.now();
      const continues = request.headers.has("range") && (starts.get(key) ?? 0) > now;
      if (!continues && !repository.countDownload(link.id, now)) throw limitReached();
      starts.set(key, now + continuationMs);
    },
  };
}

/** What the visitor still has is not sent again: decided as the answer is, since a header may say it in a way that is none. */
export function isKnownTo(request: Request, node: NodeInfo): boolean {
  return evaluateConditions(request, node) === "not-modified";
}

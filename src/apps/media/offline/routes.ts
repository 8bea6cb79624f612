import { closeSync, fstatSync, openSync } from "node:fs";
import type { LibraryReader } from "#apps/media/library";
import { AppError } from "#platform/errors";
import { pathForChild } from "#platform/ffmpeg";
import { type Route, sendFile } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { CopyRecipe } from "./choices.ts";
import { copyName, offlinePrefix } from "./present.ts";
import type { Copies } from "./copies.ts";

interface RouteDeps {
  readonly copies: Copies;
  readonly library: Pick<LibraryReader, "item">;
}

/** `/media/offline/ID/file`: one's own copy, by ranges, so that a download goes on where it was cut. */
export function createOfflineRoute({ copies, library }: RouteDeps): Route {
  return {
    prefix: offlinePrefix,
    handle: async (request, context) => {
      if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
      const id = /^([1-9]\d{0,14})\/file$/.exec(context.path.slice(offlinePrefix.length))?.[1];
      if (id === undefined) throw new AppError("not-found");
      const actor = await context.actor();
      if (actor.kind !== "person") throw new AppError("unauthenticated");
      copies.sweep();
      const copy = copies.own(actor, Number(id));
      const item = library.item(copy.itemId);
      if (item === undefined || !copies.allows(actor, copy)) {
        throw new AppError("not-found", "There is no such copy.", { isRefusal: true });
      }
      if (copy.state !== "ready") throw new AppError("conflict", "This copy is not ready yet.");
      const file = openFile(copies.pathOf(copy.id));
      if (file === undefined) throw new AppError("gone", "This copy was removed from the server; ask for it again.");
      const name = encodeURIComponent(copyName(item, JSON.parse(copy.recipe) as CopyRecipe));
      const options = {
        etag: `${copy.key.slice(0, 32)}-${copy.readyAtMs}`,
        modifiedAtMs: copy.readyAtMs ?? copy.createdAtMs,
        contentType: "video/mp4",
        headers: {
          "content-disposition": `attachment; filename*=UTF-8''${name.replaceAll("'", "%27")}`,
          "cache-control": "private, no-cache",
        },
      };
      const holds = (now: Actor) => copies.allows(now, copies.own(now, copy.id));
      return sendFile(request, file, options, { actor, holds });
    },
  };
}

/** Undefined when the file is gone. */
function openFile(path: string) {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined;
  }
  return { fd, fdPath: pathForChild(fd), sizeBytes: fstatSync(fd).size, close: () => closeSync(fd) };
}

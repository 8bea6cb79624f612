import { AppError } from "#platform/errors";
import { type Route, underPermit } from "#platform/http";
import { contentResponse } from "./content-route.ts";
import type { Directory } from "./directory.ts";
import { cleanPath } from "./paths.ts";
import type { PlaceRights } from "./rights.ts";
import { zipResponse } from "./zip.ts";

interface PlaceRoutesDeps {
  readonly rights: PlaceRights;
  readonly directory: Directory;
}

const contentPrefix = "/api/places/content/";
const archivePrefix = "/api/places/archive/";
const idleTimeoutSeconds = 240;

/** The bytes of files at places, and of folders as ZIP. */
export function createPlaceRoutes({ rights, directory }: PlaceRoutesDeps): Route[] {
  const content: Route = {
    prefix: contentPrefix,
    handle: async (request, context) => {
      const actor = await context.actor();
      if (actor.kind !== "person") throw new AppError("unauthenticated");
      const { placeId, path } = addressOf(context.path.slice(contentPrefix.length));
      const place = rights.readable(actor, placeId);
      const entry = await directory.entry(place, path);
      const download = new URL(request.url).searchParams.get("download") === "1";
      return contentResponse(
        request,
        context,
        directory,
        { place, path, entry, download },
        rights.permit(actor, place),
      );
    },
  };
  const archive: Route = {
    prefix: archivePrefix,
    handle: async (request, context) => {
      const actor = await context.actor();
      if (actor.kind !== "person") throw new AppError("unauthenticated");
      if (request.method !== "GET") throw new AppError("method-not-allowed");
      const { placeId, path } = addressOf(context.path.slice(archivePrefix.length));
      const place = rights.readable(actor, placeId);
      const entry = await directory.entry(place, path);
      // What cannot be listed is said before the answer has begun.
      if (entry.kind === "folder") await directory.list(place, path);
      context.setIdleTimeout(idleTimeoutSeconds);
      return underPermit(zipResponse(directory, place, entry, path), rights.permit(actor, place));
    },
  };
  return [content, archive];
}

/** `ID/name/name`, each name encoded. Throws `not-found`, `invalid-name`. */
function addressOf(text: string): { placeId: number; path: string } {
  const [id = "", ...names] = text.split("/");
  if (!/^[1-9]\d{0,15}$/.test(id) || names.length === 0) throw new AppError("not-found");
  const decoded = names.map((name) => {
    try {
      return decodeURIComponent(name);
    } catch (cause) {
      throw new AppError("invalid-name", undefined, { cause });
    }
  });
  if (decoded.some((name) => name.includes("/"))) throw new AppError("invalid-name");
  return { placeId: Number(id), path: cleanPath(decoded.join("/")) };
}

import { requireWritable } from "#apps/files/browse";
import type { Clock } from "#platform/clock";
import { AppError } from "#platform/errors";
import { requireSameOrigin, type HttpHandler, type Route } from "#platform/http";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { createTus, type Tus } from "./tus.ts";

export interface UploadsDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly clock: Clock;
}

export interface Uploads {
  /** `/api/uploads`. */
  readonly routes: readonly Route[];
  /** The protocol for other surfaces, as share links. */
  readonly tus: Tus;
}

const basePath = "/api/uploads";

/** Resumable uploads of people into their spaces. */
export function createUploads({ storage, access, clock }: UploadsDeps): Uploads {
  const tus = createTus({ storage, clock });
  const handle: HttpHandler = async (request, context) => {
    const actor = await context.actor();
    if (actor.kind !== "person") throw new AppError("unauthenticated");
    if (actor.via === "session") requireSameOrigin(request);
    // Also of an upload that was begun with a better credential.
    if (actor.readOnly && request.method !== "HEAD") {
      throw new AppError("forbidden", "This app password may only read.");
    }
    return tus.handle(request, context, {
      actor,
      owner: `user:${actor.userId}`,
      basePath,
      holds: (now) => now.capabilities.has("files.use") && !now.readOnly,
      authorize: (nodeId) => requireWritable({ storage, access }, actor, nodeId),
    });
  };
  return { routes: [{ prefix: basePath, handle }], tus };
}

import { join } from "node:path";
import { createDlna, type DlnaDeps } from "#apps/media/dlna";
import { coverResponse, type Music } from "#apps/media/music";
import { startListener } from "#edge/listener";
import type { Actor } from "#platform/usecase";
import type { MediaDeps } from "./media.ts";

interface DlnaParts extends Pick<DlnaDeps, "library" | "probe" | "libraryEvents"> {
  readonly music: Pick<Music, "cover">;
}

const coverPixels = 512;
const drainMs = 1_000;

/** Televisions of the home network, which see what one person sees. */
export function composeDlna(deps: MediaDeps, { music, ...parts }: DlnaParts) {
  const { identity, people } = deps.who;
  const { person, name, port, interfaces } = deps.config.services.media.dlna;
  return createDlna({
    ...deps,
    ...parts,
    folder: join(deps.dataDir, "media"),
    options: { person, name, port, interfaces },
    respondWithPicture: deps.previews.respond,
    actorNamed: (login) => {
      const found = identity.service.findByName(login);
      return found && people.actorOf(found.id);
    },
    ask: (actor, operation, input) => deps.run(operation, input, callerOf(actor)),
    cover: async (actor, albumId, request) =>
      coverResponse(request, await music.cover(actor, "album", albumId, coverPixels, "jpeg"), null),
    listen: (hostname, listenPort, handle) => {
      const listener = startListener({ hostname, port: listenPort, handle, log: deps.log });
      return { port: listener.port, stop: () => listener.stop(drainMs) };
    },
  });
}

const callerOf = (actor: Actor) => ({
  actor,
  requestId: "television",
  address: "",
  userAgent: "",
  secure: false,
  replyHeaders: new Headers(),
});

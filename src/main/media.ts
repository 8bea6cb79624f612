import { join } from "node:path";
import { createExtras } from "#apps/media/extras";
import { createLibrary } from "#apps/media/library";
import { createMetadata, metadataKept } from "#apps/media/metadata";
import { createMusic, musicKept } from "#apps/media/music";
import { createOffline, offlineMake } from "#apps/media/offline";
import { createPhotos, photosKept, type PhotosDeps } from "#apps/media/photos";
import { createProbe } from "#apps/media/probe";
import { createStream } from "#apps/media/stream";
import { createLimits, watchKept } from "#apps/media/watch";
import { certificateSql, createWorks, worksKept } from "#apps/media/works";
import type { DerivedCache } from "#cache/derived";
import { createSegmentCache } from "#cache/segments";
import type { Route } from "#platform/http";
import type { JobHandler } from "#platform/jobs";
import type { Actor, Implementation } from "#platform/usecase";
import type { AppsDeps } from "./apps.ts";
import { composeDlna } from "./dlna.ts";
import { cataloguesOf } from "./media-catalogues.ts";
import { type Broadcast, createMediaLive } from "./media-live.ts";
import { composeWatch } from "./media-watch.ts";
import { composeMusicApps } from "./music-apps.ts";

/** What each module of the layer may bring. */
interface MediaModule {
  readonly implementations?: readonly Implementation[];
  readonly routes?: readonly Route[];
  readonly jobHandlers?: readonly JobHandler[];
  /** After the listener is up and jobs run. */
  readonly start?: () => void;
  readonly stop?: () => Promise<void> | void;
}

export interface MediaDeps extends AppsDeps {
  /** Pictures made from files, under their byte budget. */
  readonly cache: DerivedCache;
  /** Pictures of files. */
  readonly previews: {
    readonly respond: PhotosDeps["respondWithPicture"];
    readonly look: PhotosDeps["look"];
  };
  /** Live events to open pages. */
  readonly broadcast: Broadcast;
}

/** The household's films, series, music and photos, from the same files. */
export function composeMedia(deps: MediaDeps) {
  const { broadcast } = deps;
  const { access, identity, people, sessions } = deps.who;
  const playing = () => stream.playing() || music.isBusy();
  const limits = createLimits({ ...deps, certificateSql });
  const library = createLibrary({
    ...deps,
    access,
    personNamed: (name) => identity.service.findByName(name),
    playing,
    limitsOf: limits.filterOf,
    kept: [watchKept, musicKept, photosKept, worksKept, metadataKept],
  });
  const probe = createProbe({ ...deps, access, library, playing });
  const extras = createExtras({ ...deps, access, library, probe, playing });
  const { offline: offlineConfig, segments, transcoding, providers, metadata: asked } = deps.config.services.media;
  const metadata = createMetadata({
    ...deps,
    access,
    library,
    nfo: () => works.nfo,
    actorOf: people.actorOf,
    providers: cataloguesOf(providers, asked.contact, deps.clock),
    changed: (itemId) => {
      const libraryId = library.item(itemId)?.libraryId;
      if (libraryId !== undefined) library.events.publish("itemsProbed", { libraryId, itemIds: [itemId] });
    },
  });
  const works = createWorks({ ...deps, access, library, facts: probe.facts, ...metadata });
  const live = createMediaLive(broadcast, library, access);
  works.events.subscribe("worksChanged", ({ libraryId }) => live.changed(libraryId));
  library.events.subscribe("librariesChanged", () => {
    for (const { id } of library.libraries()) live.changed(id);
  });
  const watch = composeWatch(deps, { library, works, limits }, broadcast);
  const stream = createStream({
    ...deps,
    access,
    library,
    probe,
    webVtt: (item, streamIndex) => extras.webVtt(item, { streamIndex }),
    segments: createSegmentCache({
      ...deps,
      folder: join(deps.dataDir, "cache", "segments"),
      budgetBytes: segments.budget ?? null,
    }),
    folder: join(deps.dataDir, "media", "stream"),
    limitsOf: limits.of,
    personName: people.personName,
    credentialHolds: credentialHoldsOf(deps.who),
    onEnded: deps.transfers.look,
    options: {
      transcoding: transcoding.enabled,
      maxTranscodes: transcoding.max ?? null,
      maxSessionsPerPerson: transcoding.perPerson,
    },
  });
  const offline = createOffline({
    ...deps,
    library,
    probe,
    playing,
    limitsOf: limits.of,
    tell: (userIds, copyId, done, total) =>
      broadcast("job.progress", { id: String(copyId), kind: offlineMake.name, done, total }, ({ userId }) =>
        userIds.some((id) => id === userId),
      ),
    folder: join(deps.dataDir, "media", "offline"),
    budgetBytes: offlineConfig.budget ?? null,
    transcoding: transcoding.enabled,
  });
  sessions.onInvalidated(stream.recheck);
  limits.onChanged(stream.recheck);
  limits.onChanged(deps.transfers.look);
  const music = createMusic({
    ...deps,
    library,
    probe,
    personName: people.personName,
    loudnessOf: extras.loudness,
    catalogues: metadata.albums,
    playing,
    encodedBudgetBytes: deps.config.services.media.music.budget,
    changed: (libraryIds) => {
      for (const libraryId of libraryIds) live.changed(libraryId);
    },
  });
  const photos = createPhotos({
    ...deps,
    ...people,
    access,
    library,
    facts: probe.facts,
    limitsOf: limits.filterOf,
    onLimitsChanged: limits.onChanged,
    look: deps.previews.look,
    respondWithPicture: deps.previews.respond,
    groupsOf: (userId) =>
      identity.groups.list().flatMap(({ id, memberIds }) => (memberIds.includes(userId) ? [id] : [])),
    playing,
    onChanged: () => broadcast("photos.changed", {}),
  });
  const dlna = composeDlna(deps, { library, probe, music, libraryEvents: library.events });
  const musicApps = composeMusicApps(deps, music);
  const modules: readonly MediaModule[] = [
    live,
    dlna,
    library,
    probe,
    extras,
    metadata,
    works,
    watch,
    stream,
    offline,
    music,
    musicApps,
    photos,
  ];
  return {
    implementations: modules.flatMap(({ implementations = [] }) => implementations),
    routes: modules.flatMap(({ routes = [] }) => routes),
    jobHandlers: modules.flatMap(({ jobHandlers = [] }) => jobHandlers),
    start: () => {
      for (const { start } of modules) start?.();
    },
    stop: async () => {
      await Promise.all(modules.map(async ({ stop }) => stop?.()));
    },
  };
}

/** Whether what somebody began a playback with is still good: a login, an app password, or the account itself. */
function credentialHoldsOf({ people, sessions }: MediaDeps["who"]): (actor: Actor) => boolean {
  return ({ userId, via, credentialId }) => {
    if (people.actorOf(userId) === undefined) return false;
    if (via === "session") return sessions.service.list(userId).some(({ id }) => id === credentialId);
    return (
      via !== "app-password" || (credentialId !== null && sessions.appPasswords.actorOf(userId, credentialId) !== null)
    );
  };
}

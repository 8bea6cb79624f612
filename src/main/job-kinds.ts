import type { Schedule } from "#platform/jobs";
import { auditRetention } from "#security/audit";
import { importRun } from "#apps/files/imports";
import { libraryForget, libraryKeys, libraryScan } from "#apps/media/library";
import { mediaExtras } from "#apps/media/extras";
import { mediaProbe } from "#apps/media/probe";
import { metadataAsk, nfoWriteAll } from "#apps/media/metadata";
import { musicAsk } from "#apps/media/music";
import { offlineMake } from "#apps/media/offline";
import { photosRead } from "#apps/media/photos";
import { placesCarry } from "#apps/files/places";
import { ransomwareRollBack, ransomwareUndo } from "#apps/files/ransomware";
import { searchTexts } from "#apps/files/search";
import { trashPurge } from "#apps/files/trash";
import { usageSample } from "#apps/files/usage";
import { versionsThin } from "#apps/files/versions";
import { watchThin } from "#apps/media/watch";
import { tiersMove, tiersNightly } from "#apps/files/tiers";

const hourMs = 3_600_000;

/** Every kind of work that is kept in the queue, and done once somebody comes to it. */
export const jobKinds = [
  ransomwareRollBack,
  ransomwareUndo,
  tiersMove,
  tiersNightly,
  placesCarry,
  trashPurge,
  versionsThin,
  searchTexts,
  usageSample,
  importRun,
  mediaProbe,
  mediaExtras,
  photosRead,
  libraryScan,
  libraryKeys,
  libraryForget,
  metadataAsk,
  musicAsk,
  nfoWriteAll,
  offlineMake,
  watchThin,
  auditRetention,
];

/** What comes again by itself. */
export const jobSchedules: readonly Schedule[] = [
  { name: "trash purge", kind: trashPurge, payload: {}, rhythm: { everyMs: hourMs } },
  { name: "tiers", kind: tiersNightly, payload: {}, rhythm: { dailyAt: "02:30" } },
  { name: "versions thinning", kind: versionsThin, payload: {}, rhythm: { everyMs: hourMs } },
  { name: "usage sample", kind: usageSample, payload: {}, rhythm: { everyMs: hourMs } },
  { name: "libraries forgetting", kind: libraryForget, payload: {}, rhythm: { dailyAt: "04:10" } },
  { name: "extras", kind: mediaExtras, payload: {}, rhythm: { dailyAt: "04:40" } },
  { name: "catalogues", kind: metadataAsk, payload: {}, rhythm: { everyMs: hourMs } },
  { name: "catalogues of music", kind: musicAsk, payload: {}, rhythm: { everyMs: hourMs } },
  { name: "history thinning", kind: watchThin, payload: {}, rhythm: { dailyAt: "04:20" } },
  { name: "audit retention", kind: auditRetention, payload: {}, rhythm: { dailyAt: "03:50" } },
];

/** They run after every change of a file; only their failure is worth an entry in the log of who did what. */
export const quietJobs: ReadonlySet<string> = new Set(
  [searchTexts, mediaProbe, mediaExtras, photosRead, libraryKeys, musicAsk].map(({ name }) => name),
);

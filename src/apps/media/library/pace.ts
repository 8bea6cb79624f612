import type { Logger } from "#platform/log";
import type { Storage } from "#storage/primary";

interface PaceDeps {
  readonly storage: Storage;
  readonly log: Logger;
  readonly follow: (spaceId: number, signal: AbortSignal) => Promise<void>;
  readonly isNew: (spaceId: number) => boolean;
  readonly onVolume: (online: boolean) => void;
}

/** Changes are taken in when none has followed for a moment. */
const quietMs = 1_000;
/** While changes go on they are taken in now and then only, many at a time: whoever writes needs the processor. */
const behindMs = 10_000;
/** After a failure. */
const againMs = 30_000;

/** When the spaces are followed: a change costs next to nothing when it happens, the first one of a while sets a timer. */
export function createPace({ storage, log, follow, isNew, onVolume }: PaceDeps) {
  const dirty = new Set<number>();
  const trashed = new Set<number>();
  const stopping = new AbortController();
  let catching: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firstAtMs = 0;
  let lastAtMs = 0;

  const followAll = async (): Promise<void> => {
    for (let [spaceId] = dirty; spaceId !== undefined && !stopping.signal.aborted; [spaceId] = dirty) {
      // Nothing of the first walk through a space is in the change log.
      if (isNew(spaceId)) await storage.settled();
      dirty.delete(spaceId);
      const isTrashed = trashed.delete(spaceId);
      try {
        await follow(spaceId, stopping.signal);
      } catch (error) {
        dirty.add(spaceId);
        if (isTrashed) trashed.add(spaceId);
        throw error;
      }
    }
  };
  const catchUp = (): Promise<void> => (catching ??= followAll().finally(() => (catching = undefined)));
  const keepUp = async (): Promise<void> => {
    try {
      await catchUp();
    } catch (cause) {
      if (stopping.signal.aborted) return;
      log.warn("the media libraries are behind", { cause });
      timer ??= setTimeout(() => {
        timer = undefined;
        void keepUp();
      }, againMs);
    }
  };
  const takeUp = () => {
    const nowMs = performance.now();
    const waitMs = Math.min(lastAtMs + quietMs - nowMs, firstAtMs + behindMs - nowMs);
    timer = waitMs > 0 ? setTimeout(takeUp, waitMs) : undefined;
    if (timer === undefined) void keepUp();
  };
  const changed = (spaceId: number) => {
    dirty.add(spaceId);
    lastAtMs = performance.now();
    if (timer !== undefined || stopping.signal.aborted) return;
    firstAtMs = lastAtMs;
    timer = setTimeout(takeUp, quietMs);
  };
  const everything = () => {
    for (const { id } of storage.spaces()) changed(id);
  };
  const subscriptions = [
    storage.events.subscribe("changed", ({ spaceId }) => changed(spaceId)),
    storage.events.subscribe("spaceCreated", ({ spaceId }) => changed(spaceId)),
    storage.events.subscribe("trashChanged", ({ spaceId }) => {
      trashed.add(spaceId);
      changed(spaceId);
    }),
    storage.events.subscribe("volumeState", ({ online }) => {
      if (online) everything();
      onVolume(online);
    }),
  ];

  return {
    everything,
    unsettledSpaceIds: (): readonly number[] => [...trashed],
    followed: async () => {
      await storage.settled();
      for (const { id } of storage.spaces()) dirty.add(id);
      await catching;
      await catchUp();
    },
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      for (const end of subscriptions) end();
      await catching?.catch(() => undefined);
    },
  };
}

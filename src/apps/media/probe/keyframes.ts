import type { Item } from "#apps/media/library";
import type { DerivedCache } from "#cache/derived";
import { AppError } from "#platform/errors";
import type { Exec } from "#platform/exec";
import type { Storage } from "#storage/primary";
import { type ContainerReader, isTabled } from "./container-thread.ts";
import { fraction } from "./facts.ts";
import { askFfprobe } from "./ffprobe.ts";
import { packKeyframes, unpackKeyframes } from "./keyframes-form.ts";
import { scanKeyframes } from "./keyframes-ffprobe.ts";
import type { KeyframeIndex, MediaFacts } from "./types.ts";

interface KeyframesDeps {
  readonly storage: Pick<Storage, "open">;
  readonly exec: Exec;
  readonly cache: DerivedCache;
  readonly containers: ContainerReader;
  /** Identity of the content, and what is inside; read now when it is not known. Undefined for what cannot be read. */
  readonly factsNow: (item: Item) => Promise<{ readonly contentKey: string; readonly facts: MediaFacts } | undefined>;
}

/** Part of the key: raised when an index is made in another way. */
const recipe = 1;

/** Makes and keeps the indexes of key frames. */
export function createKeyframes({ storage, exec, cache, containers, factsNow }: KeyframesDeps) {
  const make = async (item: Item, facts: MediaFacts, streamIndex: number): Promise<KeyframeIndex | null> => {
    const file = storage.open(item.nodeId);
    try {
      if (file.node.etag !== item.etag) throw new AppError("unavailable", "The file is changing; try again.");
      const { fd, sizeBytes } = file;
      const { container } = facts;
      const known = isTabled(container)
        ? await containers.keyframes({ fd, sizeBytes, container }, streamIndex)
        : undefined;
      if (known !== undefined) return known.index;
      const { streams } = await askFfprobe(exec, fd, ["-show_entries", "stream=index,time_base"], {});
      const timeBase = fraction(streams?.find(({ index }) => index === streamIndex)?.time_base);
      return timeBase === null ? null : await scanKeyframes(exec, { fd, sizeBytes, streamIndex, timeBase });
    } finally {
      file.close();
    }
  };

  return {
    keyframes: async (item: Item): Promise<KeyframeIndex | null> => {
      const known = await factsNow(item);
      const streamIndex = known?.facts.video[0]?.index;
      if (known === undefined || streamIndex === undefined) return null;
      const packed = await cache.get(`keyframes:${recipe}:${known.contentKey}:${streamIndex}`, async () => {
        const index = await make(item, known.facts, streamIndex);
        return index && packKeyframes(index);
      });
      return packed && unpackKeyframes(packed);
    },
  };
}

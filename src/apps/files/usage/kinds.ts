import type { Clock } from "#platform/clock";
import { contentTypeOf } from "#platform/http";
import type { Storage } from "#storage/primary";
import type { PlaceUsage } from "./contract.ts";

type ByKind = PlaceUsage["byKind"];

/** A count waits so many times as long as the last one took, so that it is never more than a twentieth of the work. */
const pauseFactor = 20;

/** Bytes and files of a space by kind, the largest first; counted again after something in it has changed, a large one not each time. */
export function createKinds(storage: Storage, clock: Clock): (spaceId: number, rootEtag: string) => ByKind {
  const counted = new Map<number, { readonly etag: string; readonly nextMs: number; readonly byKind: ByKind }>();
  return (spaceId, etag) => {
    const known = counted.get(spaceId);
    const beganMs = clock.now();
    if (known !== undefined && (known.etag === etag || beganMs < known.nextMs)) return known.byKind;
    const byKind = sumByKind(storage.usageByExtension(spaceId));
    const endedMs = clock.now();
    counted.set(spaceId, { etag, nextMs: endedMs + (endedMs - beganMs) * pauseFactor, byKind });
    return byKind;
  };
}

function sumByKind(usage: ReturnType<Storage["usageByExtension"]>): ByKind {
  const byKind = Map.groupBy(usage, ({ extension }) => kindOf(contentTypeOf(`file.${extension}`)));
  return Array.from(byKind, ([kind, parts]) => ({
    kind,
    sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    count: parts.reduce((sum, { count }) => sum + count, 0),
  })).toSorted((a, b) => b.sizeBytes - a.sizeBytes);
}

const documents = /^text\/|pdf|msword|officedocument|opendocument|ms-excel|ms-powerpoint|rtf|epub|json|xml/;

function kindOf(mime: string): ByKind[number]["kind"] {
  if (mime.startsWith("image/")) return "image";
  if (mime.startsWith("video/")) return "video";
  if (mime.startsWith("audio/")) return "audio";
  return documents.test(mime) ? "document" : "other";
}

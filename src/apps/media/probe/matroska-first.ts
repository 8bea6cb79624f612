import { elementsIn } from "./ebml.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";
import type { Layout, TrackEntry } from "./matroska.ts";
import { blocksFrom, clusterHead } from "./matroska-blocks.ts";

/** The first thing that a track says. */
export interface FirstBlock {
  /** In ticks of the segment. */
  readonly time: number;
  readonly sizeBytes: number;
  /** Of its content, as much as a codec's head needs. */
  readonly head: Uint8Array;
}

const headBytes = 64;
/** Others come first, but not so many. */
const maxBlocks = 400;

/** Of each track; those are missing that say nothing at the beginning of the file. */
export function firstBlocks(
  file: FileWindow,
  { firstCluster, segment }: Layout,
  tracks: readonly TrackEntry[],
): ReadonlyMap<number, FirstBlock> {
  if (firstCluster === undefined) throw new Unreadable("no content");
  const head = clusterHead(file, firstCluster);
  const end = Math.min(segment.end, file.sizeBytes);
  const limit = limitOf(file, firstCluster.start, Math.min(firstCluster.end, end));
  const found = new Map<number, FirstBlock>();
  for (const { number } of tracks) {
    const [block] = blocksFrom(file, head, head.cluster.start, number, limit);
    if (block === undefined) continue;
    const bytes = file.bytes(block.start, Math.min(headBytes, block.sizeBytes));
    found.set(number, { time: block.pts, sizeBytes: block.sizeBytes, head: Uint8Array.from(bytes) });
  }
  return found;
}

/** Where so many blocks of a cluster end. */
function limitOf(file: FileWindow, start: number, end: number): number {
  let [count, at] = [0, start];
  for (const element of elementsIn(file, start, end)) {
    at = element.end;
    if ((count += 1) > maxBlocks) break;
  }
  return Math.min(at, end);
}

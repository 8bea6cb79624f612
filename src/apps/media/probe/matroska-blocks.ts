import { type Element, elementAt, elementsIn, unsigned, vint } from "./ebml.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";
import { ids } from "./matroska.ts";

/** A block of one track. */
export interface Block {
  /** Of its element in the file. */
  readonly offset: number;
  readonly end: number;
  /** In ticks of the segment. */
  readonly pts: number;
  readonly isKey: boolean;
  /** Of its content. */
  readonly start: number;
  readonly sizeBytes: number;
  /** In ticks; undefined when the block does not say it. */
  readonly duration: number | undefined;
}

export interface ClusterHead {
  readonly cluster: Element;
  readonly timestamp: number;
}

/** The time stamp stands before all blocks. */
export function clusterHead(file: FileWindow, cluster: Element): ClusterHead {
  for (const element of elementsIn(file, cluster.start, cluster.end)) {
    if (element.id === ids.timestamp) return { cluster, timestamp: unsigned(file, element) };
    if (element.id === ids.simpleBlock || element.id === ids.blockGroup) break;
  }
  throw new Unreadable("a cluster without a time");
}

/** Ids that end a cluster of unknown length: what stands beside clusters. */
const outer = new Set<number>([
  ids.cluster,
  ids.cues,
  ids.seekHead,
  ids.info,
  ids.tracks,
  ids.chapters,
  ids.tags,
  ids.attachments,
]);

/** The blocks of one track from an offset on, through all clusters that follow. */
export function* blocksFrom(
  file: FileWindow,
  from: ClusterHead,
  offset: number,
  track: number,
  end: number,
): Generator<Block> {
  let { cluster, timestamp } = from;
  let at = offset;
  for (;;) {
    while (at + 2 <= Math.min(cluster.end, end)) {
      const element = elementAt(file, at, Math.min(end, file.sizeBytes));
      if (outer.has(element.id)) break;
      if (element.end > file.sizeBytes) return;
      const block = blockOf(file, element, track, timestamp);
      if (block !== undefined) yield block;
      at = element.end;
    }
    const next = nextCluster(file, cluster.isSized ? cluster.end : at, end);
    if (next === undefined) return;
    ({ cluster, timestamp } = clusterHead(file, next));
    at = cluster.start;
  }
}

function nextCluster(file: FileWindow, offset: number, end: number): Element | undefined {
  const limit = Math.min(end, file.sizeBytes);
  // The tail of a file that is cut short is no failure of what stands before it.
  for (let at = offset; at + 12 <= limit;) {
    const element = elementAt(file, at, limit);
    if (element.id === ids.cluster) return element.start + 2 < limit ? element : undefined;
    at = element.end;
  }
  return undefined;
}

/** A block of the track; undefined for everything else. */
function blockOf(file: FileWindow, element: Element, track: number, clusterTime: number): Block | undefined {
  if (element.id === ids.simpleBlock) {
    const head = headOf(file, element, track);
    if (head === undefined) return undefined;
    const isKey = (head.flags & 0x80) !== 0;
    return { ...head, ...placeOf(element), pts: clusterTime + head.time, isKey, duration: undefined };
  }
  if (element.id !== ids.blockGroup) return undefined;
  let head: ReturnType<typeof headOf>;
  let duration: number | undefined;
  let isKey = true;
  for (const child of elementsIn(file, element.start, element.end)) {
    if (child.id === ids.block) {
      head = headOf(file, child, track);
      if (head === undefined) return undefined;
    } else if (child.id === ids.blockDuration) duration = unsigned(file, child);
    else if (child.id === ids.referenceBlock) isKey = false;
  }
  return head && { ...head, ...placeOf(element), pts: clusterTime + head.time, isKey, duration };
}

const placeOf = ({ offset, end }: Element) => ({ offset, end });

function headOf(file: FileWindow, { start, end }: Element, track: number) {
  if (end - start < 4) throw new Unreadable("a block without a head");
  const head = file.bytes(start, Math.min(12, end - start));
  const number = vint(head, 0);
  if (number?.value == null || number.length + 3 > head.length) throw new Unreadable("a block without a head");
  if (number.value !== track) return undefined;
  const flags = head[number.length + 2] ?? 0;
  if ((flags & 0x06) !== 0) throw new Unreadable("several pictures in one block");
  const from = start + number.length + 3;
  return { time: head.readInt16BE(number.length), flags, start: from, sizeBytes: end - from };
}

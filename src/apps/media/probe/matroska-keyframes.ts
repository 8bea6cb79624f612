import { type Element, elementAt, elementsIn } from "./ebml.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";
import { createKeyframeBuilder } from "./keyframe-builder.ts";
import { fieldsOf, ids, type Layout, layoutOf, timestampScaleOf, type TrackEntry, trackEntriesOf } from "./matroska.ts";
import { type Block, blocksFrom, clusterHead, type ClusterHead } from "./matroska-blocks.ts";
import type { KeyframeIndex } from "./types.ts";

/**
 * Key frames of a stream of a Matroska file: from its cues and a look at the pictures after each, else from the heads of all blocks.
 * With cues, `bytes` are of everything from one key frame to the next in the file. Throws Unreadable for what this reader cannot tell.
 */
export function matroskaKeyframes(file: FileWindow, streamIndex: number): KeyframeIndex | null {
  const layout = layoutOf(file);
  const track = trackEntriesOf(file, layout).find(({ index }) => index === streamIndex);
  // Of old files from other formats: their times are those of decoding.
  if (track === undefined || track.codecId.startsWith("V_MS/")) throw new Unreadable("no times of showing");
  const scale = timestampScaleOf(file, layout);
  const timeBase = reduced(scale, 1_000_000_000);
  const frame = Math.floor(track.defaultDurationNs / scale);
  const builder = createKeyframeBuilder(streamIndex, timeBase);
  const cues = cuesOf(file, layout, track);
  if (cues.length > 0 && areComplete(file, layout, track, cues)) addByCues(file, layout, track, cues, frame, builder);
  else addAll(blocksOf(file, layout, track), frame, builder);
  return builder.build();
}

type Builder = ReturnType<typeof createKeyframeBuilder>;

function reduced(over: number, under: number): readonly [number, number] {
  let [a, b] = [over, under];
  while (b > 0) [a, b] = [b, a % b];
  return [over / a, under / a];
}

interface Cue {
  readonly time: number;
  readonly head: ClusterHead;
  /** Where the block may be found from: its own place, or the beginning of its cluster. */
  readonly from: number;
}

/** Ten hours with a cue for every second of three tracks take half of that. */
const maxCueBytes = 4 * 2 ** 20;
const maxPlaces = 100_000;

/** In order of time, one for each. None when there are more than any real film has: what claims so many is there to fill the memory. */
function cuesOf(file: FileWindow, layout: Layout, track: TrackEntry): Cue[] {
  const [cues] = layout.parts.get(ids.cues) ?? [];
  if (cues === undefined || cues.end - cues.start > maxCueBytes) return [];
  const heads = new Map<number, ClusterHead>();
  const headAt = (offset: number): ClusterHead => {
    const known = heads.get(offset);
    if (known !== undefined) return known;
    const cluster = elementAt(file, offset, Math.min(layout.segment.end, file.sizeBytes));
    if (cluster.id !== ids.cluster) throw new Unreadable("a cue beside a cluster");
    const head = clusterHead(file, cluster);
    heads.set(offset, head);
    return head;
  };
  const places: Place[] = [];
  for (const point of elementsIn(file, cues.start, cues.end)) {
    places.push(...placesOf(file, point, track.number));
    if (places.length > maxPlaces) return [];
  }
  const byTime = new Map<number, Cue>();
  for (const { time, cluster, relative } of places.toSorted((a, b) => a.time - b.time)) {
    if (byTime.has(time)) continue;
    const head = headAt(layout.segment.start + cluster);
    byTime.set(time, { time, head, from: head.cluster.start + (relative ?? 0) });
  }
  return [...byTime.values()];
}

/** Of a block: of its cluster in the segment, and in the cluster. */
interface Place {
  readonly time: number;
  readonly cluster: number;
  readonly relative: number | undefined;
}

function placesOf(file: FileWindow, point: Element, track: number): Place[] {
  if (point.id !== ids.cuePoint) return [];
  const { children, number } = fieldsOf(file, point);
  const time = number(ids.cueTime) ?? 0;
  return children.flatMap((child) => {
    if (child.id !== ids.cueTrackPositions) return [];
    const position = fieldsOf(file, child);
    const cluster = position.number(ids.cueClusterPosition);
    if (position.number(ids.cueTrack) !== track || cluster === undefined) return [];
    return { time, cluster, relative: position.number(ids.cueRelativePosition) };
  });
}

const endOf = (file: FileWindow, { segment }: Layout) => Math.min(segment.end, file.sizeBytes);

/** The block of a cue and what follows it. */
function* fromCue(file: FileWindow, layout: Layout, track: TrackEntry, cue: Cue): Generator<Block> {
  let isFound = false;
  for (const block of blocksFrom(file, cue.head, cue.from, track.number, endOf(file, layout))) {
    isFound ||= block.pts === cue.time && block.isKey;
    if (isFound) yield block;
    else if (block.offset > cue.head.cluster.end) break;
  }
  if (!isFound) throw new Unreadable("a cue beside a key frame");
}

const checkedGaps = 3;

/** In the first parts between cues there is no key frame that they do not name: then it is so all over. */
function areComplete(file: FileWindow, layout: Layout, track: TrackEntry, cues: readonly Cue[]): boolean {
  const [first] = cues;
  const until = cues[checkedGaps]?.time ?? Infinity;
  const [start] = blocksOf(file, layout, track);
  if (first === undefined || start === undefined) return false;
  const named = new Set(cues.map(({ time }) => time));
  for (const block of blocksOf(file, layout, track)) {
    if (!block.isKey) continue;
    if (block.pts >= until) return true;
    if (!named.has(block.pts)) return false;
  }
  return true;
}

function addByCues(
  file: FileWindow,
  layout: Layout,
  track: TrackEntry,
  cues: readonly Cue[],
  frame: number,
  builder: Builder,
): void {
  for (const [index, cue] of cues.entries()) {
    const followers = fromCue(file, layout, track, cue);
    const key = followers.next().value as Block;
    const next = cues[index + 1];
    if (next === undefined) {
      builder.add({ ...key, duration: key.duration ?? frame });
      addAll(followers, frame, builder, key);
      return;
    }
    builder.add({ ...key, duration: 0, sizeBytes: next.from - key.offset });
    for (const block of leadingOf(followers, key)) builder.add({ ...block, duration: 0, sizeBytes: 0 });
  }
}

/** More than fit between two key frames of any codec. */
const maxLeading = 1000;

/** Pictures that directly follow a key frame and are shown before it. */
function leadingOf(followers: Iterable<Block>, key: Block): Block[] {
  const leading: Block[] = [];
  for (const block of followers) {
    if (block.isKey || block.pts > key.pts) break;
    if (leading.push(block) > maxLeading) throw new Unreadable("pictures that never come to an end");
  }
  return leading;
}

function blocksOf(file: FileWindow, layout: Layout, track: TrackEntry): Iterable<Block> {
  if (layout.firstCluster === undefined) return [];
  const head = clusterHead(file, layout.firstCluster);
  return blocksFrom(file, head, head.cluster.start, track.number, endOf(file, layout));
}

/** Ten hours of pictures that are all key frames, at 60 a second, are half of that. */
const maxKeyframes = 4_000_000;

/** Without a said duration, a picture lasts as long as the one before it. */
function addAll(blocks: Iterable<Block>, frame: number, builder: Builder, before?: Block): void {
  let [highest, gap, keys] = [before?.pts ?? -Infinity, 0, 0];
  for (const block of blocks) {
    if (block.isKey && (keys += 1) > maxKeyframes) throw new Unreadable("too many key frames");
    if (block.pts > highest) {
      if (highest !== -Infinity) gap = block.pts - highest;
      highest = block.pts;
    }
    builder.add({ ...block, duration: block.duration ?? (frame > 0 ? frame : gap) });
  }
}

import { childrenOf, type Element, elementAt, elementsIn, text, unsigned } from "./ebml.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";

/** Ids of elements (RFC 9559). */
export const ids = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  defaultDuration: 0x23e383,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
  referenceBlock: 0xfb,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
  cueRelativePosition: 0xf0,
  chapters: 0x1043a770,
  tags: 0x1254c367,
  attachments: 0x1941a469,
} as const;

/** Where the parts of a file are. */
export interface Layout {
  readonly segment: Element;
  /** Parts beside clusters by id, those only that were found without walking through all clusters. */
  readonly parts: ReadonlyMap<number, readonly Element[]>;
  readonly firstCluster: Element | undefined;
}

const partIds: readonly number[] = [ids.info, ids.tracks, ids.cues, ids.chapters, ids.tags, ids.attachments];

/** Finds the parts: those before the first cluster, and those that the seek head points to. */
export function layoutOf(file: FileWindow): Layout {
  const head = elementAt(file, 0, file.sizeBytes);
  if (head.id !== ids.ebml) throw new Unreadable("no Matroska");
  const segment = elementAt(file, head.end, file.sizeBytes);
  if (segment.id !== ids.segment) throw new Unreadable("no segment");
  const parts = new Map<number, Element[]>();
  const add = (element: Element) => {
    const known = parts.get(element.id) ?? [];
    if (!known.some(({ offset }) => offset === element.offset)) parts.set(element.id, [...known, element]);
  };
  const pointers: { id: number; offset: number }[] = [];
  let firstCluster: Element | undefined;
  for (const element of elementsIn(file, segment.start, segment.end)) {
    if (element.id === ids.cluster) {
      firstCluster = element;
      break;
    }
    if (!element.isSized) throw new Unreadable("a part without a length");
    if (element.id === ids.seekHead) pointers.push(...seeksOf(file, element, segment.start));
    else if (partIds.includes(element.id)) add(element);
  }
  for (let at = 0; at < pointers.length && at < 100; at += 1) {
    const { id, offset } = pointers[at] ?? { id: 0, offset: 0 };
    const found = targetAt(file, offset, id);
    if (found === undefined) continue;
    if (id === ids.seekHead) pointers.push(...seeksOf(file, found, segment.start));
    else if (partIds.includes(id)) add(found);
  }
  return { segment, parts, firstCluster };
}

/** What a pointer says is there; undefined when it is not, as in a file that is cut short. */
function targetAt(file: FileWindow, offset: number, id: number): Element | undefined {
  if (offset + 2 > file.sizeBytes) return undefined;
  const element = elementAt(file, offset, file.sizeBytes);
  return element.id === id && element.isSized && element.end <= file.sizeBytes ? element : undefined;
}

function seeksOf(file: FileWindow, seekHead: Element, base: number): { id: number; offset: number }[] {
  return childrenOf(file, seekHead).flatMap((seek) => {
    if (seek.id !== ids.seek) return [];
    const parts = childrenOf(file, seek);
    const id = parts.find((part) => part.id === ids.seekId);
    const position = parts.find((part) => part.id === ids.seekPosition);
    if (id === undefined || position === undefined) return [];
    return { id: unsigned(file, id), offset: base + unsigned(file, position) };
  });
}

/** Numbers and texts of the children of an element, read when asked for. */
export function fieldsOf(file: FileWindow, parent: Element) {
  const children = childrenOf(file, parent);
  const find = (id: number) => children.find((child) => child.id === id);
  return {
    children,
    find,
    number: (id: number): number | undefined => {
      const found = find(id);
      return found && unsigned(file, found);
    },
    text: (id: number): string | undefined => {
      const found = find(id);
      return found && text(file, found);
    },
  };
}

/** Nanoseconds of one tick. */
export function timestampScaleOf(file: FileWindow, { parts }: Layout): number {
  const [info] = parts.get(ids.info) ?? [];
  const scale = info && fieldsOf(file, info).number(ids.timestampScale);
  return scale === undefined || scale === 0 ? 1_000_000 : scale;
}

export interface TrackEntry {
  readonly entry: Element;
  readonly number: number;
  /** 1 video, 2 audio, 17 subtitle, … */
  readonly type: number;
  readonly codecId: string;
  /** As ffmpeg numbers its streams. */
  readonly index: number;
  /** Of a frame, in nanoseconds; 0 when it varies. */
  readonly defaultDurationNs: number;
}

const maxTracks = 1000;

/** Of kinds that become streams: video, audio, subtitles, metadata. */
const streamTypes = new Set([1, 2, 17, 33]);

export function trackEntriesOf(file: FileWindow, { parts }: Layout): TrackEntry[] {
  const [tracks] = parts.get(ids.tracks) ?? [];
  if (tracks === undefined) throw new Unreadable("no tracks");
  const entries: TrackEntry[] = [];
  for (const entry of elementsIn(file, tracks.start, tracks.end)) {
    if (entry.id !== ids.trackEntry) continue;
    const fields = fieldsOf(file, entry);
    const type = fields.number(ids.trackType) ?? 0;
    const codecId = fields.text(ids.codecId) ?? "";
    if (!streamTypes.has(type) || codecId === "") continue;
    const defaultDurationNs = fields.number(ids.defaultDuration) ?? 0;
    const number = fields.number(ids.trackNumber) ?? 0;
    entries.push({ entry, number, type, codecId, index: entries.length, defaultDurationNs });
    if (entries.length > maxTracks) throw new Unreadable("too many tracks");
  }
  return entries;
}

import { type FileWindow, uint64, Unreadable } from "./file-window.ts";

/** An element (RFC 8794) in a file. */
export interface Element {
  readonly id: number;
  /** Of its head. */
  readonly offset: number;
  readonly start: number;
  /** Of its content; that of its container when it does not say how long it is. */
  readonly end: number;
  readonly isSized: boolean;
}

const maxElements = 5_000_000;
const maxPartBytes = 64 * 2 ** 20;

/** The element whose head is at an offset. */
export function elementAt(file: FileWindow, offset: number, limit: number): Element {
  const available = Math.min(12, limit - offset);
  if (available < 2) throw new Unreadable("an element cut short");
  const head = file.bytes(offset, available);
  const idBytes = Math.clz32(head[0] ?? 0) - 23;
  if (idBytes > 4 || idBytes + 1 > available) throw new Unreadable("no element");
  const id = head.readUIntBE(0, idBytes);
  const size = vint(head, idBytes);
  if (size === undefined) throw new Unreadable("no element");
  const start = offset + idBytes + size.length;
  const isSized = size.value !== null;
  return { id, offset, start, end: isSized ? start + (size.value ?? 0) : limit, isSized };
}

/** A number of variable length without its marker; null when all of its bits are set: unknown. */
export function vint(bytes: Buffer, at: number): { value: number | null; length: number } | undefined {
  const length = Math.clz32(bytes[at] ?? 0) - 23;
  if (length > 8 || at + length > bytes.length) return undefined;
  let value = (bytes[at] ?? 0) & (0xff >> length);
  let isUnknown = value === 0xff >> length;
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    value = value * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  return { value: isUnknown ? null : value, length };
}

/** The elements of a part of a file, in order. One that does not fit ends before its container does. */
export function* elementsIn(file: FileWindow, start: number, end: number): Generator<Element> {
  const limit = Math.min(end, file.sizeBytes);
  let offset = start;
  for (let count = 0; offset + 2 <= limit; count += 1) {
    if (count > maxElements) throw new Unreadable("too many elements");
    const element = elementAt(file, offset, limit);
    yield element;
    offset = element.end;
  }
}

const maxChildren = 20_000;

/** All elements of a part that holds few: what claims to have many is there to fill the memory. */
export function childrenOf(file: FileWindow, { start, end }: Pick<Element, "start" | "end">): Element[] {
  const children: Element[] = [];
  for (const element of elementsIn(file, start, end)) {
    if (children.push(element) > maxChildren) throw new Unreadable("too many elements");
  }
  return children;
}

export function content(file: FileWindow, { start, end }: Element): Buffer {
  if (end - start > maxPartBytes) throw new Unreadable("a part too large");
  return file.bytes(start, end - start);
}

export function unsigned(file: FileWindow, element: Element): number {
  const bytes = content(file, element);
  if (bytes.length === 0) return 0;
  if (bytes.length > 8) throw new Unreadable("a number too long");
  return bytes.length <= 6
    ? bytes.readUIntBE(0, bytes.length)
    : uint64(Buffer.concat([Buffer.alloc(8 - bytes.length), bytes]), 0);
}

const maxTextBytes = 256 * 1024;

/** UTF-8 up to the first zero. */
export function text(file: FileWindow, element: Element): string {
  if (element.end - element.start > maxTextBytes) throw new Unreadable("a text too long");
  return (content(file, element).toString("utf8").split("\0")[0] ?? "").trim();
}

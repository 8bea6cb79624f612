import { dlopen, FFIType } from "bun:ffi";
import { closeSync, readSync } from "node:fs";
import { errnoOf } from "#platform/errors";

/** One change in a watched folder (inotify(7)). */
export interface InotifyEvent {
  readonly watch: number;
  /** Name in the folder; empty when the event is about the folder itself. */
  readonly name: string;
  /** The kernel dropped events: everything has to be looked at again. */
  readonly overflow: boolean;
  /** The watch has ended: the folder is gone or unmounted. */
  readonly ended: boolean;
}

export interface Inotify {
  /** Watches one folder, not what is below it; the same folder gives the same number. Undefined when the limit is reached or it is gone. */
  add(path: string): number | undefined;
  remove(watch: number): void;
  /** What has happened and was not read yet; never waits. */
  drain(): InotifyEvent[];
  close(): void;
}

const mask = {
  attrib: 0x4,
  closeWrite: 0x8,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  delete: 0x200,
  onlyDir: 0x01000000,
  dontFollow: 0x02000000,
  exclUnlink: 0x04000000,
};
const interest =
  mask.attrib |
  mask.closeWrite |
  mask.movedFrom |
  mask.movedTo |
  mask.create |
  mask.delete |
  mask.onlyDir |
  mask.dontFollow |
  mask.exclUnlink;
const overflowed = 0x4000;
const ignored = 0x8000;
const nonBlockCloseOnExec = 0o2004000;
const headerBytes = 16;
const readBytes = 256 * 1024;
/** One drain reads at most so many buffers; the rest waits for the next. */
const maxReads = 64;

/**
 * The kernel's change notices for folders. `onReadable` is called, from the event loop, when there is something to drain.
 * Spoken directly, since the recursive watchers on npm keep a copy of the tree in memory (ADR 0005).
 */
export function createInotify(onReadable: () => void): Inotify {
  const libc = dlopen("libc.so.6", {
    inotify_init1: { args: [FFIType.i32], returns: FFIType.i32 },
    inotify_add_watch: { args: [FFIType.i32, FFIType.cstring, FFIType.u32], returns: FFIType.i32 },
    inotify_rm_watch: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  });
  const fd = libc.symbols.inotify_init1(nonBlockCloseOnExec);
  if (fd < 0) throw new Error("inotify is not available (max_user_instances reached?)");
  const buffer = Buffer.alloc(readBytes);
  let pending: InotifyEvent[] = [];
  let open = true;

  const reader = Bun.file(fd).stream().getReader();
  const listen = async () => {
    while (open) {
      const { value, done } = await reader.read();
      if (done) return;
      pending.push(...parseEvents(Buffer.from(value.buffer, value.byteOffset, value.byteLength)));
      onReadable();
    }
  };
  listen().catch(() => undefined);

  const readMore = (): boolean => {
    try {
      const size = readSync(fd, buffer, 0, readBytes, null);
      pending.push(...parseEvents(buffer.subarray(0, size)));
      return size > 0;
    } catch (error) {
      if (errnoOf(error) === "EAGAIN") return false;
      throw error;
    }
  };

  return {
    add: (path) => {
      const watch = libc.symbols.inotify_add_watch(fd, Buffer.from(`${path}\0`), interest);
      return watch < 0 ? undefined : watch;
    },
    remove: (watch) => void libc.symbols.inotify_rm_watch(fd, watch),
    drain: () => {
      for (let reads = 0; reads < maxReads && open; reads++) if (!readMore()) break;
      const events = pending;
      pending = [];
      return events;
    },
    close: () => {
      open = false;
      reader.cancel().catch(() => undefined);
      closeSync(fd);
      libc.close();
    },
  };
}

/** `struct inotify_event`: wd, mask, cookie, len (each 32 bits), then `len` bytes of NUL-padded name. */
function parseEvents(data: Buffer): InotifyEvent[] {
  const events: InotifyEvent[] = [];
  for (let at = 0; at + headerBytes <= data.length;) {
    const bits = data.readUInt32LE(at + 4);
    const nameBytes = data.readUInt32LE(at + 12);
    const raw = data.subarray(at + headerBytes, at + headerBytes + nameBytes);
    const end = raw.indexOf(0);
    events.push({
      watch: data.readInt32LE(at),
      name: raw.toString("utf8", 0, end === -1 ? raw.length : end),
      overflow: (bits & overflowed) !== 0,
      ended: (bits & ignored) !== 0,
    });
    at += headerBytes + nameBytes;
  }
  return events;
}

import { Buffer } from "node:buffer";
import { AppError } from "#platform/errors";

/** A box of ISO/IEC 14496-12 at the top of a file; `parts` is its content as it arrived, never copied together. */
export interface Box {
  readonly type: string;
  readonly sizeBytes: number;
  readonly parts: readonly Uint8Array[];
}

/** More than any segment of a film holds; what announces more is broken. */
const maxBoxBytes = 1024 * 1024 * 1024;

/**
 * Cuts a stream of bytes into its top boxes. Nothing is read ahead: not asking for a box holds the writer back. Undefined at the end;
 * throws when the stream ends inside a box or is no ISO media.
 */
export function createBoxReader(read: () => Promise<Uint8Array | undefined>): () => Promise<Box | undefined> {
  let rest: Uint8Array = new Uint8Array(0);

  const takeParts = async (count: number): Promise<Uint8Array[]> => {
    const parts: Uint8Array[] = [];
    let missing = count;
    while (missing > 0) {
      if (rest.length === 0) {
        const more = await read();
        if (more === undefined) {
          if (parts.length === 0) return parts;
          throw new AppError("internal", undefined, { cause: new Error("the encoder's output ends inside a box") });
        }
        rest = more;
        continue;
      }
      const part = rest.length <= missing ? rest : rest.subarray(0, missing);
      rest = rest.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return parts;
  };

  return async () => {
    const head = await takeParts(8);
    if (head.length === 0) return undefined;
    const bytes = joined(head);
    const type = bytes.toString("latin1", 4, 8);
    let contentBytes = bytes.readUInt32BE(0) - 8;
    if (contentBytes === -7) contentBytes = Number(joined(await takeParts(8)).readBigUInt64BE(0)) - 16;
    if (contentBytes < 0 || contentBytes > maxBoxBytes || !/^[\x20-\x7e]{4}$/.test(type)) {
      throw new AppError("internal", undefined, { cause: new Error(`no box: ${bytes.toString("hex")}`) });
    }
    const parts = await takeParts(contentBytes);
    if (contentBytes > 0 && parts.length === 0) {
      throw new AppError("internal", undefined, { cause: new Error("the encoder's output ends after a box header") });
    }
    return { type, sizeBytes: contentBytes, parts };
  };
}

export function joined(parts: readonly Uint8Array[]): Buffer {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
  return Buffer.concat(parts);
}

/** A box inside another; `content` shares memory with it. */
export interface InnerBox {
  readonly type: string;
  readonly content: Buffer;
}

/** The boxes inside the content of a box. Throws when their lengths do not fit. */
export function innerBoxes(content: Buffer): InnerBox[] {
  const boxes: InnerBox[] = [];
  for (let at = 0; at + 8 <= content.length;) {
    const size = content.readUInt32BE(at);
    if (size < 8 || at + size > content.length) {
      throw new AppError("internal", undefined, { cause: new Error("a box does not fit into its box") });
    }
    boxes.push({ type: content.toString("latin1", at + 4, at + 8), content: content.subarray(at + 8, at + size) });
    at += size;
  }
  return boxes;
}

/** The first box at a path of types below the content, as `["trak", "mdia"]`. */
export function findBox(content: Buffer, path: readonly string[]): Buffer | undefined {
  let found: Buffer | undefined = content;
  for (const type of path) found = found && innerBoxes(found).find((box) => box.type === type)?.content;
  return found;
}

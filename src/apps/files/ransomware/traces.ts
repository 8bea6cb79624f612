import { deflateSync } from "node:zlib";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Storage } from "#storage/primary";

/** How a program reaches the files of somebody: each act says whether it was let. */
export interface Hand {
  put(path: string, content: Uint8Array): Promise<boolean>;
  rename(from: string, to: string): Promise<boolean>;
  remove(path: string): Promise<boolean>;
  makeFolder(path: string): Promise<boolean>;
}

/** The same bytes for the same seed (mulberry32). */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let at = 0; at < length; at += 1) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    bytes[at] = ((mixed ^ (mixed >>> 14)) >>> 0) & 0xff;
  }
  return bytes;
}

const utf8 = new TextEncoder();
const words = "the house by the lake was quiet when they came home and nobody had lit the fire since noon".split(" ");

export function prose(length: number, seed: number): Uint8Array {
  let text = "";
  for (let index = seed; text.length < length; index += 7) text += `${words[index % words.length]} `;
  return utf8.encode(text.slice(0, length));
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Header, tags and picture data as an encoder leaves it: 0xFF is always followed by 0. */
export function jpeg(length: number, seed: number, comment = "Canon EOS"): Uint8Array {
  const tag = utf8.encode(comment);
  const head = [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
  const note = [0xff, 0xfe, (tag.length + 2) >> 8, (tag.length + 2) & 0xff, ...tag];
  const scan = noise(length, seed).map((byte, at, all) => (all[at - 1] === 0xff ? 0 : byte));
  return join(new Uint8Array([...head, ...note, 0xff, 0xda]), scan, new Uint8Array([0xff, 0xd9]));
}

export function zip(length: number, seed: number): Uint8Array {
  const packed = deflateSync(noise(length, seed).map((byte) => byte % 200));
  return join(
    new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0]),
    utf8.encode("word/document.xml"),
    packed,
    new Uint8Array([0x50, 0x4b, 5, 6, 0, 0]),
  );
}

function pdf(length: number, seed: number): Uint8Array {
  return join(
    utf8.encode("%PDF-1.4\n1 0 obj\n<< /Length 9 >>\nstream\n"),
    noise(length, seed),
    utf8.encode("\nendstream\n%%EOF\n"),
  );
}

export function film(length: number, seed: number): Uint8Array {
  return join(
    new Uint8Array([0, 0, 0, 24]),
    utf8.encode("ftypisom"),
    new Uint8Array(12),
    utf8.encode("mdat"),
    noise(length, seed),
  );
}

const makers = [
  ["jpg", jpeg],
  ["docx", zip],
  ["pdf", pdf],
  ["txt", prose],
  ["mp4", film],
] as const;

export interface Sample {
  readonly path: string;
  readonly content: Uint8Array;
}

/** A household's files: folders of forty, of the usual kinds. */
export function household(count: number, sizeBytes: number): Sample[] {
  return Array.from({ length: count }, (_, index) => {
    const [ending, make] = makers[index % makers.length] as (typeof makers)[number];
    return { path: `year ${2000 + Math.floor(index / 40)}/item ${index}.${ending}`, content: make(sizeBytes, index) };
  });
}

export async function fill(hand: Hand, files: readonly Sample[]): Promise<void> {
  for (const folder of new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf("/"))))) {
    if (folder !== "") await hand.makeFolder(folder);
  }
  for (let at = 0; at < files.length; at += 32) {
    await Promise.all(files.slice(at, at + 32).map(({ path, content }) => hand.put(path, content)));
  }
}

export const cipher = (content: Uint8Array, index: number): Uint8Array => noise(content.length, 1_000_000 + index);

/** Every sixteenth block, the first one not. */
function cipherPartly(content: Uint8Array, index: number): Uint8Array {
  const changed = content.slice();
  for (let at = 4096 * 5; at + 4096 <= changed.length; at += 4096 * 16) changed.set(noise(4096, index + at), at);
  return changed;
}

/** What one attack does to one file, and whether its content was out of reach afterwards. */
export type Attack = (hand: Hand, file: Sample, index: number) => Promise<boolean>;

export const attacks: Readonly<Record<string, Attack>> = {
  "overwrite in place": (hand, { path, content }, index) => hand.put(path, cipher(content, index)),
  "overwrite, then a new ending": async (hand, { path, content }, index) => {
    const lost = await hand.put(path, cipher(content, index));
    await hand.rename(path, `${path}.locked`);
    return lost;
  },
  "a copy with a new ending, then delete": async (hand, { path, content }, index) => {
    await hand.put(`${path}.crypt`, cipher(content, index));
    return hand.remove(path);
  },
  "a copy with a random name, then delete": async (hand, { path, content }, index) => {
    const folder = path.slice(0, path.lastIndexOf("/"));
    await hand.put(
      `${folder}/${(index * 7919 + 104_729).toString(36)}.x7k`,
      join(cipher(content, index), noise(256, index)),
    );
    return hand.remove(path);
  },
  "rename, then overwrite": async (hand, { path, content }, index) => {
    await hand.rename(path, `${path}.lockbit`);
    return hand.put(`${path}.lockbit`, cipher(content, index));
  },
  "every 16th block": (hand, { path, content }, index) => hand.put(path, cipherPartly(content, index)),
  "only the first 4 KiB": (hand, { path, content }, index) =>
    hand.put(path, join(noise(4096, index), content.subarray(4096))),
  "with a header of its own": (hand, { path, content }, index) =>
    hand.put(path, join(utf8.encode("WANACRY!"), new Uint8Array(504), cipher(content, index))),
};

export const note = utf8.encode(
  "ALL YOUR FILES HAVE BEEN ENCRYPTED!\nTo get the decryption key, pay 0.5 bitcoin. Download Tor Browser and open\nhttp://abcdefghijklmnop.onion with your personal ID.\n",
);

/** Acts on the storage itself, as one device. */
export function storageHand(storage: Storage, rootId: number, actor: Actor): Hand {
  const find = (path: string) => {
    let node = storage.node(rootId);
    for (const name of path.split("/").filter(Boolean)) node = node && storage.child(node.id, name);
    return node;
  };
  const place = (path: string) => {
    const cut = path.lastIndexOf("/");
    const parent = find(cut === -1 ? "" : path.slice(0, cut));
    if (parent === undefined) throw new Error(`no folder for ${path}`);
    return { parentId: parent.id, name: path.slice(cut + 1) };
  };
  const letting = async (act: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act();
      return true;
    } catch (thrown) {
      if (thrown instanceof AppError && (thrown.code === "forbidden" || thrown.code === "unavailable")) return false;
      throw thrown;
    }
  };
  const id = (path: string): number => {
    const node = find(path);
    if (node === undefined) throw new Error(`${path} is not there`);
    return node.id;
  };
  return {
    put: (path, content) => letting(() => storage.put(place(path), content, { actor, sizeBytes: content.length })),
    rename: (from, to) => letting(() => storage.move(id(from), place(to), { actor, replace: true })),
    remove: (path) => letting(() => storage.remove(id(path), { actor })),
    makeFolder: (path) => letting(() => storage.makeFolder(place(path), { actor })),
  };
}

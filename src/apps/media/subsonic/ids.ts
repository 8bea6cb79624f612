import { codes, Failure } from "./failure.ts";

export type Kind = "artist" | "album" | "song" | "playlist";
const prefixes = { ar: "artist", al: "album", so: "song", pl: "playlist" } as const;

export const idOf = {
  artist: (id: number) => `ar-${id}`,
  album: (id: number) => `al-${id}`,
  song: (id: number) => `so-${id}`,
  playlist: (id: number) => `pl-${id}`,
};

/** What an id names. Throws `notFound` for one that was never given out. */
export function parseId(text: string): { readonly kind: Kind; readonly id: number } {
  const match = /^(ar|al|so|pl)-([1-9]\d{0,14})$/.exec(text);
  const kind = prefixes[match?.[1] as keyof typeof prefixes];
  if (match === null || kind === undefined) throw new Failure(codes.notFound, "There is nothing with this id.");
  return { kind, id: Number(match[2]) };
}

/** The number in an id of one kind. */
export function numberOf(kind: Kind, text: string): number {
  const found = parseId(text);
  if (found.kind !== kind) throw new Failure(codes.notFound, `This is not the id of a ${kind}.`);
  return found.id;
}

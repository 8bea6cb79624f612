import type { z } from "zod";
import type { libraryContract } from "#contract/apps/media/library";
import type { musicContract } from "#contract/apps/media/music";
import type { photosContract } from "#contract/apps/media/photos";
import type { worksContract } from "#contract/apps/media/works";
import type { Actor } from "#platform/usecase";
import type { Leaf } from "./didl.ts";

type Operations = typeof libraryContract & typeof worksContract & typeof musicContract & typeof photosContract;

/** Asks an operation as the person whose sight televisions have. Throws AppError. */
export type Catalogue<Only extends keyof Operations = keyof Operations> = <N extends Only>(
  name: N,
  input: z.input<Operations[N]["input"]>,
) => Promise<z.output<Operations[N]["output"]>>;

/** Runs an operation of the program for somebody. Throws AppError. */
export type Ask = (actor: Actor, operation: string, input: unknown) => Promise<unknown>;

/** The operations answer by their contracts: the runner has held input and rights against them. */
export function catalogueFor(ask: Ask, actor: Actor): Catalogue {
  return async (name, input) => (await ask(actor, name, input)) as z.output<Operations[typeof name]["output"]>;
}

/** What a television fetches. */
export interface Files {
  /** The entry of an item; null when it cannot be fetched now, or may not. */
  leaf(id: string, itemId: number, parentId: string, known: Partial<Leaf>): Leaf | null;
  coverUrl(albumId: number): string;
}

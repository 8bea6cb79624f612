import type { Clock } from "#platform/clock";
import type { Music } from "#apps/media/music";
import type { Actor } from "#platform/usecase";
import type { Tree } from "./answer.ts";
import type { Params } from "./params.ts";

/** One request of somebody. */
export interface Call {
  readonly actor: Actor;
  readonly params: Params;
  readonly request: Request;
  /** Whether stars, playlists and the like may be changed: not by a password that is for reading files only. */
  readonly mayKeep: boolean;
  /** Name of the program, as it says itself. */
  readonly client: string;
}

/** What the endpoints stand on. Everything of music checks by itself what the actor may see. */
export interface EndpointDeps {
  readonly music: Music;
  readonly clock: Clock;
  /** Login name; as somebody who was here once for an id of nobody. */
  readonly loginOf: (personId: number) => string;
}

/** Answers with what belongs into `subsonic-response`, or with a file. */
export type Endpoint = (call: Call) => Promise<Tree | Response> | Tree | Response;
export type Endpoints = Readonly<Record<string, Endpoint>>;

const maxPage = 500;
export const pageOf = (params: Params, size: string, offset: string, otherwise: number) => ({
  limit: params.number(size, otherwise, 0, maxPage),
  offset: params.number(offset, 0),
});

/** `musicFolderId`; absent is all of them. */
export function folderOf(params: Params): { readonly libraryId?: number } {
  const id = params.number("musicFolderId", 0);
  return id > 0 ? { libraryId: id } : {};
}

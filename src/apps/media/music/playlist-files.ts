import { readSync } from "node:fs";
import type { LibraryReader } from "#apps/media/library";
import { itemsFrom } from "#apps/media/library";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Storage } from "#storage/primary";
import type { Handled, HandledLater } from "./handled.ts";
import { decodeM3u, namesOfLocation, parseM3u, renderM3u } from "./m3u.ts";
import { labelOf, type Playlists, type PlaylistsDeps } from "./playlists.ts";
import { songsSeen, songTables } from "./sight.ts";

interface FileDeps extends PlaylistsDeps {
  readonly storage: Pick<Storage, "open">;
  readonly library: Pick<LibraryReader, "itemOfNode" | "seen">;
  readonly playlists: Playlists;
}

const maxFileBytes = 2_000_000;
const maxFiles = 500;
const maxMissingTold = 200;

/** Playlists in the form of M3U files. */
export function createPlaylistFiles(deps: FileDeps) {
  const { db, storage, library, playlists, itemFilter } = deps;
  const textOf = (
    actor: Actor,
    nodeId: number,
  ): { readonly text: string; readonly path: string; readonly libraryId: number } => {
    const item = library.itemOfNode(nodeId);
    const [seen] = item === undefined ? [] : library.seen(actor, [item.id]);
    if (seen === undefined || !isPlaylist(seen.path)) {
      throw new AppError("not-found", "There is no such playlist file in a music library.", {
        isRefusal: item !== undefined,
      });
    }
    const file = storage.open(nodeId);
    try {
      if (file.sizeBytes > maxFileBytes) throw new AppError("too-large", "A playlist file has at most 2 MB.");
      return { text: decodeM3u(readAll(file)), path: seen.path, libraryId: seen.libraryId };
    } finally {
      file.close();
    }
  };

  const importPlaylist: HandledLater<"music.importPlaylist"> = async (actor, input) => {
    const file = "text" in input ? { text: input.text, path: "", libraryId: undefined } : textOf(actor, input.nodeId);
    const { name, entries } = parseM3u(file.text);
    if (entries.length === 0) throw new AppError("bad-request", "There are no songs in this playlist file.");
    const find = createFinder(deps, actor, file);
    const wanted = entries.map(({ location, label }) => ({
      itemId: find(location),
      label: label ?? lastName(location),
    }));
    const title = input.name ?? name ?? lastName(file.path).replace(/\.m3u8?$/i, "");
    const playlist = await playlists.make(actor, title.slice(0, 200) || "Playlist", wanted);
    const missing = wanted.filter(({ itemId }) => itemId === null).map(({ label }) => label);
    return { playlist, found: wanted.length - missing.length, missing: missing.slice(0, maxMissingTold) };
  };
  const playlistFiles: Handled<"music.playlistFiles"> = (actor) => {
    const { sql, params } = itemFilter(actor);
    const rows = db
      .prepare<{ nodeId: number; path: string }, (string | number)[]>(
        `SELECT item.node_id AS nodeId, item.path FROM ${itemsFrom} JOIN media_library library ON library.id = item.library_id
         WHERE library.kind = 'music' AND item.kind = 'sidecar' AND (item.path LIKE '%.m3u' OR item.path LIKE '%.m3u8') AND (${sql})
         ORDER BY item.path LIMIT ${maxFiles}`,
      )
      .all(...params);
    return { files: rows.map(({ nodeId, path }) => ({ nodeId, path, name: lastName(path).replace(/\.m3u8?$/i, "") })) };
  };
  /** Extended M3U with paths below the folders of the libraries. */
  const exportPlaylist = (actor: Actor, id: number): { readonly name: string; readonly text: string } => {
    const { playlist, entries } = playlists.playlist(actor, { id });
    const lines = entries.flatMap(({ song }) =>
      song === null ? [] : [{ location: song.path, label: labelOf(song), durationMs: song.durationMs }],
    );
    return { name: playlist.name, text: renderM3u(playlist.name, lines) };
  };
  return { importPlaylist, playlistFiles, exportPlaylist };
}

interface Candidate {
  readonly id: number;
  readonly libraryId: number;
  readonly names: readonly string[];
}

/**
 * The song that a location means: files of the same name, of which the one counts whose folders agree furthest from the end; of those
 * first the one beside the playlist. Paths of other machines end the same even if they begin otherwise.
 */
function createFinder(
  deps: FileDeps,
  actor: Actor,
  beside: { readonly path: string; readonly libraryId: number | undefined },
): (location: string) => number | null {
  const seen = songsSeen(deps, actor);
  const byName = deps.db.prepare<{ id: number; libraryId: number; path: string }, (string | number)[]>(
    `SELECT item.id, item.library_id AS libraryId, item.path FROM ${songTables}
     WHERE node.fold = ? AND ${seen.text} LIMIT 200`,
  );
  const folder = namesOfLocation(beside.path).slice(0, -1);
  const score = ({ names, libraryId }: Candidate, wanted: readonly string[]): number => {
    const same = sameFromEnd(names, wanted);
    const whole = same === wanted.length && names.length === folder.length + wanted.length;
    const isBeside = whole && libraryId === beside.libraryId && folder.every((name, index) => names[index] === name);
    return same + (isBeside ? 1000 : 0);
  };
  return (location) => {
    const wanted = namesOfLocation(location);
    const file = wanted.at(-1);
    if (file === undefined) return null;
    const candidates = byName
      .all(file.toLowerCase(), ...seen.params)
      .map(({ id, libraryId, path }) => ({ id, libraryId, names: path.normalize("NFC").split("/") }));
    const [best] = candidates.toSorted((a, b) => score(b, wanted) - score(a, wanted) || a.id - b.id);
    return best?.id ?? null;
  };
}

function sameFromEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a.at(-1 - count)?.toLowerCase() === b.at(-1 - count)?.toLowerCase()) {
    count += 1;
  }
  return count;
}

const isPlaylist = (path: string) => /\.m3u8?$/i.test(path);
const lastName = (path: string) => path.split(/[/\\]/).at(-1) ?? path;

function readAll(file: { readonly fd: number; readonly sizeBytes: number }): Uint8Array {
  const bytes = new Uint8Array(file.sizeBytes);
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(file.fd, bytes, filled, bytes.length - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

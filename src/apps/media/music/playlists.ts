import type { Playlist, PlaylistEntry, Song } from "#contract/apps/media/music";
import { musicContract } from "#contract/apps/media/music";
import type { Clock } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Browsing } from "./browse.ts";
import type { Handled, HandledLater } from "./handled.ts";
import { createPlaylistRows, type NewEntry, type PlaylistRow, type PlaylistRows } from "./playlist-rows.ts";
import { smartSongIds } from "./smart.ts";
import type { SightDeps } from "./sight.ts";

export interface PlaylistsDeps extends SightDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly browsing: Browsing;
  readonly personName: (id: number) => string | undefined;
}

const maxEntries = 20_000;
const keptRemovedMs = 30 * 86_400_000;
const coversShown = 4;

/** Playlists by hand and by rules. Everybody sees in a shared one only the songs that they may see. */
export function createPlaylists(deps: PlaylistsDeps) {
  const rows = createPlaylistRows(deps.db);
  const look = createLook(deps, rows);
  return {
    ...createReading(deps, rows, look),
    ...createLists(deps, rows, look),
    ...createEntryActs(deps, rows, look),
    /** For whoever writes lists from elsewhere. */
    make: (actor: Actor, name: string, entries: readonly NewEntry[]): Promise<Playlist> =>
      make(deps, rows, look, actor, { name, comment: "", sharing: "private", rules: null, entries }),
    rowFor: look.row,
  };
}

export type Playlists = ReturnType<typeof createPlaylists>;
type Look = ReturnType<typeof createLook>;

function createLook({ db, clock, browsing, personName, itemFilter }: PlaylistsDeps, rows: PlaylistRows) {
  const mayEdit = (actor: Actor, row: PlaylistRow) =>
    !actor.readOnly && (row.ownerId === actor.userId || row.sharing === "edit");
  const row = (actor: Actor, id: number): PlaylistRow => {
    const found = rows.get(id);
    const isSeen = found !== undefined && (found.ownerId === actor.userId || found.sharing !== "private");
    if (!isSeen || found.removedAtMs !== null) {
      throw new AppError("not-found", "There is no such playlist.", { isRefusal: found !== undefined });
    }
    return found;
  };
  const smartSongs = (actor: Actor, { rules }: PlaylistRow): Song[] =>
    rules === null ? [] : songsInPieces(browsing, actor, smartSongIds({ db, itemFilter }, actor, rules, clock.now()));
  const entries = (actor: Actor, list: PlaylistRow): PlaylistEntry[] => {
    if (list.rules !== null) {
      return smartSongs(actor, list).map((song, index) => ({ id: index + 1, song, label: labelOf(song) }));
    }
    const all = rows.entries(list.id);
    const ids = [...new Set(all.map(({ itemId }) => itemId).filter((id) => id !== null))];
    const songs = new Map(songsInPieces(browsing, actor, ids).map((song) => [song.id, song]));
    return all.flatMap(({ id, itemId, label }): PlaylistEntry[] => {
      const song = itemId === null ? undefined : songs.get(itemId);
      // Names of songs that somebody may not see are not told either.
      if (song === undefined && itemId !== null) return [];
      return [{ id, song: song ?? null, label: song === undefined ? label : labelOf(song) }];
    });
  };
  const present = (actor: Actor, list: PlaylistRow, shown?: readonly PlaylistEntry[]): Playlist => {
    const { removedAtMs: _, ...same } = list;
    const songs = (shown ?? (list.rules === null ? entries(actor, list) : undefined))?.flatMap(
      ({ song }) => song ?? [],
    );
    return {
      ...same,
      ownerName: personName(list.ownerId) ?? "",
      isMine: list.ownerId === actor.userId,
      mayEdit: mayEdit(actor, list),
      songCount: songs?.length ?? null,
      durationMs: songs?.reduce((sum, song) => sum + (song.durationMs ?? 0), 0) ?? null,
      coverAlbumIds: [...new Set(songs?.filter(({ hasCover }) => hasCover).map(({ albumId }) => albumId))].slice(
        0,
        coversShown,
      ),
    };
  };
  const editable = (actor: Actor, id: number, isByHand = true): PlaylistRow => {
    const list = row(actor, id);
    if (!mayEdit(actor, list)) throw new AppError("forbidden", "Only its owner changes this playlist; make a copy.");
    if (isByHand && list.rules !== null) {
      throw new AppError("conflict", "Rules fill this list. Change its rules, or save its songs as another playlist.");
    }
    return list;
  };
  return { row, entries, present, editable };
}

function createReading({ db, clock, browsing, itemFilter }: PlaylistsDeps, rows: PlaylistRows, look: Look) {
  const playlists: Handled<"music.playlists"> = (actor) => ({
    playlists: rows.visibleTo(actor.userId).map((row) => look.present(actor, row)),
  });
  const playlist: Handled<"music.playlist"> = (actor, { id }) => {
    const row = look.row(actor, id);
    const entries = look.entries(actor, row);
    return { playlist: look.present(actor, row, entries), entries };
  };
  const trySmartRules: Handled<"music.trySmartRules"> = (actor, input) => {
    const { rules, limit } = musicContract["music.trySmartRules"].input.parse(input);
    const songs = songsInPieces(browsing, actor, smartSongIds({ db, itemFilter }, actor, rules, clock.now()));
    const durationMs = songs.reduce((sum, song) => sum + (song.durationMs ?? 0), 0);
    return { total: songs.length, durationMs, songs: songs.slice(0, limit) };
  };
  return { playlists, playlist, trySmartRules };
}

function createLists(deps: PlaylistsDeps, rows: PlaylistRows, look: Look) {
  const { db, clock, browsing } = deps;
  const createPlaylist: HandledLater<"music.createPlaylist"> = async (actor, input) => {
    const { songIds, ...list } = musicContract["music.createPlaylist"].input.parse(input);
    if (list.rules !== null && songIds.length > 0)
      throw new AppError("bad-request", "A smart list is filled by rules.");
    const entries = entriesOf(browsing, actor, songIds);
    return { playlist: await make(deps, rows, look, actor, { ...list, entries }) };
  };
  const updatePlaylist: HandledLater<"music.updatePlaylist"> = async (actor, { id, name, comment, sharing, rules }) => {
    const row = look.editable(actor, id, false);
    if (sharing !== undefined && sharing !== row.sharing && row.ownerId !== actor.userId) {
      throw new AppError("forbidden", "Only its owner decides who sees this playlist.");
    }
    if (rules !== undefined && row.rules === null) throw new AppError("conflict", "This list was made by hand.");
    const { rules: parsed } = musicContract["music.updatePlaylist"].input.parse({ id, rules });
    const changed = {
      ...row,
      name: name ?? row.name,
      comment: comment ?? row.comment,
      sharing: sharing ?? row.sharing,
      rules: parsed ?? row.rules,
      changedAtMs: clock.now(),
    };
    db.transaction(() => rows.update(changed));
    await db.sync();
    return { playlist: look.present(actor, changed) };
  };
  const setRemoved = async (actor: Actor, id: number, isRemoved: boolean): Promise<PlaylistRow> => {
    const row = rows.get(id);
    if (row === undefined || row.ownerId !== actor.userId) {
      if (row !== undefined && row.sharing !== "private") throw new AppError("forbidden", "Only its owner removes it.");
      throw new AppError("not-found", "There is no such playlist.", { isRefusal: row !== undefined });
    }
    const changed = { ...row, removedAtMs: isRemoved ? clock.now() : null };
    db.transaction(() => {
      rows.update(changed);
      rows.purgeRemovedBefore(clock.now() - keptRemovedMs);
    });
    await db.sync();
    return changed;
  };
  const removePlaylist: HandledLater<"music.removePlaylist"> = async (actor, { id }) => {
    await setRemoved(actor, id, true);
    return {};
  };
  const restorePlaylist: HandledLater<"music.restorePlaylist"> = async (actor, { id }) => ({
    playlist: look.present(actor, await setRemoved(actor, id, false)),
  });
  return { createPlaylist, updatePlaylist, removePlaylist, restorePlaylist };
}

function createEntryActs({ db, clock, browsing }: PlaylistsDeps, rows: PlaylistRows, look: Look) {
  const change = async <T>(actor: Actor, id: number, act: (row: PlaylistRow) => T): Promise<T> => {
    const row = look.editable(actor, id);
    const done = db.transaction(() => {
      const result = act(row);
      if (rows.entries(id).length > maxEntries) {
        throw new AppError("too-large", `A playlist holds at most ${maxEntries} songs.`);
      }
      rows.update({ ...row, changedAtMs: clock.now() });
      return result;
    });
    await db.sync();
    return done;
  };
  const noEntry = () => new AppError("conflict", "That entry is not in the list any more. Load the list again.");
  const addToPlaylist: HandledLater<"music.addToPlaylist"> = async (actor, { id, songIds, beforeEntryId = null }) => {
    const entries = entriesOf(browsing, actor, songIds);
    const entryIds = await change(actor, id, () => rows.add(id, entries, beforeEntryId));
    if (entryIds === undefined) throw noEntry();
    return { entryIds };
  };
  const removeFromPlaylist: HandledLater<"music.removeFromPlaylist"> = async (actor, { id, entryIds }) => {
    await change(actor, id, () => rows.remove(id, entryIds));
    return {};
  };
  const moveInPlaylist: HandledLater<"music.moveInPlaylist"> = async (actor, { id, entryIds, beforeEntryId }) => {
    if (beforeEntryId !== null && entryIds.includes(beforeEntryId)) return {};
    if (!(await change(actor, id, () => rows.move(id, entryIds, beforeEntryId)))) throw noEntry();
    return {};
  };
  const setPlaylistSongs: HandledLater<"music.setPlaylistSongs"> = async (actor, { id, songIds }) => {
    const entries = entriesOf(browsing, actor, songIds);
    await change(actor, id, (row) => {
      // Whoever replaces the list knew only what it shows them: what they may not see, or what is not there just now, stays.
      const shown = look.entries(actor, row).map((entry) => entry.id);
      rows.remove(id, shown);
      rows.add(id, entries, null);
    });
    return {};
  };
  return { addToPlaylist, removeFromPlaylist, moveInPlaylist, setPlaylistSongs };
}

type NewList = Pick<PlaylistRow, "name" | "comment" | "sharing" | "rules"> & { readonly entries: readonly NewEntry[] };

async function make(
  { db, clock }: PlaylistsDeps,
  rows: PlaylistRows,
  look: Look,
  actor: Actor,
  { entries, ...list }: NewList,
): Promise<Playlist> {
  const id = db.transaction(() => {
    const made = rows.insert({ ...list, ownerId: actor.userId, createdAtMs: clock.now() });
    rows.add(made, entries, null);
    return made;
  });
  await db.sync();
  return look.present(actor, look.row(actor, id));
}

/** Throws `not-found` when one of them is not there for this person. */
function entriesOf(browsing: Browsing, actor: Actor, songIds: readonly number[]): NewEntry[] {
  const songs = new Map(songsInPieces(browsing, actor, [...new Set(songIds)]).map((song) => [song.id, song]));
  return songIds.map((id) => {
    const song = songs.get(id) ?? browsing.song(actor, id);
    return { itemId: song.id, label: labelOf(song) };
  });
}

/** As a list shows a song that is gone. */
export function labelOf({ artistText, title }: Pick<Song, "artistText" | "title">): string {
  return `${artistText} – ${title}`;
}

const piece = 1000;

function songsInPieces(browsing: Browsing, actor: Actor, ids: readonly number[]): Song[] {
  const songs: Song[] = [];
  for (let from = 0; from < ids.length; from += piece) {
    songs.push(...browsing.presentSongs(actor, ids.slice(from, from + piece)));
  }
  return songs;
}

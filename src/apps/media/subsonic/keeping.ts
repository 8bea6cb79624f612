import type { Call, Endpoint, EndpointDeps, Endpoints } from "./call.ts";
import { codes, Failure } from "./failure.ts";
import { idOf, type Kind, numberOf, parseId } from "./ids.ts";
import { playlistShape, songShape } from "./shapes.ts";

type Marked = Exclude<Kind, "playlist">;

/** What is meant by `id`, `albumId` and `artistId`, by kind. */
function marked({ params }: Call): Map<Marked, number[]> {
  const found = ["id", "albumId", "artistId"].flatMap((name) => params.all(name)).map(parseId);
  if (found.length === 0) throw new Failure(codes.missing, "The parameter id is missing.");
  const ids = new Map<Marked, number[]>();
  for (const { kind, id } of found) {
    if (kind === "playlist") throw new Failure(codes.notFound, "A playlist cannot be starred.");
    ids.set(kind, [...(ids.get(kind) ?? []), id]);
  }
  return ids;
}

const writing = new Set([
  ...["star", "unstar", "setRating", "scrobble", "createPlaylist", "updatePlaylist", "deletePlaylist"],
  ...["savePlayQueue", "createBookmark", "deleteBookmark"],
]);

/** Stars, ratings, plays, playlists, the queue and places in songs: what is kept for a person. */
export function keepingEndpoints(deps: EndpointDeps): Endpoints {
  const endpoints = Object.entries({ ...markEndpoints(deps), ...playlistEndpoints(deps), ...queueEndpoints(deps) });
  const guarded = endpoints.map(([name, endpoint]): [string, Endpoint] => [
    name,
    (call) => {
      if (writing.has(name) && !call.mayKeep)
        throw new Failure(codes.forbidden, "This password is for reading. Make one for music apps.");
      return endpoint({ ...call, actor: { ...call.actor, readOnly: !call.mayKeep } });
    },
  ]);
  return Object.fromEntries(guarded);
}

function markEndpoints({ music, clock }: EndpointDeps): Endpoints {
  const star = async (call: Call, isStarred: boolean) => {
    for (const [kind, ids] of marked(call)) await music.setStar(call.actor, { kind, ids, isStarred });
    return {};
  };
  return {
    star: (call) => star(call, true),
    unstar: (call) => star(call, false),
    setRating: async ({ actor, params }) => {
      const { kind, id } = parseId(params.required("id"));
      params.required("rating");
      const rating = params.number("rating", 0, 0, 5);
      if (kind === "playlist") throw new Failure(codes.notFound, "A playlist cannot be rated.");
      await music.setRating(actor, { kind, id, rating: rating === 0 ? null : rating });
      return {};
    },
    scrobble: async ({ actor, params, client }) => {
      const ids = songIds(params.requiredAll("id"));
      const times = params.all("time").map(Number);
      if (!params.boolean("submission", true)) {
        music.notePlaying(actor, { songId: ids.at(-1) ?? null, player: client });
        return {};
      }
      const at = (index: number) => {
        const time = times[index];
        return time !== undefined && Number.isSafeInteger(time) && time > 0 ? time : clock.now();
      };
      await music.notePlays(actor, { plays: ids.map((songId, index) => ({ songId, atMs: at(index) })) });
      return {};
    },
  };
}

const songIds = (values: readonly string[]) => values.map((value) => numberOf("song", value));

function playlistEndpoints({ music, loginOf }: EndpointDeps): Endpoints {
  const playlist = ({ actor }: Call, id: number) => {
    const { playlist: list, entries } = music.playlist(actor, { id });
    const songs = entries.flatMap(({ song }) => song ?? []);
    return { playlist: { ...playlistShape(list, loginOf(list.ownerId)), entry: songs.map(songShape) } };
  };
  return {
    getPlaylists: ({ actor }) => ({
      playlists: {
        playlist: music.playlists(actor, {}).playlists.map((list) => playlistShape(list, loginOf(list.ownerId))),
      },
    }),
    getPlaylist: (call) => playlist(call, numberOf("playlist", call.params.required("id"))),
    createPlaylist: async (call) => {
      const { actor, params } = call;
      const ids = songIds(params.all("songId"));
      const known = params.text("playlistId");
      const name = params.text("name");
      if (known === undefined) {
        const made = await music.createPlaylist(actor, { name: params.required("name"), songIds: ids });
        return playlist(call, made.playlist.id);
      }
      const id = numberOf("playlist", known);
      await music.setPlaylistSongs(actor, { id, songIds: ids });
      if (name !== undefined) await music.updatePlaylist(actor, { id, name });
      return playlist(call, id);
    },
    updatePlaylist: async ({ actor, params }) => {
      const id = numberOf("playlist", params.required("playlistId"));
      const [name, comment] = [params.text("name"), params.text("comment")];
      const isPublic = params.text("public");
      const sharing = isPublic === undefined ? undefined : params.boolean("public", false) ? "read" : "private";
      if (name !== undefined || comment !== undefined || sharing !== undefined) {
        const change = { ...(name !== undefined && { name }), ...(comment !== undefined && { comment }) };
        await music.updatePlaylist(actor, { id, ...change, ...(sharing !== undefined && { sharing }) });
      }
      const indexes = params.all("songIndexToRemove").map(Number);
      if (indexes.length > 0) {
        // Clients count the songs that they see.
        const shown = music.playlist(actor, { id }).entries.filter(({ song }) => song !== null);
        const entryIds = indexes.flatMap((index) => shown[index]?.id ?? []);
        if (entryIds.length > 0) await music.removeFromPlaylist(actor, { id, entryIds });
      }
      const added = songIds(params.all("songIdToAdd"));
      if (added.length > 0) await music.addToPlaylist(actor, { id, songIds: added });
      return {};
    },
    deletePlaylist: async ({ actor, params }) => {
      await music.removePlaylist(actor, { id: numberOf("playlist", params.required("id")) });
      return {};
    },
  };
}

function queueEndpoints({ music, loginOf }: Pick<EndpointDeps, "music" | "loginOf">): Endpoints {
  return {
    getPlayQueue: ({ actor }) => {
      const { songs, index, positionMs, savedBy, savedAtMs } = music.queue(actor, {});
      const current = songs[index];
      return {
        playQueue: {
          username: loginOf(actor.userId),
          current: current && idOf.song(current.id),
          position: positionMs,
          changed: new Date(savedAtMs).toISOString(),
          changedBy: savedBy,
          entry: songs.map(songShape),
        },
      };
    },
    savePlayQueue: async ({ actor, params, client }) => {
      const songIds = params.all("id").map((id) => numberOf("song", id));
      const current = params.text("current");
      const index = current === undefined ? 0 : Math.max(0, songIds.indexOf(numberOf("song", current)));
      await music.saveQueue(actor, { songIds, index, positionMs: params.number("position", 0), savedBy: client });
      return {};
    },
    getBookmarks: ({ actor }) => ({
      bookmarks: {
        bookmark: music
          .bookmarks(actor, {})
          .bookmarks.map(({ song, positionMs, comment, createdAtMs, changedAtMs }) => ({
            position: positionMs,
            username: loginOf(actor.userId),
            comment,
            created: new Date(createdAtMs).toISOString(),
            changed: new Date(changedAtMs).toISOString(),
            entry: songShape(song),
          })),
      },
    }),
    createBookmark: async ({ actor, params }) => {
      params.required("position");
      const songId = numberOf("song", params.required("id"));
      const comment = (params.text("comment") ?? "").slice(0, 500);
      await music.setBookmark(actor, { songId, positionMs: params.number("position", 0), comment });
      return {};
    },
    deleteBookmark: async ({ actor, params }) => {
      await music.removeBookmark(actor, { songId: numberOf("song", params.required("id")) });
      return {};
    },
  };
}

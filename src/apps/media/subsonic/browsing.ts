import type { Artist } from "#contract/apps/media/music";
import type { Tree } from "./answer.ts";
import type { Call, EndpointDeps, Endpoints } from "./call.ts";
import { folderOf } from "./call.ts";
import { codes, Failure } from "./failure.ts";
import { numberOf, parseId } from "./ids.ts";
import { albumFolder, albumShape, artistFolder, artistShape, songShape } from "./shapes.ts";

const ignoredArticles = "The El La Los Las Le Les Die Der Das";
const pageSize = 500;
const mostArtists = 200_000;

/** The letter under which an artist stands; what begins with none stands under `#`. */
function letterOf({ sortName }: Artist): string {
  const first = sortName.normalize("NFD").charAt(0).toUpperCase();
  return /\p{L}/u.test(first) ? first : "#";
}

function byLetter(artists: readonly Artist[], shape: (artist: Artist) => Tree): Tree[] {
  const groups = Map.groupBy(artists, letterOf);
  const letters = [...groups.keys()].toSorted((a, b) => a.localeCompare(b, "en"));
  return letters.map((name) => ({ name, artist: (groups.get(name) ?? []).map(shape) }));
}

export function browsingEndpoints({ music }: EndpointDeps): Endpoints {
  const allArtists = ({ actor, params }: Call): Artist[] => {
    const found: Artist[] = [];
    for (let offset = 0; offset < mostArtists; offset += pageSize) {
      const { artists, total } = music.artists(actor, { ...folderOf(params), offset, limit: pageSize });
      found.push(...artists);
      if (found.length >= total || artists.length === 0) break;
    }
    return found;
  };
  /** Asked about an artist by the id of the artist, an album or a song. */
  const artistBehind = ({ actor, params }: Call): number => {
    const { kind, id } = parseId(params.required("id"));
    if (kind === "artist") return id;
    const [artist] =
      kind === "album"
        ? music.album(actor, { id }).album.artists
        : (music.songs(actor, { ids: [id] }).songs[0]?.artists ?? []);
    if (artist === undefined) throw new Failure(codes.notFound, "There is no such artist.");
    return artist.id;
  };
  const artistInfo = (call: Call): Tree => {
    const { artist, similar } = music.artist(call.actor, { id: artistBehind(call) });
    const count = call.params.number("count", 20, 0, 100);
    return { musicBrainzId: artist.mbid ?? undefined, similarArtist: similar.slice(0, count).map(artistShape) };
  };
  const albumInfo = ({ actor, params }: Call): Tree => {
    const { kind, id } = parseId(params.required("id"));
    const albumId = kind === "song" ? music.songs(actor, { ids: [id] }).songs[0]?.albumId : id;
    const { album } = music.album(actor, { id: albumId ?? 0 });
    return { musicBrainzId: album.releaseMbid ?? undefined };
  };
  const similar = ({ actor, params }: Call): Tree[] => {
    const { kind, id } = parseId(params.required("id"));
    if (kind === "playlist") throw new Failure(codes.notFound, "There is nothing similar to a playlist.");
    const limit = params.number("count", 50, 1, pageSize);
    return music.similarSongs(actor, { kind, id, limit, seed: Date.now() % 1_000_000 }).songs.map(songShape);
  };
  const changedAtMs = ({ actor }: Call) => music.overview(actor, {}).changedAtMs;

  return {
    getMusicFolders: ({ actor }) => ({
      musicFolders: { musicFolder: music.overview(actor, {}).libraries.map(({ id, name }) => ({ id, name })) },
    }),
    getArtists: (call) => ({ artists: { ignoredArticles, index: byLetter(allArtists(call), artistShape) } }),
    getIndexes: (call) => {
      const lastModified = changedAtMs(call);
      // Nothing is new for a client that has seen this.
      const index =
        call.params.number("ifModifiedSince", 0) >= lastModified && lastModified > 0
          ? []
          : byLetter(allArtists(call), artistFolder);
      return { indexes: { ignoredArticles, lastModified, index } };
    },
    getArtist: ({ actor, params }) => {
      const { artist, albums } = music.artist(actor, { id: numberOf("artist", params.required("id")) });
      return { artist: { ...artistShape(artist), album: albums.map((album) => albumShape(album)) } };
    },
    getAlbum: ({ actor, params }) => {
      const { album, songs } = music.album(actor, { id: numberOf("album", params.required("id")) });
      return { album: albumShape(album, songs) };
    },
    getSong: ({ actor, params }) => {
      const [song] = music.songs(actor, { ids: [numberOf("song", params.required("id"))] }).songs;
      if (song === undefined) throw new Failure(codes.notFound, "There is no such song.");
      return { song: songShape(song) };
    },
    getMusicDirectory: ({ actor, params }) => {
      const { kind, id } = parseId(params.required("id"));
      if (kind === "artist") {
        const { artist, albums } = music.artist(actor, { id });
        return { directory: { ...artistFolder(artist), child: albums.map(albumFolder) } };
      }
      if (kind !== "album") throw new Failure(codes.notFound, "This is no folder.");
      const { album, songs } = music.album(actor, { id });
      const { parent, title, starred } = albumFolder(album);
      return { directory: { id: albumFolder(album)["id"], parent, name: title, starred, child: songs.map(songShape) } };
    },
    getGenres: ({ actor }) => ({
      genres: {
        genre: music.genres(actor).genres.map(({ name, songCount, albumCount }) => ({
          ...{ songCount, albumCount, value: name },
        })),
      },
    }),
    getArtistInfo: (call) => ({ artistInfo: artistInfo(call) }),
    getArtistInfo2: (call) => ({ artistInfo2: artistInfo(call) }),
    getAlbumInfo: (call) => ({ albumInfo: albumInfo(call) }),
    getAlbumInfo2: (call) => ({ albumInfo: albumInfo(call) }),
    getSimilarSongs: (call) => ({ similarSongs: { song: similar(call) } }),
    getSimilarSongs2: (call) => ({ similarSongs2: { song: similar(call) } }),
    getTopSongs: ({ actor, params }) => {
      const name = params.required("artist");
      const { artists } = music.artists(actor, { query: name, role: "any", limit: 20 });
      const found = artists.find((one) => one.name.toLowerCase() === name.toLowerCase());
      const top = found === undefined ? [] : music.artist(actor, { id: found.id }).topSongs;
      return { topSongs: { song: top.slice(0, params.number("count", 50, 0, pageSize)).map(songShape) } };
    },
  };
}

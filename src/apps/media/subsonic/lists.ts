import type { AlbumsInput } from "#contract/apps/media/music";
import type { Call, EndpointDeps, Endpoints } from "./call.ts";
import { folderOf, pageOf } from "./call.ts";
import { codes, Failure } from "./failure.ts";
import { albumFolder, albumShape, artistFolder, artistShape, songShape } from "./shapes.ts";

/** The lists of albums of this API in words of ours. */
const sorts: Readonly<Record<string, Pick<AlbumsInput, "sort">>> = {
  random: { sort: "random" },
  newest: { sort: "newest" },
  highest: { sort: "rated" },
  frequent: { sort: "frequent" },
  recent: { sort: "recent" },
  alphabeticalByName: { sort: "title" },
  alphabeticalByArtist: { sort: "artist" },
  starred: { sort: "starred" },
};

function albumsWanted({ params }: Call, seed: number): AlbumsInput {
  const type = params.required("type");
  const page = { ...pageOf(params, "size", "offset", 10), ...folderOf(params) };
  if (type === "byGenre") return { ...page, sort: "title", genre: params.required("genre") };
  if (type === "byYear") {
    params.required("fromYear");
    params.required("toYear");
    const [from, to] = [params.number("fromYear", 0), params.number("toYear", 0)];
    // The wrong way round asks for the newest first.
    return { ...page, sort: "year", isDescending: from > to, fromYear: Math.min(from, to), toYear: Math.max(from, to) };
  }
  const sort = sorts[type];
  if (sort === undefined) throw new Failure(codes.generic, `There is no list ${type}.`);
  return { ...page, ...sort, seed };
}

export function listEndpoints({ music, clock }: EndpointDeps): Endpoints {
  const seed = () => clock.now() % 1_000_003;
  const albums = (call: Call) => music.albums(call.actor, albumsWanted(call, seed())).albums;
  const starred = ({ actor, params }: Call) => {
    const which = { ...folderOf(params), isStarred: true, limit: 500 };
    return {
      artists: music.artists(actor, { ...which, role: "any" }).artists,
      albums: music.albums(actor, { ...which, sort: "starred" }).albums,
      songs: music.songs(actor, { ...which, sort: "starred" }).songs,
    };
  };
  const search = ({ actor, params }: Call) => {
    const [artist, album, song] = [
      pageOf(params, "artistCount", "artistOffset", 20),
      pageOf(params, "albumCount", "albumOffset", 20),
      pageOf(params, "songCount", "songOffset", 20),
    ];
    return music.search(actor, {
      // Clients that fetch everything ask for nothing, or for a pair of quotes.
      query: (params.text("query") ?? "").replaceAll('"', "").slice(0, 200),
      ...folderOf(params),
      ...{ artistLimit: artist.limit, artistOffset: artist.offset },
      ...{ albumLimit: album.limit, albumOffset: album.offset },
      ...{ songLimit: song.limit, songOffset: song.offset },
    });
  };
  return {
    getAlbumList: (call) => ({ albumList: { album: albums(call).map(albumFolder) } }),
    getAlbumList2: (call) => ({ albumList2: { album: albums(call).map((album) => albumShape(album)) } }),
    getRandomSongs: ({ actor, params }) => {
      const genre = params.text("genre");
      const [fromYear, toYear] = [params.number("fromYear", 0), params.number("toYear", 0)];
      const { songs } = music.songs(actor, {
        sort: "random",
        seed: seed(),
        limit: params.number("size", 10, 0, 500),
        ...folderOf(params),
        ...(genre !== undefined && { genre }),
        ...(fromYear > 0 && { fromYear }),
        ...(toYear > 0 && { toYear }),
      });
      return { randomSongs: { song: songs.map(songShape) } };
    },
    getSongsByGenre: ({ actor, params }) => {
      const which = { ...pageOf(params, "count", "offset", 10), ...folderOf(params) };
      const { songs } = music.songs(actor, { sort: "album", genre: params.required("genre"), ...which });
      return { songsByGenre: { song: songs.map(songShape) } };
    },
    getStarred: (call) => {
      const { artists, albums: kept, songs } = starred(call);
      const shapes = { artist: artists.map(artistFolder), album: kept.map(albumFolder), song: songs.map(songShape) };
      return { starred: shapes };
    },
    getStarred2: (call) => {
      const { artists, albums: kept, songs } = starred(call);
      const album = kept.map((one) => albumShape(one));
      return { starred2: { artist: artists.map(artistShape), album, song: songs.map(songShape) } };
    },
    search2: (call) => {
      const { artists, albums: found, songs } = search(call);
      const shapes = { artist: artists.map(artistFolder), album: found.map(albumFolder), song: songs.map(songShape) };
      return { searchResult2: shapes };
    },
    search3: (call) => {
      const { artists, albums: found, songs } = search(call);
      const album = found.map((one) => albumShape(one));
      return { searchResult3: { artist: artists.map(artistShape), album, song: songs.map(songShape) } };
    },
    getNowPlaying: ({ actor }) => ({
      nowPlaying: {
        entry: music.nowPlaying(actor, {}).playing.map(({ song, personName, player, startedAtMs }, index) => ({
          ...songShape(song),
          username: personName,
          minutesAgo: Math.max(0, Math.floor((clock.now() - startedAtMs) / 60_000)),
          playerId: index + 1,
          playerName: player,
        })),
      },
    }),
  };
}

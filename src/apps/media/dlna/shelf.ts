import type { Container, Entry, Leaf } from "./didl.ts";
import type { Catalogue, Files } from "./ports.ts";

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface Listing {
  readonly entries: readonly Entry[];
  readonly total: number;
}

/** The tree that televisions walk through. Each id tells by itself what it is: `albums`, `album:12`, `song:34`. */
export interface Shelf {
  /** Null when there is no such container. */
  children(id: string, page: Page): Promise<Listing | null>;
  /** Null when there is no such thing. */
  entry(id: string): Promise<Entry | null>;
}

const rooms = [
  ["films", "Films"],
  ["series", "Series"],
  ["videos", "Home videos"],
  ["music", "Music"],
  ["photos", "Photos"],
] as const;
const musicRooms = [
  ["albums", "Albums"],
  ["artists", "Artists"],
  ["playlists", "Playlists"],
] as const;

const folder = "object.container.storageFolder";
const album = "object.container.album.musicAlbum";
const artist = "object.container.person.musicArtist";
const playlist = "object.container.playlistContainer";
const months = "object.container.album.photoAlbum";

function container(id: string, parentId: string, title: string, more: Partial<Container> = {}): Container {
  return { kind: "container", id, parentId, title, childCount: null, upnpClass: folder, artUrl: null, ...more };
}

/** The name of a month as it stands in a list: `2024-05 May`. */
function monthTitle(month: number): string {
  const at = new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
  const name = at.toLocaleDateString("en", { month: "long", timeZone: "UTC" });
  return `${String(at.getUTCFullYear()).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")} ${name}`;
}

const slice = (all: readonly Entry[], { offset, limit }: Page): Listing => ({
  entries: all.slice(offset, offset + limit),
  total: all.length,
});

export function createShelf(catalogue: Catalogue, files: Files): Shelf {
  const works = createWorkRooms(catalogue, files);
  const music = createMusicRooms(catalogue, files);
  const photos = createPhotoRooms(catalogue, files);
  const root = async (): Promise<Entry[]> => {
    const { libraries } = await catalogue("libraries.list", {});
    const kinds = new Set<string>(libraries.map(({ kind }) => kind));
    return rooms.filter(([id]) => kinds.has(id)).map(([id, title]) => container(id, "0", title));
  };

  const children: Shelf["children"] = async (id, page) => {
    const [kind = "", number = ""] = id.split(":");
    const n = Number(number);
    if (id === "0") return slice(await root(), page);
    if (id === "films") return works.list("film", undefined, id, page);
    if (id === "series") return works.list("series", undefined, id, page);
    if (id === "videos") return works.list("video", undefined, id, page);
    if (id === "music")
      return slice(
        musicRooms.map(([room, title]) => container(room, "music", title)),
        page,
      );
    if (id === "albums") return music.albums({}, id, page);
    if (id === "artists") return music.artists(page);
    if (id === "playlists") return music.playlists(page);
    if (id === "photos") return photos.months(page);
    if (!Number.isSafeInteger(n) || n < 1) return null;
    if (kind === "work") return works.below(n, id, page);
    if (kind === "album") return music.songsOf(n, id, page);
    if (kind === "artist") return music.albums({ artistId: n }, id, page);
    if (kind === "playlist") return music.entriesOf(n, id, page);
    if (kind === "month") return photos.ofMonth(n, id, page);
    return null;
  };

  const entry: Shelf["entry"] = async (id) => {
    if (id === "0") return container("0", "-1", "Hearth", { childCount: (await root()).length });
    const room = rooms.find(([one]) => one === id) ?? musicRooms.find(([one]) => one === id);
    if (room !== undefined) return container(id, musicRooms.some(([one]) => one === id) ? "music" : "0", room[1]);
    const [kind, number] = id.split(":");
    const n = Number(number);
    if (!Number.isSafeInteger(n) || n < 1) return null;
    if (kind === "work") return works.one(n);
    if (kind === "month") return container(id, "photos", monthTitle(n), { upnpClass: months });
    if (kind === "song" || kind === "photo") return files.leaf(id, n, kind === "song" ? "music" : "photos", {});
    return music.one(kind ?? "", n);
  };
  return { children, entry };
}

function createWorkRooms(catalogue: Catalogue, files: Files) {
  type Card = Awaited<ReturnType<Catalogue<"works.list">>>["works"][number];
  const isOpened = (card: Card) => card.type === "series" || card.type === "season";
  const numbered = (card: Card): string => {
    if (card.type !== "episode" || card.episodeNumber === null) return card.title;
    return `${String(card.episodeNumber).padStart(2, "0")} ${card.title}`;
  };
  const entryOf = (card: Card, parentId: string): Entry | null => {
    const id = `work:${card.id}`;
    if (isOpened(card)) {
      const title = card.type === "season" ? `Season ${card.seasonNumber ?? ""}`.trim() : card.title;
      return container(id, parentId, title, { childCount: card.seasonCount > 0 ? null : card.episodeCount });
    }
    if (card.itemId === null || card.isAway) return null;
    const year = card.type === "film" && card.year !== null ? ` (${card.year})` : "";
    return files.leaf(id, card.itemId, parentId, {
      title: `${numbered(card)}${year}`,
      date: card.airDate,
      genre: card.genres[0] ?? null,
      upnpClass: card.type === "film" ? "object.item.videoItem.movie" : "object.item.videoItem",
    });
  };
  const list = async (
    type: Card["type"],
    parentId: number | undefined,
    id: string,
    { offset, limit }: Page,
  ): Promise<Listing> => {
    const sort = type === "season" || type === "episode" ? ("air" as const) : ("title" as const);
    const { works, total } = await catalogue("works.list", {
      types: [type],
      ...(parentId !== undefined && { parentId }),
      sort,
      offset,
      limit: Math.max(1, limit),
    });
    return { entries: works.flatMap((card) => entryOf(card, id) ?? []), total };
  };
  return {
    list,
    below: async (workId: number, id: string, page: Page): Promise<Listing> => {
      const seasons = await list("season", workId, id, page);
      return seasons.total > 0 ? seasons : list("episode", workId, id, page);
    },
    one: async (workId: number): Promise<Entry | null> => {
      const { work } = await catalogue("works.get", { workId });
      const above = work.type === "episode" ? (work.seasonId ?? work.seriesId) : work.seriesId;
      const room = { film: "films", series: "series", video: "videos", season: "series", episode: "series" }[work.type];
      return entryOf(work, above === null ? room : `work:${above}`);
    },
  };
}

function createMusicRooms(catalogue: Catalogue, files: Files) {
  type Album = Awaited<ReturnType<Catalogue<"music.albums">>>["albums"][number];
  type Song = Awaited<ReturnType<Catalogue<"music.album">>>["songs"][number];
  const albumEntry = (one: Album, parentId: string) =>
    container(`album:${one.id}`, parentId, one.title, {
      childCount: one.songCount,
      upnpClass: album,
      artUrl: one.hasCover ? files.coverUrl(one.id) : null,
    });
  const songEntry = (song: Song, parentId: string): Leaf | null =>
    song.canPlay
      ? files.leaf(`song:${song.id}`, song.id, parentId, {
          title: song.title,
          artist: song.artistText,
          album: song.albumTitle,
          genre: song.genres[0] ?? null,
          trackNumber: song.trackNumber,
          date: song.year === null ? null : `${song.year}-01-01`,
          upnpClass: "object.item.audioItem.musicTrack",
          artUrl: song.hasCover ? files.coverUrl(song.albumId) : null,
        })
      : null;
  const entries = (songs: readonly Song[], id: string) => songs.flatMap((song) => songEntry(song, id) ?? []);
  return {
    albums: async (which: { artistId?: number }, id: string, { offset, limit }: Page): Promise<Listing> => {
      const { albums, total } = await catalogue("music.albums", { ...which, offset, limit });
      return { entries: albums.map((one) => albumEntry(one, id)), total };
    },
    artists: async ({ offset, limit }: Page): Promise<Listing> => {
      const { artists, total } = await catalogue("music.artists", { offset, limit });
      const entryOf = (one: (typeof artists)[number]) =>
        container(`artist:${one.id}`, "artists", one.name, { childCount: one.albumCount, upnpClass: artist });
      return { entries: artists.map(entryOf), total };
    },
    playlists: async (page: Page): Promise<Listing> => {
      const { playlists } = await catalogue("music.playlists", {});
      return slice(
        playlists.map((one) => container(`playlist:${one.id}`, "playlists", one.name, { upnpClass: playlist })),
        page,
      );
    },
    songsOf: async (albumId: number, id: string, page: Page): Promise<Listing> =>
      slice(entries((await catalogue("music.album", { id: albumId })).songs, id), page),
    entriesOf: async (playlistId: number, id: string, page: Page): Promise<Listing> => {
      const found = await catalogue("music.playlist", { id: playlistId });
      return slice(
        entries(
          found.entries.flatMap(({ song }) => song ?? []),
          id,
        ),
        page,
      );
    },
    one: async (kind: string, id: number): Promise<Entry | null> => {
      if (kind === "album") return albumEntry((await catalogue("music.album", { id })).album, "albums");
      if (kind === "artist") {
        const { artist: found } = await catalogue("music.artist", { id });
        return container(`artist:${id}`, "artists", found.name, { childCount: found.albumCount, upnpClass: artist });
      }
      if (kind !== "playlist") return null;
      const found = await catalogue("music.playlist", { id });
      return container(`playlist:${id}`, "playlists", found.playlist.name, { upnpClass: playlist });
    },
  };
}

function createPhotoRooms(catalogue: Catalogue, files: Files) {
  const view = { kind: "all" } as const;
  return {
    months: async (page: Page): Promise<Listing> => {
      const { months: found } = await catalogue("photos.timeline", { view });
      const entryOf = ({ month, counts }: { month: number; counts: readonly number[] }) =>
        container(`month:${month}`, "photos", monthTitle(month), {
          childCount: counts.reduce((sum, count) => sum + count, 0),
          upnpClass: months,
        });
      return slice((found ?? []).map(entryOf), page);
    },
    ofMonth: async (month: number, id: string, { offset, limit }: Page): Promise<Listing> => {
      const { idSteps } = await catalogue("photos.bucket", { view, month });
      let at = 0;
      const ids = idSteps.map((step) => (at += step));
      const leaves = ids.slice(offset, offset + limit).flatMap((one) => files.leaf(`photo:${one}`, one, id, {}) ?? []);
      return { entries: leaves, total: ids.length };
    },
  };
}

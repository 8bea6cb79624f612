import type { Item, LibraryReader } from "#apps/media/library";
import type { Db } from "#platform/db";
import type { Catalogue } from "./catalogue.ts";

/** Names of pictures that stand for the album whose folder they lie in, the best first; what other names say is not known. */
const names = ["cover", "folder", "front", "album", "albumart", "albumartsmall", "thumb"];
const pictures = /\.(?:jpe?g|png|webp|gif|avif|bmp)$/i;

/** How well a file's name says that it is a cover: less is better; undefined when it does not. */
function coverRank(path: string): number | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (!pictures.test(name)) return undefined;
  const plain = name.replace(pictures, "").replaceAll(/[^a-z]/g, "");
  const rank = names.indexOf(plain);
  if (rank >= 0) return rank;
  return plain.startsWith("cover") || plain.startsWith("front") ? names.length : undefined;
}

export interface Covers {
  /** Writes down which picture stands for the album now. */
  choose(albumId: number): void;
  /** Albums with songs in the folder of this item, or in the folders right below it, as those of discs. */
  albumsBeside(item: Item): number[];
}

interface SongRow {
  readonly item_id: number;
  readonly cover_stream: number | null;
  readonly content_key: string | null;
}

/** A picture beside the songs or above the folders of their discs, else one inside the first song that has one. */
export function createCoverChoice(
  db: Db,
  library: Pick<LibraryReader, "item" | "besideSong">,
  catalogue: Catalogue,
): Covers {
  const songs = db.prepare<SongRow, [number]>(
    `SELECT song.item_id, song.cover_stream, item.content_key FROM media_song song JOIN media_item item ON item.id = song.item_id
     WHERE song.album_id = ? AND item.state <> 'gone' ORDER BY song.disc_number, song.track_number, song.item_id LIMIT 200`,
  );
  const beside = db.prepare<{ album_id: number }, [number, number]>(
    `SELECT DISTINCT song.album_id FROM media_item item JOIN media_song song ON song.item_id = item.id
     WHERE item.folder_id = (SELECT folder_id FROM media_item WHERE id = ?)
        OR item.folder_id IN (SELECT node.id FROM node WHERE node.kind = 1 AND node.parent_id = (SELECT folder_id FROM media_item WHERE id = ?))`,
  );
  const above = db.prepare<{ id: number }, [number]>(
    `SELECT item.id FROM media_item item WHERE item.kind <> 'audio' AND item.state <> 'gone' AND item.folder_id =
       (SELECT node.parent_id FROM node JOIN media_item disc ON disc.folder_id = node.id WHERE disc.id = ?) LIMIT 200`,
  );
  const pictureBeside = (itemId: number): Item | undefined => {
    const near = library.besideSong(itemId);
    const inDiscFolder = /(?:^|\/)(?:cd|disc|disk)[ _-]*\d+[^/]*\/[^/]*$/i.test(library.item(itemId)?.path ?? "");
    const over = inDiscFolder ? above.all(itemId).map(({ id }) => library.item(id)) : [];
    const ranked = [...near, ...over].flatMap((item) => {
      const rank = item === undefined || item.state === "gone" ? undefined : coverRank(item.path);
      return item === undefined || rank === undefined ? [] : [{ item, rank }];
    });
    return ranked.toSorted((a, b) => a.rank - b.rank || a.item.id - b.item.id)[0]?.item;
  };
  return {
    choose: (albumId) => {
      const rows = songs.all(albumId);
      const [first] = rows;
      if (first === undefined) return;
      const picture = pictureBeside(first.item_id);
      const inside = rows.find((row) => row.cover_stream !== null);
      if (picture !== undefined)
        catalogue.albums.setCover(albumId, picture.id, versionOf(picture.contentKey ?? picture.etag));
      else catalogue.albums.setCover(albumId, inside?.item_id ?? null, versionOf(inside?.content_key ?? ""));
    },
    albumsBeside: (item) =>
      coverRank(item.path) === undefined ? [] : beside.all(item.id, item.id).map(({ album_id: id }) => id),
  };
}

/** Short text that changes when the picture does, for addresses. */
export function versionOf(key: string): string {
  return key === "" ? "" : Bun.hash(key).toString(36);
}

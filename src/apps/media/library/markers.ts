import type { Db } from "#platform/db";

/**
 * Files that hide the folder they lie in, with all that is below it: `.nomedia` of Android, Kodi and others, and `.ignore` of Jellyfin and
 * Emby when it is empty (with content it is a list of patterns, also for other programs, and is left to those).
 */
const isMarker =
  "node.name IN ('.nomedia', '.ignore') AND node.kind = 0 AND (node.name = '.nomedia' OR node.size_bytes = 0)";

export function isMarkerName(name: string): boolean {
  return name === ".nomedia" || name === ".ignore";
}

/** Which folders are hidden, and by which file: so that it is known what to look at again when that file goes. */
export function createMarkers(db: Db) {
  const hides = db.prepare<{ id: number }, [string]>(
    `SELECT node.id FROM json_each(?) AS folder JOIN node ON node.parent_id = folder.value AND node.fold IN ('.nomedia', '.ignore')
       WHERE ${isMarker} LIMIT 1`,
  );
  const marker = db.prepare<{ id: number; folderId: number }, [number]>(
    `SELECT node.id, node.parent_id AS folderId FROM node WHERE node.id = ? AND ${isMarker}`,
  );
  const ofSpace = db.prepare<{ id: number; folderId: number }, [number]>(
    `SELECT node.id, node.parent_id AS folderId FROM node WHERE node.space_id = ? AND node.parent_id IS NOT NULL AND ${isMarker}`,
  );
  const noted = db.prepare<{ folderId: number }, [number]>(
    "SELECT folder_id AS folderId FROM media_marker WHERE node_id = ?",
  );
  const notedOf = db.prepare<{ id: number; folderId: number }, [number]>(
    "SELECT node_id AS id, folder_id AS folderId FROM media_marker WHERE space_id = ?",
  );
  const put = db.prepare<never, [number, number, number]>(
    "INSERT INTO media_marker VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET space_id = excluded.space_id, folder_id = excluded.folder_id",
  );
  const drop = db.prepare<never, [number]>("DELETE FROM media_marker WHERE node_id = ?");

  return {
    /** Whether one of these folders has such a file. */
    isHidden: (folderIds: readonly number[]): boolean => hides.get(JSON.stringify(folderIds)) !== null,
    /** Notes what these files are now; answers the folders to be looked at again. `isThere`: not in the trash. */
    follow: (spaceId: number, nodeIds: readonly number[], isThere: (nodeId: number) => boolean): number[] => {
      const folderIds = new Set<number>();
      for (const nodeId of nodeIds) {
        const before = noted.get(nodeId);
        const now = isThere(nodeId) ? marker.get(nodeId) : null;
        if (before?.folderId === now?.folderId) continue;
        if (now === null) drop.run(nodeId);
        else put.run(nodeId, spaceId, now.folderId);
        for (const folder of [before, now]) if (folder != null) folderIds.add(folder.folderId);
      }
      return [...folderIds];
    },
    /** Such files of a space that are there, or were: for when its changes were not followed. */
    known: (spaceId: number): number[] => [
      ...new Set([...ofSpace.all(spaceId), ...notedOf.all(spaceId)].map(({ id }) => id)),
    ],
  };
}

export type Markers = ReturnType<typeof createMarkers>;

import type { Db } from "#platform/db";

const pieceSize = 200;

/** Removes works of a library of which no file is left, not even one that is gone. */
export function createSweep(db: Db, done: (libraryId: number) => void) {
  const empty = db.prepare<{ id: number }, [number, number]>(
    `SELECT id FROM media_work AS work WHERE library_id = ?
       AND NOT EXISTS (SELECT 1 FROM media_work_file WHERE work_id = work.id)
       AND NOT EXISTS (SELECT 1 FROM media_work_file WHERE season_id = work.id)
       AND NOT EXISTS (SELECT 1 FROM media_work_file WHERE series_id = work.id) LIMIT ?`,
  );
  const remove = db.prepare<never, [string]>("DELETE FROM media_work WHERE id IN (SELECT value FROM json_each(?))");
  return (libraryId: number): void => {
    for (;;) {
      const ids = empty.all(libraryId, pieceSize).map(({ id }) => id);
      if (ids.length === 0) return done(libraryId);
      db.transaction(() => void remove.run(JSON.stringify(ids)));
    }
  };
}

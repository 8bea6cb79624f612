import { afterAll, beforeAll, expect, test } from "bun:test";
import { createLibrary, libraryForget } from "#apps/media/library";
import { metadataKept } from "#apps/media/metadata";
import { musicKept } from "#apps/media/music";
import { photosKept } from "#apps/media/photos";
import { watchKept } from "#apps/media/watch";
import { worksKept } from "#apps/media/works";
import { openTestCloud, type TestCloud } from "#kit";
import { systemActor } from "#platform/usecase";

const dayMs = 86_400_000;
let nowMs = Date.now();
let cloud: TestCloud;
let library: ReturnType<typeof createLibrary>;
beforeAll(async () => {
  cloud = await openTestCloud({ clock: { now: () => nowMs } });
  library = createLibrary({
    ...cloud.deps,
    storage: cloud.storage,
    access: cloud.access,
    jobs: () => ({ enqueue: () => 1, cancel: () => false }),
    playing: () => false,
    personNamed: () => undefined,
    kept: [watchKept, musicKept, photosKept, worksKept, metadataKept],
  });
});
afterAll(async () => {
  expect(cloud.failures).toEqual([]);
  await library.stop();
  await cloud.close();
});

/** Rows that tell what somebody did with item `:item`, by table; `:person` is a person, `:library` the library. */
const deeds: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  media_watch: ["INSERT INTO media_watch VALUES (:person, :item, 5, 9, 0, 0, 0, NULL, 0, 0, NULL)"],
  media_watch_event: [
    "INSERT INTO media_watch_event (user_id, item_id, at_ms, act) VALUES (:person, :item, 0, 'mark')",
  ],
  media_song_mark: ["INSERT INTO media_song_mark (person_id, item_id, rating) VALUES (:person, :item, 5)"],
  media_song_play: ["INSERT INTO media_song_play VALUES (:person, :item, 0)"],
  media_bookmark: ["INSERT INTO media_bookmark VALUES (:person, :item, 0, '', 0, 0)"],
  media_playlist_entry: [
    "INSERT INTO media_playlist (id, owner_id, name, comment, sharing, created_at_ms, changed_at_ms) VALUES (1, :person, '', '', '', 0, 0)",
    "INSERT INTO media_playlist_entry (playlist_id, position, item_id, label) VALUES (1, 0, :item, '')",
  ],
  media_photo_edit: ["INSERT INTO media_photo_edit VALUES (:item, 1, 0, 0, 0, NULL, NULL, 0, NULL, :person, 0)"],
  media_photo_mark: ["INSERT INTO media_photo_mark VALUES (:person, :item, 1, 0)"],
  media_photo_album_item: [
    "INSERT INTO media_photo_album (id, owner_id, name, ordered_by, created_at_ms) VALUES (1, :person, '', 'date', 0)",
    "INSERT INTO media_photo_album_item VALUES (1, :item, 0, :person, 0)",
  ],
  media_work_lock: [
    workSql(1, "series"),
    workSql(2, "episode"),
    `INSERT INTO media_work_file (work_id, item_id, series_id, version_key, rank) VALUES (2, :item, 1, '', 0)`,
    "INSERT INTO media_work_lock VALUES (1, 'title', '\"Twin Peaks\"')",
  ],
  media_provided: [
    "INSERT INTO media_provided (item_id, kind, asked, is_chosen, state, next_at_ms) VALUES (:item, 'film', '', 1, 'matched', 0)",
  ],
};

function workSql(id: number, type: string): string {
  return `INSERT INTO media_work (id, library_id, type, title, sort_title, search, detail, artwork, sources, added_at_ms)
    VALUES (${id}, :library, '${type}', '', '', '', '{}', '{}', '{}', 0)`;
}

test("whatever somebody did with an item keeps it after 90 days without its file; nothing else does", async () => {
  const { db } = cloud.deps;
  const as = { actor: systemActor };
  const { id: folderId } = await cloud.storage.makeFolder({ parentId: cloud.homeOf("anna").rootId, name: "Films" }, as);
  await library.followed();
  const itemIds = new Map<string, number>();
  for (const [name, rows] of Object.entries(deeds)) {
    const bytes = new TextEncoder().encode(name);
    const { node } = await cloud.storage.put({ parentId: folderId, name: `${name}.mkv` }, bytes, as);
    await library.followed();
    const item = library.itemOfNode(node.id);
    if (item === undefined) throw new Error(`no item of ${name}`);
    itemIds.set(name, item.id);
    const values: Record<string, number> = {
      item: item.id,
      person: cloud.actor("anna").userId,
      library: item.libraryId,
    };
    for (const sql of rows) db.prepare(sql.replaceAll(/:(\w+)/g, (_, key: string) => String(values[key]))).run();
    await cloud.storage.remove(node.id, as);
  }
  await library.followed();
  nowMs += 91 * dayMs;
  await cloud.runJob(library.jobHandlers.find(({ kind }) => kind.name === libraryForget.name));
  for (const [name, id] of itemIds) {
    expect([name, library.item(id)?.state]).toEqual([name, name === "nothing" ? undefined : "gone"]);
  }
});

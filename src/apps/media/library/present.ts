import type { z } from "zod";
import type { LibraryItem, LibraryView } from "#contract/apps/media/library";
import type { Db } from "#platform/db";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { removedMs } from "./forget.ts";
import type { LibraryRow } from "./repository.ts";
import type { ScanRow, ScanRows } from "./scan-rows.ts";
import { itemsFrom } from "./sight.ts";
import type { Item, LibraryReader } from "./types.ts";

export interface PresentDeps {
  readonly db: Db;
  readonly storage: Storage;
  readonly access: Access;
  readonly scans: ScanRows;
  readonly reader: LibraryReader;
  readonly isAway: (spaceId: number) => string | null;
  readonly personNamed: (name: string) => { readonly displayName: string } | undefined;
}

interface Tally {
  readonly libraryId: number;
  readonly kind: Item["kind"];
  readonly state: string;
  readonly count: number;
  readonly sizeBytes: number;
}

/** How libraries and items are shown to somebody. */
export function createPresent({ db, storage, access, scans, reader, isAway, personNamed }: PresentDeps) {
  /** Of what the actor can see, in all libraries. */
  const talliesOf = (actor: Actor): Map<number, Tally[]> => {
    const { sql, params } = reader.sight(actor);
    const rows = db
      .prepare<Tally, (string | number)[]>(
        `SELECT item.library_id AS libraryId, item.kind, item.state, count(*) AS count, sum(item.size_bytes) AS sizeBytes
           FROM ${itemsFrom} WHERE ${sql} GROUP BY 1, 2, 3`,
      )
      .all(...params);
    return Map.groupBy(rows, ({ libraryId }) => libraryId);
  };
  const at = ({ spaceId, folderId }: LibraryRow) => ({ spaceId, nodeId: folderId });
  const canRead = (actor: Actor, library: LibraryRow) => access.can(actor, "read", at(library));
  /** Managers of the space, and whoever looks after the server where they may read. */
  const canManage = (actor: Actor, library: LibraryRow) =>
    access.can(actor, "manage", at(library)) || (actor.capabilities.has("server.manage") && canRead(actor, library));

  const view = (actor: Actor, library: LibraryRow, tallies: readonly Tally[]): LibraryView => {
    const { id, name, kind, spaceId, folderId, isOn, isAutomatic, removedAtMs } = library;
    const space = storage.space(spaceId);
    const sum = (of: readonly Tally[], key: "count" | "sizeBytes") =>
      of.reduce((total, tally) => total + tally[key], 0);
    const countOf = (itemKind: Item["kind"]) =>
      sum(
        tallies.filter((tally) => tally.kind === itemKind),
        "count",
      );
    const inState = (state: string) =>
      sum(
        tallies.filter((tally) => tally.state === state && tally.kind !== "sidecar"),
        "count",
      );
    const isManager = canManage(actor, library);
    return {
      ...{ id, name, kind, spaceId, folderId, isOn, isAutomatic },
      forgottenAtMs: removedAtMs === null ? null : removedAtMs + removedMs,
      spaceKind: space.kind,
      spaceName: space.kind === "home" ? (personNamed(space.name)?.displayName ?? space.name) : space.name,
      folderPath: pathOf(actor, library),
      state: isAway(spaceId) !== null ? "disk-away" : storage.node(folderId) === undefined ? "folder-gone" : "ok",
      counts: {
        video: countOf("video"),
        audio: countOf("audio"),
        image: countOf("image"),
        sidecar: countOf("sidecar"),
      },
      foundCount: inState("found"),
      brokenCount: inState("broken"),
      sizeBytes: sum(tallies, "sizeBytes"),
      scan: isManager ? scanOf(scans.get(id)) : null,
      canManage: isManager,
      canEdit: access.can(actor, "write", at(library)),
    };
  };
  const pathOf = (actor: Actor, library: LibraryRow): string => {
    const lineage = storage.lineage(library.folderId);
    const shown = access.shownSteps(actor, at(library));
    return lineage
      .slice(Math.max(1, lineage.length - shown))
      .map(({ name }) => name)
      .join("/");
  };

  return {
    canRead,
    canManage,
    talliesOf,
    view,
    item: ({ id, libraryId, nodeId, kind, path, sizeBytes, modifiedAtMs, addedAtMs, state, reason }: Item) => ({
      ...{ id, libraryId, nodeId, kind, path, sizeBytes, modifiedAtMs, addedAtMs, reason },
      // What is gone is in nobody's sight.
      state: state as z.infer<typeof LibraryItem>["state"],
    }),
  };
}

export type Present = ReturnType<typeof createPresent>;

function scanOf(row: ScanRow | undefined): LibraryView["scan"] {
  if (row === undefined) return null;
  const { state, doneCount, totalCount, busyMs, startedAtMs, finishedAtMs, reason } = row;
  const left = Math.max(0, totalCount - doneCount);
  const secondsLeft = state === "running" && doneCount > 0 ? Math.ceil(((busyMs / doneCount) * left) / 1000) : null;
  return { state, doneCount, totalCount, secondsLeft, startedAtMs, finishedAtMs, reason };
}

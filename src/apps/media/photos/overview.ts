import type { LibraryReader } from "#apps/media/library";
import type { photosContract } from "#contract/apps/media/photos";
import type { Handlers } from "#platform/usecase";
import type { Access } from "#security/access";
import { revisionOf } from "./columns.ts";
import { boundsOf, shiftOf } from "./place.ts";
import { allOf, areaCondition, conditionOf, shownTo } from "./sight.ts";
import type { ViewRows } from "./view-rows.ts";

export interface OverviewDeps {
  readonly library: LibraryReader;
  readonly access: Access;
  readonly views: ViewRows;
}

const maxClusters = 2000;
const maxProblems = 500;

/** How far things are, this day in other years, and the map. */
export function createOverview({ library, access, views }: OverviewDeps) {
  return {
    "photos.state": (context) => {
      const { actor } = context;
      context.checked();
      const shown = shownTo(library.sight(actor));
      const broken = views.problems(actor.userId, maxProblems, library.sight(actor));
      return {
        libraries: library
          .libraries()
          .filter(({ kind, isOn, spaceId, folderId }) => {
            return kind === "photos" && isOn && access.can(actor, "read", { spaceId, nodeId: folderId });
          })
          .map(({ id, name, folderId }) => ({ id, name, folderId })),
        total: views.count(actor.userId, shown),
        waiting: views.count(actor.userId, allOf({ sql: "photo.read_of = ''", params: [] }, library.sight(actor))),
        broken,
        brokenTotal:
          broken.length < maxProblems
            ? broken.length
            : views.count(actor.userId, allOf({ sql: "photo.problem IS NOT NULL", params: [] }, library.sight(actor))),
      };
    },
    "photos.memories": (context, { month, day, beforeYear }) => {
      const { actor } = context;
      context.checked();
      const before = { sql: "photo.day < ?", params: [beforeYear * 10_000] };
      // A time of the file says nothing of when a picture was taken.
      const known = { sql: "photo.taken_from <> 'file'", params: [] };
      const condition = allOf(shownTo(library.sight(actor)), conditionOf({ kind: "day", month, day }), before, known);
      const years = views.years(actor.userId, condition);
      return {
        years: years.map(({ year, count, coverId, etag }) => ({
          year,
          count,
          coverId,
          coverRevision: revisionOf(etag),
        })),
      };
    },
    "photos.map": (context, { level, ...area }) => {
      const { actor } = context;
      context.checked();
      const seen = allOf(shownTo(library.sight(actor)), conditionOf({ kind: "all" }));
      const clusters = views.clusters(actor.userId, shiftOf(level), maxClusters, allOf(areaCondition(area), seen));
      return {
        total: views.count(actor.userId, allOf({ sql: "photo.cell_x IS NOT NULL", params: [] }, seen)),
        clusters: clusters.map(({ x, y, count, latitude, longitude, itemId, etag }) => ({
          ...{ latitude, longitude, count, itemId, revision: revisionOf(etag) },
          ...boundsOf({ x, y }, level),
        })),
      };
    },
  } satisfies Partial<Handlers<typeof photosContract>>;
}

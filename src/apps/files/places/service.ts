import { join } from "node:path";
import { placesContract } from "#contract/apps/files/places";
import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import type { Route } from "#platform/http";
import type { JobHandler, Jobs } from "#platform/jobs";
import { type Actor, implement, type Implementation } from "#platform/usecase";
import type { Access } from "#security/access";
import type { SecretBox } from "#security/factors";
import type { External } from "#storage/external";
import type { Storage } from "#storage/primary";
import { carryHandler } from "./carry-job.ts";
import { carryHandlers } from "./carry-operations.ts";
import { createPlacesDav } from "./dav.ts";
import { createDirectory } from "./directory.ts";
import { fileHandlers } from "./file-operations.ts";
import { manageHandlers } from "./manage-operations.ts";
import { createPresenter } from "./present.ts";
import { createPlacesRepository } from "./repository.ts";
import { createPlaceRoutes } from "./routes.ts";
import { createPlaceRights } from "./rights.ts";
import { createStage } from "./stage.ts";
import { createPlaceStates } from "./states.ts";
import { createPlaceUploads } from "./uploads.ts";

export interface PlacesDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly dataDir: string;
  readonly storage: Storage;
  readonly access: Access;
  readonly external: External;
  readonly secrets: SecretBox;
  /** Made after the apps. */
  readonly jobs: () => Pick<Jobs, "enqueue" | "find" | "cancel">;
  personName(id: number): string | undefined;
  groupName(id: number): string | undefined;
  actorOf(userId: number): Actor | undefined;
}

export interface Places {
  readonly implementations: readonly Implementation[];
  /** `/api/places/content/`, `/api/places/archive/`, `/api/places/uploads` and `/dav/places`. */
  readonly routes: readonly Route[];
  /** The handler of `placesCarry`. */
  readonly jobHandlers: readonly JobHandler[];
  /** Whether somebody may use any place. */
  hasAny(actor: Actor): boolean;
}

/** External places as folders of the household. */
export function createPlaces(deps: PlacesDeps): Places {
  const { clock, external } = deps;
  const repository = createPlacesRepository(deps.db);
  const rights = createPlaceRights({ ...deps, repository });
  const states = createPlaceStates({ clock, repository });
  const directory = createDirectory({ ...deps, states });
  const present = createPresenter(rights, states);
  const stage = createStage({ ...deps, folder: join(deps.dataDir, "places", "stage") });
  const parts = { ...deps, repository, rights, states, directory, present, stage };

  const list = (actor: Actor) => {
    const canManage = rights.canManage(actor);
    const shown = repository.all().filter((place) => canManage || rights.canRead(actor, place));
    const reason = external.unavailableReason() ?? null;
    return {
      places: shown.map((place) => present(place, actor)),
      ...{ canManage, available: reason === null, unavailableReason: reason },
    };
  };
  const implementations = implement(placesContract, {
    "places.list": ({ actor }) => list(actor),
    ...manageHandlers(parts),
    ...fileHandlers(parts),
    ...carryHandlers(parts),
  });

  return {
    implementations,
    routes: [...createPlaceRoutes(parts), createPlaceUploads(parts), createPlacesDav(parts)],
    jobHandlers: [carryHandler(parts)],
    hasAny: (actor) => repository.all().some((place) => rights.canRead(actor, place)),
  };
}

import type { Clock } from "#platform/clock";
import type { Route } from "#platform/http";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";

export interface UploadsDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly clock: Clock;
}

export interface Uploads {
  /** `/api/uploads`. */
  readonly routes: readonly Route[];
}

export declare function createUploads(deps: UploadsDeps): Uploads;

import type { DerivedCache } from "#cache/derived";
import type { Exec } from "#platform/exec";
import type { Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";

export interface PreviewsDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly cache: DerivedCache;
  readonly exec: Exec;
  readonly log: Logger;
}

export interface Previews {
  /** `/api/files/preview/`. */
  readonly routes: readonly Route[];
  /** The answer to a request for a node's picture whose reader has been checked; `?size=` and `?v=` are read from it. */
  respond(request: Request, node: NodeInfo): Promise<Response>;
}

export declare function createPreviews(deps: PreviewsDeps): Previews;

import type { Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";

export interface ArchiveDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly log: Logger;
}

export interface Archive {
  /** `/api/files/archive`. */
  readonly routes: readonly Route[];
  /** Nodes as one streamed ZIP; the reader's right to them has been checked. */
  respond(nodes: readonly NodeInfo[]): Response;
}

export declare function createArchive(deps: ArchiveDeps): Archive;

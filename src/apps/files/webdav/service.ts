import type { Clock, Random } from "#platform/clock";
import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { Route } from "#platform/http";
import type { Logger } from "#platform/log";
import type { Access } from "#security/access";
import type { Storage } from "#storage/primary";
import { renderError } from "./errors.ts";
import { davPrefix } from "./path.ts";

export interface WebdavDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface Webdav {
  readonly route: Route;
}

/** WebDAV classes 1, 2 and 3 (RFC 4918) at `/dav/` for app passwords and passwords. */
export function createWebdav(_deps: WebdavDeps): Webdav {
  return {
    route: {
      prefix: davPrefix,
      handle: () => {
        throw new AppError("unavailable");
      },
      renderError,
    },
  };
}

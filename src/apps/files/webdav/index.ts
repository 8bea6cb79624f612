export { webdavMigrations } from "./migrations/index.ts";
export { createWebdav, type Webdav, type WebdavDeps } from "./service.ts";

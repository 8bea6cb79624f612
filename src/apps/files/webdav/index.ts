export { webdavMigrations } from "./migrations/index.ts";
export { createWebdav, davOptions, type Webdav, type WebdavDeps } from "./service.ts";

export { type AppLockProperty, appLockProperties, appLockXml, type LockHolder } from "./app-lock-xml.ts";
export { type Call, readCall } from "./call.ts";
export type { Dav } from "./dav.ts";
export { renderError } from "./errors.ts";
export { respondWithFound } from "./found.ts";
export { readAnnounced, readDepth, readDestination, readMtimeMs, readOverwrite } from "./headers.ts";
export { createPropertyTable, type LiveProperty, type PropertySource } from "./live-properties.ts";
export { webdavMigrations } from "./migrations/index.ts";
export { type Addresses, type DavPath, encodePathBelow, parsePathBelow } from "./path.ts";
export { type PropertyQuery, readPropertyQuery } from "./property-query.ts";
export { openFilePlace } from "./put.ts";
export { createWebdav, davOptions, requirePerson, type Webdav, type WebdavDeps } from "./service.ts";
export { type Lock, lockKinds } from "./repository.ts";
export type { ListingView, Surface } from "./surface.ts";
export { fileIdOf, writtenHeaders } from "./sync-headers.ts";
export { hrefOfNode, locate } from "./target.ts";
export { davChild, isDav, readXml, type XmlElement } from "./xml-read.ts";
export {
  davNamespace,
  escapeXml,
  multistatusClose,
  multistatusOpen,
  nextcloudNamespace,
  owncloudNamespace,
  xmlHeader,
  xmlResponse,
} from "./xml-write.ts";

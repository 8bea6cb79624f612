export { type Browse, type BrowseDeps, createBrowse } from "./service.ts";
export { attachment, contentHeaders, safeContentType } from "./content-headers.ts";
export { contentResponse, idAfter } from "./content.ts";
export { actAtPlace, clashGuard, ensureFolder, type OnClash, requireFolder, requireNode, splitPath } from "./places.ts";
export { createPresenter, hasPreview, mimeOf, presentNode } from "./present.ts";
export {
  at,
  noSuchNode,
  readPermit,
  requireRemovable,
  requireRenamable,
  requireReplaceable,
  requireShown,
  requireWritable,
  shownPath,
  visibleFolder,
  visibleNode,
} from "./rights.ts";
export { createVisibleSizes } from "./visible-sizes.ts";

export { type Browse, type BrowseDeps, createBrowse } from "./service.ts";
export { attachment } from "./content-headers.ts";
export { contentResponse, idAfter } from "./content.ts";
export { actAtPlace, clashGuard, ensureFolder, type OnClash, requireFolder, requireNode, splitPath } from "./places.ts";
export { hasPreview, mimeOf, pathTo, presentNode } from "./present.ts";

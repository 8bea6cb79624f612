export { type Browse, type BrowseDeps, createBrowse } from "./service.ts";

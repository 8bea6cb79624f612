export { createSegmentCache, type SegmentCache, type SegmentCacheDeps, type Shelf } from "./service.ts";
export type { Piece } from "./files.ts";

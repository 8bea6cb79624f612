export { decide } from "./decide.ts";
export { profiles } from "./profiles.ts";
export { createStrikeBook, type StrikeBook } from "./strike-book.ts";
export { struckBy } from "./strikes.ts";
export type { Decision, Load, PlaybackPolicy, PlayedMedia, Refusal } from "./types.ts";

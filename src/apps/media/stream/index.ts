export type { PersonLimits, StreamDeps, StreamOptions } from "./ports.ts";
export { createStream, type Stream } from "./service.ts";
export { type WholeFilm, wholeFilmArguments } from "./whole.ts";

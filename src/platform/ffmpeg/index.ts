export { bounds } from "./bounds.ts";
export { ffmpegInput, pathForChild } from "./input.ts";

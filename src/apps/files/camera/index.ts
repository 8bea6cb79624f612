export { type Camera, type CameraDeps, createCamera } from "./service.ts";

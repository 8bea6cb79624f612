export { type Archive, type ArchiveDeps, createArchive } from "./service.ts";

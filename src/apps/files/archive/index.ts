export { safePath } from "./entries.ts";
export { type Archive, type ArchiveDeps, createArchive } from "./service.ts";
export {
  dataDescriptor,
  directoryRecord,
  endRecords,
  localHeader,
  type ZipContent,
  type ZipEntry,
} from "./zip-records.ts";

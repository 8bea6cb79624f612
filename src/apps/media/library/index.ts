export { libraryForget, libraryKeys, libraryScan } from "./jobs.ts";
export { libraryMigrations } from "./migrations/index.ts";
export { createLibrary, type LibraryDeps, type LibraryModule } from "./service.ts";
export { itemsFrom } from "./sight.ts";
export type {
  Item,
  ItemFilter,
  ItemKind,
  ItemState,
  Library,
  LibraryEvents,
  LibraryKind,
  LibraryReader,
  ProbedItem,
} from "./types.ts";

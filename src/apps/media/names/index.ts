export type {
  CatalogueIds,
  EpisodeName,
  Extra,
  ExtraKind,
  FilmName,
  MediaName,
  MusicName,
  Part,
  PhotoName,
  SidecarName,
  SidecarRole,
  Traits,
  VideoName,
} from "./types.ts";
export { mediumOf, parseMediaPath } from "./parse.ts";
export { belongsTo, sidecarTitle } from "./sidecar.ts";
export { isSameTitle, titleKey } from "./titles.ts";

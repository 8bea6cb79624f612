import type { LibraryKind } from "#apps/media/library";
import { readEpisode } from "./episode.ts";
import { extraSuffix } from "./folders.ts";
import { readFilm } from "./film.ts";
import { dateIn } from "./marks.ts";
import { readMusic } from "./music.ts";
import { extraOf, partOf, splitEnding, splitPath, versionOf } from "./paths.ts";
import { readPhoto } from "./photo.ts";
import { readRelease } from "./release.ts";
import { isSidecarEnding, readSidecar } from "./sidecar.ts";
import type { MediaName, VideoName } from "./types.ts";

const endings = (words: string): ReadonlySet<string> => new Set(words.split(" "));
const videos = endings(
  "mkv mp4 m4v mov avi webm ts m2ts mts m2t wmv mpg mpeg mpe vob ogv ogm flv f4v divx xvid 3gp 3g2 asf rm rmvb dv mxf nut mjpg mjpeg mk3d wtv strm iso img",
);
const sounds = endings(
  "mp3 flac m4a m4b aac ogg oga opus wav wave aif aiff aifc wma ape wv mpc mp2 mpa ac3 eac3 ec3 dts dsf dff alac tta mka amr au caf spx shn tak ra",
);
const pictures = endings(
  "jpg jpeg jpe png gif webp heic heif hif avif tif tiff bmp jxl dng cr2 cr3 crw nef nrw arw sr2 srf raf orf rw2 pef x3f srw raw rwl 3fr iiq erf kdc dcr mrw tbn",
);

/** What a file is by its ending; null: nothing of media. */
export function mediumOf(path: string): "video" | "audio" | "image" | "sidecar" | null {
  const { ending } = splitEnding(path.slice(path.lastIndexOf("/") + 1));
  if (videos.has(ending)) return "video";
  if (sounds.has(ending)) return "audio";
  if (pictures.has(ending)) return "image";
  return isSidecarEnding(ending) ? "sidecar" : null;
}

function readVideo(path: string): VideoName {
  const parts = splitPath(path);
  const suffix = extraSuffix(parts.stem);
  const stem = suffix?.stem ?? parts.stem;
  const release = readRelease(stem);
  const dated = dateIn(stem);
  const kind = parts.extra ?? suffix?.kind ?? null;
  return {
    form: "video",
    title: release.title || stem || parts.stem,
    year: release.year ?? (dated === null ? null : Number(dated.date.slice(0, 4))),
    date: dated?.date ?? null,
    edition: release.edition,
    version: versionOf(stem, undefined, release),
    traits: release.traits,
    part: kind === null ? partOf(stem, release.titleEnd, parts.folders.at(-1)) : null,
    extra: kind === null ? null : extraOf(kind, stem, parts.folders.at(-1) ?? ""),
  };
}

/**
 * What the path of a file below its library says.
 *
 * @param path `/`-separated, as `Item.path`
 * @returns null: it is nothing a library of this kind holds
 */
export function parseMediaPath(kind: LibraryKind, path: string): MediaName | null {
  const medium = mediumOf(path);
  if (medium === null) return null;
  if (medium === "sidecar") return readSidecar(path);
  if (kind === "photos") return medium === "audio" ? null : readPhoto(path);
  if (kind === "music")
    return medium === "audio" ? readMusic(path) : medium === "image" ? readSidecar(path) : readVideo(path);
  if (medium !== "video") return readSidecar(path);
  if (kind === "films") return readFilm(splitPath(path));
  return kind === "series" ? readEpisode(splitPath(path)) : readVideo(path);
}

import type { ItemKind, LibraryKind } from "./types.ts";

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(" "));

const video = setOf(
  "3gp 3g2 asf avi divx dv f4v flv iso m1v m2p m2t m2ts m2v m4v mk3d mkv mod mov mp2v mp4 mpe mpeg mpg mpv mts mxf nut ogm ogv qt rm rmvb tod tp trp ts vob vro webm wmv wtv xvid y4m",
);
const audio = setOf(
  "aac ac3 adts aif aiff alac amr ape au caf dff dsf dts eac3 flac m4a m4b mka mp2 mp3 mpc oga ogg opus ra shn spx tak thd truehd tta wav wma wv",
);
const picture = setOf(
  "3fr arw avif bmp cr2 cr3 crw dcr dng erf gif heic heif hif iiq jfif jpe jpeg jpg jxl k25 kdc mef mos mrw nef nrw orf pef png psd raf raw rw2 rwl sr2 srf srw tif tiff webp x3f",
);
const videoSidecar = setOf(
  "srt ass ssa vtt sub idx sup smi ttml dfxp usf mks nfo xml jpg jpeg png webp avif tbn gif bif aac ac3 dts eac3 flac m4a mka mp3 ogg opus thd wav",
);
const musicSidecar = setOf("lrc ttml srt txt cue m3u m3u8 pls xspf nfo jpg jpeg png webp gif avif");
const pictureSidecar = setOf("xmp json aae thm");

const none: ReadonlySet<string> = new Set();

/** What a file of this name is in a library of this kind; undefined for everything that is none of its files. */
export function kindOfFile(library: LibraryKind, name: string): ItemKind | undefined {
  const dot = name.lastIndexOf(".");
  if (dot <= 0 || name.startsWith(".")) return undefined;
  const ending = name.slice(dot + 1).toLowerCase();
  const main = { music: audio, photos: picture, films: none, series: none, videos: none }[library];
  if (main.has(ending)) return library === "music" ? "audio" : "image";
  if (video.has(ending)) return "video";
  const beside = library === "music" ? musicSidecar : library === "photos" ? pictureSidecar : videoSidecar;
  return beside.has(ending) ? "sidecar" : undefined;
}

/** Folders in which other programs keep what is theirs. */
const foreign = setOf("@eadir #recycle #snapshot $recycle.bin lost+found system~volume~information __macosx");

/** Folders that are not looked into. */
export function isForeignFolder(name: string): boolean {
  return name.startsWith(".") || foreign.has(name.toLowerCase().replaceAll(" ", "~"));
}

const wellKnown: Readonly<Record<LibraryKind, readonly string[]>> = {
  films: ["films", "film", "movies", "movie", "filme", "películas", "cinema", "kino"],
  series: ["series", "tv", "tv shows", "tv series", "shows", "serien", "séries", "anime"],
  music: ["music", "musik", "musique", "música", "musica"],
  photos: ["photos", "photo", "pictures", "camera", "camera uploads", "camera roll", "dcim", "fotos", "bilder"],
  videos: ["videos", "home videos", "home movies", "vidéos", "vídeos", "heimvideos"],
};
const kindByName = new Map(
  Object.entries(wellKnown).flatMap(([kind, names]) => names.map((name) => [name, kind as LibraryKind] as const)),
);

/** The kind of library that a folder at the top of a space becomes by its name. */
export function kindOfFolder(name: string): LibraryKind | undefined {
  return kindByName.get(
    name
      .normalize("NFC")
      .toLowerCase()
      .replaceAll(/[\s_.-]+/gu, " ")
      .trim(),
  );
}

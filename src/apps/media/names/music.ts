import { discNumber } from "./folders.ts";
import { splitEnding } from "./paths.ts";
import { yearOf } from "./release.ts";
import { titleKey } from "./titles.ts";
import { maxNameChars } from "./tokens.ts";
import type { MusicName } from "./types.ts";

const various =
  /^(?:various(?: artists)?|va|v\.a\.|compilations?|verschiedene(?: interpreten)?|artistes divers|sampler|soundtracks?|ost)$/i;
/** Folders between an artist and the albums, as MusicBrainz Picard and Jellyfin sort them. */
const kinds =
  /^(?:albums?|singles?|eps?|live|compilations?|bootlegs?|remixes|mixtapes?|soundtracks?|demos?|broadcasts?|dj-mixes|others?)$/i;

const discTrack = /^(?:cd|disc|d)?\s?(\d{1,2})[-.](\d{2,3})(?:[\s._-]+|$)(.*)$/i;
const plainTrack = /^\(?(\d{1,3})\)?(?:\s*[._-]\s*|\s+)(.+)$/;
const joinedTrack = /^([1-9])(\d\d)(?:\s*[._-]\s*|\s+)(.+)$/;
const vinylTrack = /^([a-h])(\d{1,2})(?:\s*[._-]\s*|\s+)(.+)$/i;

interface Track {
  readonly disc: number | null;
  readonly track: number | null;
  readonly rest: string;
}

function spaced(text: string): string {
  const plain = /\s/.test(text.trim()) ? text : text.replaceAll("_", " ");
  return plain.replaceAll(/\s+/g, " ").trim();
}

function trackOf(stem: string): Track {
  const both = discTrack.exec(stem);
  if (both && yearOf(`${both[1]}${both[2]}`) === null) {
    return { disc: Number(both[1]), track: Number(both[2]), rest: (both[3] ?? "").trim() };
  }
  const joined = joinedTrack.exec(stem);
  if (joined) return { disc: Number(joined[1]), track: Number(joined[2]), rest: joined[3] ?? "" };
  const plain = plainTrack.exec(stem);
  if (plain) return { disc: null, track: Number(plain[1]), rest: plain[2] ?? "" };
  const vinyl = vinylTrack.exec(stem);
  if (vinyl) return { disc: null, track: Number(vinyl[2]), rest: vinyl[3] ?? "" };
  if (/^\d{1,3}$/.test(stem)) return { disc: null, track: Number(stem), rest: "" };
  return { disc: null, track: null, rest: stem };
}

interface Album {
  readonly artist: string | null;
  readonly title: string;
  readonly year: number | null;
}

/** `Album (1999)`, `1999 - Album`, `[1999] Album`, `Artist - Album`, `Artist - 1999 - Album [FLAC]`. */
function albumOf(folder: string, artist: string | null): Album {
  let text = spaced(folder).replaceAll(
    /\s*[[({](?:flac|mp3|320|v0|lossless|vinyl|web|cd|24[- ]?bit|16[- ]?bit|24-\d+|alac|aac|ogg|opus)[^\])}]*[\])}]/gi,
    "",
  );
  let year: number | null = null;
  const front = /^[[(]?(\d{4})[\])]?(?:\s*[-_.]\s*|\s+)(.+)$/.exec(text);
  const isFront = front !== null && yearOf(front[1] ?? "") !== null && /^[[(]|^\d{4}\s*[-_.]/.test(text);
  if (isFront) {
    year = yearOf(front[1] ?? "");
    text = front[2] ?? "";
  }
  const behind = /^(.+?)\s*[[(](\d{4})(?:[-,;][^\])]*)?[\])](.*)$/.exec(text);
  if (behind && yearOf(behind[2] ?? "") !== null) {
    year ??= yearOf(behind[2] ?? "");
    text = `${behind[1]}${behind[3]}`;
  }
  const pieces = text.split(/\s+-\s+/);
  if (pieces.length > 1 && (artist === null || titleKey(pieces[0] ?? "") === titleKey(artist))) {
    const own = pieces.shift() ?? "";
    const inner = /^\d{4}$/.test(pieces[0] ?? "") && pieces.length > 1 ? yearOf(pieces.shift() ?? "") : null;
    return { artist: own.trim(), title: pieces.join(" - ").trim(), year: year ?? inner };
  }
  return { artist, title: text.trim(), year };
}

interface Folders {
  readonly album: Album | null;
  readonly disc: number | null;
  readonly path: string | null;
  readonly isCompilation: boolean;
}

function foldersOf(folders: readonly string[]): Folders {
  const names = [...folders];
  const disc = names.length > 1 ? discNumber((names.at(-1) ?? "").replace(/\s*[-:(].*$/, "")) : null;
  if (disc !== null) names.pop();
  const folder = names.at(-1);
  if (folder === undefined) return { album: null, disc, path: null, isCompilation: false };
  const above = names
    .slice(0, -1)
    .filter((name) => !kinds.test(name) || various.test(name))
    .at(-1);
  const artist = above === undefined ? null : spaced(above);
  const isCompilation = artist !== null && various.test(artist);
  const album = albumOf(folder, isCompilation ? null : artist);
  return {
    album: isCompilation ? { ...album, artist: "Various Artists", title: albumOf(folder, artist).title } : album,
    disc,
    path: names.join("/"),
    isCompilation: isCompilation || (album.artist !== null && various.test(album.artist)),
  };
}

/** A song by its path below the library; tags inside the file are surer. */
export function readMusic(path: string): MusicName {
  const names = path.split("/").filter((name) => name !== "");
  const stem = splitEnding((names.at(-1) ?? "").slice(0, maxNameChars).normalize("NFC")).stem;
  const {
    album,
    disc,
    path: folder,
    isCompilation,
  } = foldersOf(names.slice(0, -1).map((name) => name.normalize("NFC")));
  const pieces = spaced(stem).split(/\s+-\s+/);
  // `Artist - Album - 01 - Title`
  const at = pieces.findIndex((piece, index) => index > 0 && /^(?:\d{1,2}-)?\d{1,3}$/.test(piece.trim()));
  const own = at > 0 && at < pieces.length - 1 ? trackOf((pieces[at] ?? "").trim()) : trackOf(spaced(stem));
  const rest = at > 0 && at < pieces.length - 1 ? pieces.slice(at + 1).join(" - ") : own.rest;
  const before = at > 0 && at < pieces.length - 1 ? pieces.slice(0, at) : [];
  const split = before.length > 0 ? [] : rest.split(/\s+-\s+/);
  const albumArtist = album?.artist ?? null;
  const isArtistFirst =
    split.length > 1 && (isCompilation || albumArtist === null || titleKey(split[0] ?? "") === titleKey(albumArtist));
  const artist = before[0] ?? (isArtistFirst ? split[0] : undefined) ?? (isCompilation ? null : albumArtist);
  const title = isArtistFirst ? split.slice(1).join(" - ") : rest;
  return {
    form: "music",
    artist: artist?.trim() ?? null,
    albumArtist,
    album: album?.title ?? before[1]?.trim() ?? null,
    year: album?.year ?? null,
    disc: own.disc ?? disc,
    track: own.track,
    title: title.trim() || stem,
    isCompilation,
    folder,
  };
}

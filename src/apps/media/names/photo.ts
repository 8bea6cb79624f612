import { splitEnding } from "./paths.ts";
import { yearOf } from "./release.ts";
import { maxNameChars } from "./tokens.ts";
import type { PhotoName } from "./types.ts";

const raw = /^(?:dng|cr2|cr3|crw|nef|nrw|arw|sr2|srf|raf|orf|rw2|pef|x3f|srw|raw|rwl|3fr|iiq|erf|kdc|dcr|mrw)$/;
const video = /^(?:mov|mp4|m4v|3gp|avi|mts|m2ts|mkv|webm|mpg|mpeg|wmv|mod|tod|insv|lrv)$/;

/** Date, and time where the name has one: `20180512_153012`, `2018-05-12 15.30.12`, `2018-05-12 at 15.30.12`. */
const moment =
  /(?<!\d)((?:19|20)\d\d)([-_. ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d{1,5}(?!\d))(?:[-_. T]{0,2}(?:at )?([01]\d|2[0-3])[-_.:h ]?([0-5]\d)[-_.:m ]?([0-5]\d)(?:[-_.]?(\d{3}))?)?/;

function takenOf(stem: string): string | null {
  const found = moment.exec(stem);
  if (found === null) return null;
  const [, year = "", , month = "", day = "", hour, minute, second, thousandth] = found;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (yearOf(year) === null || date.getUTCDate() !== Number(day)) return null;
  const whole = `${year}-${month}-${day}`;
  return hour === undefined ? whole : `${whole}T${hour}:${minute}:${second}.${thousandth ?? "000"}`;
}

interface Shot {
  /** Without what marks copies, edits, bursts and moving pictures. */
  readonly stack: string;
  readonly isEdited: boolean;
  readonly isMotion: boolean;
  readonly burst: PhotoName["burst"];
}

const burstPatterns = [
  // Google Camera and older Pixels: 00000IMG_00000_BURST20180512153012345_COVER, 00001PORTRAIT_00001_BURST…
  /^(?<index>\d{5})(?:IMG|PORTRAIT)_\d{5}_BURST(?<id>\d{14,17})(?<cover>_COVER)?$/i,
  // Sony, Huawei, Xiaomi: IMG_20180512_153012_BURST001_COVER, DSC_0001_BURST20180512153012345
  /^(?<id>.+?)_BURST(?<index>\d{1,4})(?<cover>_COVER)?$/i,
  /^(?<before>.+?)_BURST(?<id>\d{14,17})(?<cover>_COVER)?$/i,
  // Pixels: PXL_20210101_123456789.RAW-01.BURST-01.COVER
  /^(?<id>.+?)(?:\.RAW-\d+)?(?:\.MP)?\.BURST-(?<index>\d{1,4})(?<cover>\.COVER)?$/i,
  // Samsung: 20180512_153012_001
  /^(?<id>(?:19|20)\d{6}_\d{6})_(?<index>\d{3})$/,
];

function burstOf(stem: string): PhotoName["burst"] {
  for (const pattern of burstPatterns) {
    const groups = pattern.exec(stem)?.groups;
    if (groups === undefined) continue;
    const index = Number(groups.index ?? /(\d+)$/.exec(groups.before ?? "")?.[1] ?? 0);
    return { id: (groups.id ?? "").toLowerCase(), index, isCover: groups.cover !== undefined };
  }
  return null;
}

/** Google Photos, Samsung, Snapseed, Windows, Apple. */
const edited =
  /(?:-edited|-bearbeitet|-modifié|-editado|-modificato|-bewerkt|_edited|~\d{1,2}|-EFFECTS|-ANIMATION|-COLLAGE)$/i;
const copied = /(?:\s?\(\d{1,3}\)|\s-\s(?:copy|kopie|copie|copia)(?:\s?\(\d+\))?)$/i;

function shotOf(stem: string): Shot {
  const apple = /^IMG_E(\d{4,5})((?:\s?\(\d+\))?)$/i.exec(stem);
  if (apple) return { stack: `img_${apple[1]}${apple[2]}`.toLowerCase(), isEdited: true, isMotion: false, burst: null };
  const burst = burstOf(stem);
  const isEdited = edited.test(stem);
  const bare = stem.replace(edited, "").replace(copied, "");
  const isMotion = /^MVIMG_|[._]MP$|[._]MV$/i.test(bare);
  const stack =
    burst === null
      ? bare
          .replace(/^MVIMG_/i, "IMG_")
          .replace(/[._](?:MP|MV)$/i, "")
          .replace(/\.(?:PORTRAIT|NIGHT|RAW-\d+)(?:[._-](?:ORIGINAL|COVER|\d+))*$/i, "")
          .replace(/_HDR$/i, "")
      : stem;
  // Copies are pictures of their own: the number stays.
  const copy = copied.exec(stem.replace(edited, ""))?.[0] ?? "";
  return { stack: `${stack}${copy}`.toLowerCase(), isEdited, isMotion, burst };
}

function originOf(stem: string): PhotoName["origin"] {
  if (
    /^(?:screenshot|screen[ _-]?shot|bildschirmfoto|capture d.écran|bildschirmaufnahme|scrnshot)|^screen recording/i.test(
      stem,
    )
  ) {
    return /recording|aufnahme/i.test(stem) ? "recording" : "screenshot";
  }
  if (/-WA\d{4}|^WhatsApp |^signal-|^telegram|^photo_\d{4}|^received_|^FB_IMG_|^viber/i.test(stem)) return "messenger";
  return /^(?:IMG|VID|DSC|_DSC|DSCN|DSCF|PXL|MVIMG|P\d{7}|DJI|GOPR|G[XH]\d{6}|MOV|SAM|CIMG|\d{8}_\d{6}|PANO|IMGP|_MG)/i.test(
    stem,
  )
    ? "camera"
    : null;
}

/** A picture or a video of a camera by its path below the library. */
export function readPhoto(path: string): PhotoName {
  const name = path
    .slice(path.lastIndexOf("/") + 1)
    .slice(0, maxNameChars)
    .normalize("NFC");
  const { stem, ending } = splitEnding(name);
  const medium = raw.test(ending) ? "raw" : video.test(ending) ? "video" : "picture";
  // A Pixel's `….MP.jpg` and what Takeout makes of it: `….MP`, an MP4 without an ending of its own.
  const shot = shotOf(stem);
  return {
    form: "photo",
    medium: ending === "mp" ? "video" : medium,
    stack: shot.stack,
    rank: (shot.isEdited ? 4 : 0) + (medium === "picture" ? 2 : medium === "raw" ? 1 : 0),
    takenLocal: takenOf(stem),
    burst: shot.burst,
    isMotion: shot.isMotion && medium === "picture",
    isEdited: shot.isEdited,
    origin: originOf(stem),
  };
}

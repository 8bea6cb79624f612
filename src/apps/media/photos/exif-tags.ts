import type { PictureMeta, SidecarMeta } from "./exif-protocol.ts";

type Said = Omit<PictureMeta, "motion">;

const noTimes = { camera: null, zone: null, embedded: null, gps: null, changed: null };
export const nothingSaid: Said = {
  times: noTimes,
  ...{ latitude: null, longitude: null, camera: null, lens: null, exposureSeconds: null, aperture: null, iso: null },
  ...{ focalMm: null, description: null, rating: null, contentId: null },
};

/** A tag as the reader gives it; what is inside was written by strangers. */
interface Tag {
  readonly value?: unknown;
  readonly description?: unknown;
}
type Tags = Readonly<Record<string, Tag | undefined>>;

/** What the beginning of a picture's file, or all of it, says; null when it says nothing that is understood. */
export async function metaOf(bytes: Uint8Array<ArrayBuffer>): Promise<(Said & { readonly xmp: string }) | null> {
  const { load } = await import("exifreader");
  let groups: Record<string, unknown>;
  try {
    const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    groups = load(exact, { expanded: true }) as unknown as Record<string, unknown>;
  } catch {
    return null;
  }
  const exif = (groups["exif"] ?? {}) as Tags;
  const xmp = (groups["xmp"] ?? {}) as Tags;
  const iptc = (groups["iptc"] ?? {}) as Tags;
  const png = { ...(groups["png"] as Tags), ...(groups["pngText"] as Tags) } as Tags;
  if (
    groups["exif"] === undefined &&
    groups["xmp"] === undefined &&
    groups["iptc"] === undefined &&
    Object.keys(png).length === 0
  ) {
    return null;
  }
  const gps = (groups["gps"] ?? {}) as { Latitude?: unknown; Longitude?: unknown };
  const raw = (xmp as { _raw?: unknown })._raw;
  const makerNotes = (groups["makerNotes"] ?? {}) as Tags;
  return {
    times: {
      camera: text(exif["DateTimeOriginal"]) ?? text(exif["DateTimeDigitized"]),
      zone: text(exif["OffsetTimeOriginal"]) ?? text(exif["OffsetTimeDigitized"]) ?? text(exif["OffsetTime"]),
      embedded: xmpTime(xmp) ?? iptcTime(iptc) ?? text(png["Creation Time"]) ?? text(png["date:create"]),
      gps: gpsTime(exif) ?? text(xmp["GPSTimeStamp"]),
      changed: text(exif["DateTime"]),
    },
    ...placeOf(gps.Latitude, gps.Longitude),
    camera: cameraOf(text(exif["Make"]) ?? text(xmp["Make"]), text(exif["Model"]) ?? text(xmp["Model"])),
    lens: text(exif["LensModel"]) ?? text(xmp["Lens"]),
    exposureSeconds: positive(exif["ExposureTime"]),
    aperture: positive(exif["FNumber"]),
    iso: whole(positive(exif["ISOSpeedRatings"]) ?? positive(exif["PhotographicSensitivity"])),
    focalMm: positive(exif["FocalLength"]),
    description: descriptionOf(exif, xmp, iptc),
    rating: ratingOf(xmp),
    contentId: text(makerNotes["ContentIdentifier"]) ?? text(makerNotes["MediaGroupUUID"]),
    xmp: typeof raw === "string" ? raw : "",
  };
}

/** What an XMP file beside a picture says; nothing when it cannot be read. */
export async function sidecarOf(bytes: Uint8Array<ArrayBuffer>): Promise<SidecarMeta> {
  const none = { taken: null, latitude: null, longitude: null, description: null, rating: null };
  const { load } = await import("exifreader");
  try {
    const xmp = ((load(packetOf(bytes), { expanded: true }) as { xmp?: unknown }).xmp ?? {}) as Tags;
    const latitude = degrees(xmp["GPSLatitude"]?.value);
    const longitude = degrees(xmp["GPSLongitude"]?.value);
    return {
      taken: xmpTime(xmp),
      ...placeOf(latitude, longitude),
      description: descriptionOf({}, xmp, {}),
      rating: ratingOf(xmp),
    };
  } catch {
    return none;
  }
}

/** The reader knows XMP by the line that stands before it inside of pictures. */
function packetOf(bytes: Uint8Array): ArrayBuffer {
  const text = new TextDecoder().decode(bytes);
  const start = text.search(/<(?:x:xmpmeta|rdf:RDF)[\s>]/);
  const packet = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>${text.slice(Math.max(0, start))}`;
  return new TextEncoder().encode(packet).buffer;
}

const maxText = 2000;

/** A tag as text, without what pads it; null for none. */
function text(tag: Tag | undefined): string | null {
  const { description, value } = tag ?? {};
  const said =
    typeof description === "string" && description !== "" ? description : Array.isArray(value) ? value[0] : value;
  if (typeof said !== "string" && typeof said !== "number") return null;
  // Old cameras pad with zeros.
  const clean = String(said)
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, maxText);
  return clean === "" || clean === "undefined" ? null : clean;
}

/** A number above 0, also written as a fraction. */
function positive(tag: Tag | undefined): number | null {
  let value: unknown = tag?.value;
  if (Array.isArray(value) && Array.isArray(value[0])) value = value[0] as unknown;
  const [over, under = 1] = (Array.isArray(value) ? value : [value]).map(Number);
  const number = over !== undefined && under !== 0 ? over / under : Number.NaN;
  return Number.isFinite(number) && number > 0 ? number : null;
}

const whole = (value: number | null) => (value === null ? null : Math.round(value));

function xmpTime(xmp: Tags): string | null {
  return (
    text(xmp["DateTimeOriginal"]) ?? text(xmp["DateCreated"]) ?? text(xmp["CreateDate"]) ?? text(xmp["CreationDate"])
  );
}

/** `Date Created` 2023-02-01 and `Time Created` 12:30:00+01:00. */
function iptcTime(iptc: Tags): string | null {
  const date = text(iptc["Date Created"]);
  if (date === null) return null;
  const day = /^(\d{4})[-:]?(\d{2})[-:]?(\d{2})/.exec(date);
  const time = /^(\d{2}):?(\d{2}):?(\d{2})(.*)$/.exec(text(iptc["Time Created"]) ?? "");
  if (day === null) return null;
  const clock = time === null ? "" : ` ${time[1]}:${time[2]}:${time[3]}${time[4]}`;
  return `${day[1]}-${day[2]}-${day[3]}${clock}`;
}

function gpsTime(exif: Tags): string | null {
  const date = text(exif["GPSDateStamp"]);
  const parts: unknown = exif["GPSTimeStamp"]?.value;
  if (date === null || !Array.isArray(parts) || parts.length < 3) return null;
  const [hour = 0, minute = 0, second = 0] = parts.map((part: unknown) => {
    const [over, under = 1] = (Array.isArray(part) ? part : [part]).map(Number);
    return under === 0 ? 0 : (over ?? 0) / under;
  });
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${date} ${two(hour)}:${two(minute)}:${two(second)}`;
}

/** 0, 0 is what cameras without a fix write. */
function placeOf(latitude: unknown, longitude: unknown): { latitude: number | null; longitude: number | null } {
  const isPlace =
    typeof latitude === "number" &&
    typeof longitude === "number" &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180 &&
    (latitude !== 0 || longitude !== 0);
  return isPlace ? { latitude, longitude } : { latitude: null, longitude: null };
}

/** XMP writes `52,30.5N`. */
function degrees(written: unknown): number | null {
  const found = /^(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])$/.exec(
    typeof written === "string" ? written : "",
  );
  if (found === null) return null;
  const value = Number(found[1]) + Number(found[2]) / 60 + Number(found[3] ?? 0) / 3600;
  return found[4] === "S" || found[4] === "W" ? -value : value;
}

/** `Canon` and `Canon EOS R5` are one name. */
function cameraOf(make: string | null, model: string | null): string | null {
  if (model === null || make === null) return model ?? make;
  const [first = ""] = make.split(/\s/, 1);
  return model.toLowerCase().startsWith(first.toLowerCase()) ? model : `${make} ${model}`;
}

/** What cameras write there by themselves. */
const meaningless =
  /^(olympus digital camera|sony dsc|digital camera|minolta digital camera|default|untitled|kodak.*camera|dcim.*|.*\.jpe?g)$/i;

function descriptionOf(exif: Tags, xmp: Tags, iptc: Tags): string | null {
  const said =
    text(xmp["description"]) ?? text(iptc["Caption/Abstract"]) ?? text(exif["ImageDescription"]) ?? text(xmp["title"]);
  return said === null || meaningless.test(said) ? null : said;
}

/** -1 is rejected, which is 0 here; 0 is none. */
function ratingOf(xmp: Tags): number | null {
  const rating = Number(text(xmp["Rating"]) ?? Number.NaN);
  return Number.isInteger(rating) && rating >= -1 && rating <= 5 && rating !== 0 ? Math.max(0, rating) : null;
}

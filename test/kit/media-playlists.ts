/** HLS playlists (RFC 8216 and its second edition), read strictly and without any code of the program that is tested. */
export interface Variant {
  readonly url: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** An EXT-X-MEDIA line. */
export interface Rendition {
  readonly type: string;
  readonly group: string;
  readonly name: string;
  readonly url: string | null;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface Master {
  readonly variants: readonly Variant[];
  readonly renditions: readonly Rendition[];
}

export interface ListedSegment {
  readonly url: string;
  readonly durationSeconds: number;
  /** Sum of the durations before it. */
  readonly startSeconds: number;
  readonly hasDiscontinuity: boolean;
}

export interface MediaPlaylist {
  readonly version: number;
  readonly targetSeconds: number;
  readonly mapUrl: string | null;
  readonly segments: readonly ListedSegment[];
  readonly isComplete: boolean;
  readonly isIndependent: boolean;
}

const attributePattern = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s][^",]*)/g;

function attributesOf(line: string): ReadonlyMap<string, string> {
  const list = line.slice(line.indexOf(":") + 1);
  return new Map(
    [...list.matchAll(attributePattern)].map(([, name, value]) => [name!, value!.replace(/^"(.*)"$/, "$1")]),
  );
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines[0] !== "#EXTM3U") throw new Error(`a playlist begins with #EXTM3U, not ${lines[0]}`);
  return lines.slice(1).filter((line) => line !== "");
}

export function parseMaster(text: string, base: string): Master {
  const variants: Variant[] = [];
  const renditions: Rendition[] = [];
  const lines = linesOf(text);
  for (const [index, line] of lines.entries()) {
    const attributes = attributesOf(line);
    if (line.startsWith("#EXT-X-STREAM-INF:")) {
      const address = lines[index + 1];
      if (address === undefined || address.startsWith("#")) throw new Error("a variant without an address");
      variants.push({ url: new URL(address, base).href, attributes });
    } else if (line.startsWith("#EXT-X-MEDIA:")) {
      const uri = attributes.get("URI");
      renditions.push({
        type: attributes.get("TYPE") ?? "",
        group: attributes.get("GROUP-ID") ?? "",
        name: attributes.get("NAME") ?? "",
        url: uri === undefined ? null : new URL(uri, base).href,
        attributes,
      });
    }
  }
  return { variants, renditions };
}

export function parseMedia(text: string, base: string): MediaPlaylist {
  const segments: ListedSegment[] = [];
  const single = new Map<string, string>();
  let duration: number | undefined;
  let startSeconds = 0;
  let hasDiscontinuity = false;
  for (const line of linesOf(text)) {
    if (line.startsWith("#EXTINF:")) duration = Number(line.slice(8).split(",")[0]);
    else if (line === "#EXT-X-DISCONTINUITY") hasDiscontinuity = true;
    else if (line.startsWith("#")) single.set(line.split(":")[0] ?? "", line.slice(line.indexOf(":") + 1));
    else {
      if (duration === undefined || !(duration >= 0)) throw new Error(`a segment without its duration: ${line}`);
      segments.push({ url: new URL(line, base).href, durationSeconds: duration, startSeconds, hasDiscontinuity });
      startSeconds += duration;
      duration = undefined;
      hasDiscontinuity = false;
    }
  }
  const map = single.get("#EXT-X-MAP");
  const uri = map === undefined ? undefined : attributesOf(`:${map}`).get("URI");
  return {
    version: Number(single.get("#EXT-X-VERSION") ?? 1),
    targetSeconds: Number(single.get("#EXT-X-TARGETDURATION")),
    mapUrl: uri === undefined ? null : new URL(uri, base).href,
    segments,
    isComplete: single.has("#EXT-X-ENDLIST"),
    isIndependent: single.has("#EXT-X-INDEPENDENT-SEGMENTS"),
  };
}

export interface ShownCue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
}

const cuePattern = /^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3}) --> (?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/;

/** Cues of a WebVTT segment in the clock of the media (`X-TIMESTAMP-MAP`, RFC 8216 3.5). */
export function parseVtt(text: string): ShownCue[] {
  if (!/^WEBVTT(\s|$)/.test(text)) throw new Error("WebVTT begins with its name");
  const map = /^X-TIMESTAMP-MAP=(.*)$/m.exec(text)?.[1] ?? "";
  const mpegts = Number(/MPEGTS:(\d+)/.exec(map)?.[1] ?? 0) / 90_000;
  const local = /LOCAL:(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/.exec(map);
  const secondsOf = (parts: readonly (string | undefined)[]) =>
    Number(parts[0] ?? 0) * 3600 + Number(parts[1]) * 60 + Number(parts[2]) + Number(parts[3]) / 1000;
  const shift = mpegts - (local === null ? 0 : secondsOf(local.slice(1)));
  return text.split(/\r?\n\r?\n/).flatMap((block) => {
    const lines = block.split(/\r?\n/);
    const at = lines.findIndex((line) => line.includes(" --> "));
    const times = cuePattern.exec(lines[at] ?? "");
    if (times === null) return [];
    return {
      startSeconds: shift + secondsOf(times.slice(1, 5)),
      endSeconds: shift + secondsOf(times.slice(5, 9)),
      text: lines.slice(at + 1).join("\n"),
    };
  });
}

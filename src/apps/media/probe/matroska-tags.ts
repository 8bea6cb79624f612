import { content, type Element, elementsIn, text, unsigned } from "./ebml.ts";
import { type FileWindow, Unreadable } from "./file-window.ts";
import { fieldsOf, ids, type Layout } from "./matroska.ts";

const named = {
  ...{ tag: 0x7373, targets: 0x63c0, targetType: 0x63ca, trackUid: 0x63c5, chapterUid: 0x63c4, fileUid: 0x63c6 },
  ...{ editionUid: 0x63c9, simple: 0x67c8, name: 0x45a3, string: 0x4487, language: 0x447a, isDefault: 0x4484 },
} as const;

/** As ffmpeg renames them. */
const renamed: Readonly<Record<string, string>> = { lead_performer: "performer", part_number: "track" };
const maxTags = 5000;
/** Of all tags together; as much as is taken of what ffprobe says. */
const maxTagBytes = 4 * 2 ** 20;

export interface MatroskaTags {
  readonly ofFile: Readonly<Record<string, string>>;
  ofTrack(uid: Uid): Readonly<Record<string, string>>;
}

/** 64 bits of chance, as hex digits; empty when there is none. */
export type Uid = string;

export function uidOf(file: FileWindow, element: Element | undefined): Uid {
  return element === undefined
    ? ""
    : content(file, element)
        .toString("hex")
        .replace(/^(00)+/, "");
}

/** Tags of the file and of its tracks, by the names that ffprobe gives them. */
export function matroskaTags(file: FileWindow, { parts }: Layout): MatroskaTags {
  const ofFile: Record<string, string> = {};
  const tracks = new Map<Uid, Record<string, string>>();
  let [rest, restBytes] = [maxTags, maxTagBytes];
  for (const part of parts.get(ids.tags) ?? []) {
    for (const tag of elementsIn(file, part.start, part.end)) {
      if (tag.id !== named.tag) continue;
      if ((rest -= 1) < 0 || (restBytes -= tag.end - tag.start) < 0) throw new Unreadable("too many tags");
      const { children, find } = fieldsOf(file, tag);
      const target = targetOf(file, find(named.targets));
      if (target === undefined) continue;
      const into = target.trackUid === "" ? ofFile : (tracks.get(target.trackUid) ?? {});
      if (target.trackUid !== "") tracks.set(target.trackUid, into);
      for (const simple of children) {
        if (simple.id !== named.simple) continue;
        if ((rest -= 1) < 0) throw new Unreadable("too many tags");
        addSimple(file, simple, target.trackUid === "" ? target.prefix : "", into);
      }
    }
  }
  return { ofFile, ofTrack: (uid) => tracks.get(uid) ?? {} };
}

/** Undefined for tags of chapters and attachments, which nobody here asks for. */
function targetOf(file: FileWindow, targets: Element | undefined): { trackUid: Uid; prefix: string } | undefined {
  if (targets === undefined) return { trackUid: "", prefix: "" };
  const { find, text: textOf } = fieldsOf(file, targets);
  for (const id of [named.chapterUid, named.fileUid]) if (uidOf(file, find(id)) !== "") return undefined;
  const type = textOf(named.targetType) ?? "";
  return { trackUid: uidOf(file, find(named.trackUid)), prefix: type === "" ? "" : `${type}/` };
}

function addSimple(file: FileWindow, simple: Element, prefix: string, into: Record<string, string>): void {
  const { children, find } = fieldsOf(file, simple);
  if (children.some(({ id }) => id === named.simple)) throw new Unreadable("tags inside tags");
  const [nameAt, valueAt, languageAt] = [find(named.name), find(named.string), find(named.language)];
  if (nameAt === undefined || valueAt === undefined) return;
  const name = text(file, nameAt);
  const key = (renamed[name.toLowerCase()] ?? `${prefix}${name}`).toLowerCase();
  const value = text(file, valueAt);
  const language = languageAt === undefined ? "und" : text(file, languageAt);
  const isDefaultAt = find(named.isDefault);
  const isDefault = isDefaultAt !== undefined && unsigned(file, isDefaultAt) !== 0;
  const isForAll = language === "und" || language === "";
  if (isForAll || isDefault) into[key] = value;
  if (!isForAll) into[`${key}-${language}`] = value;
}

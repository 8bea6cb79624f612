import type { EpisodeName, FilmName } from "#apps/media/names";

/** What a file is called now, and the work that it is. */
export interface CheckedFile {
  readonly path: string;
  readonly name: FilmName | EpisodeName;
  /** Of the film or the series, as it is shown. */
  readonly title: string;
  readonly year: number | null;
  readonly edition: string | null;
  /** The film is there in several versions. */
  readonly hasVersions: boolean;
  /** They lie in several folders. */
  readonly isScattered: boolean;
  /** Of an episode, as it is shown. */
  readonly episodeTitle: string | null;
}

export interface NameVerdict {
  readonly servers: readonly ("plex" | "jellyfin")[];
  readonly reason: string;
  readonly proposedPath: string | null;
}

const both = ["plex", "jellyfin"] as const;
/** As both read years: set off from the title. */
const yearMark = /(?:^|[\s._,([-])(?:19|20)\d{2}(?!\d)/;
/** `S01E02`, `1x02`: the forms that both read. */
const episodeMark = /(?<![\p{L}\d])(?:s\d{1,4}[\s._-]*e\d{1,4}|\d{1,2}x\d{1,4})(?!\d)/iu;
const dateMark = /(?<!\d)(?:19|20)\d{2}[-._ ](?:0[1-9]|1[0-2])[-._ ](?:0[1-9]|[12]\d|3[01])(?!\d)/;
const partMark = /[\s._-](?:cd|dvd|dis[ck]|part|pt)[\s._-]?\d{1,2}$/i;
const extraFolders = [
  ["trailer", "Trailers"],
  ["behind-the-scenes", "Behind The Scenes"],
  ["deleted-scene", "Deleted Scenes"],
  ["featurette", "Featurettes"],
  ["interview", "Interviews"],
  ["scene", "Scenes"],
  ["short", "Shorts"],
] as const;
const knownExtraFolder =
  /^(?:behind the scenes|deleted scenes|featurettes|interviews|scenes|shorts|trailers|other|extras)$/i;
const knownExtraSuffix = /-(?:behindthescenes|deleted|featurette|interview|scene|short|trailer|other)$/i;

/**
 * Whether Plex and Jellyfin take a file for what it is, by their published rules of naming, and the name by which both would.
 * Undefined: both understand it.
 */
export function checkName(file: CheckedFile): NameVerdict | undefined {
  const parts = file.path.split("/");
  const fileName = parts.at(-1) ?? "";
  const dot = fileName.lastIndexOf(".");
  const place = { folders: parts.slice(0, -1), stem: fileName.slice(0, dot), ending: fileName.slice(dot) };
  const problem = file.name.form === "film" ? filmProblem(file, file.name, place) : episodeProblem(file.name, place);
  if (problem === undefined) return undefined;
  const proposedPath =
    file.name.form === "film" ? filmPath(file, file.name, place) : episodePath(file, file.name, place);
  return { ...problem, proposedPath: proposedPath === file.path ? null : proposedPath };
}

interface NamePlace {
  readonly folders: readonly string[];
  readonly stem: string;
  /** With its dot. */
  readonly ending: string;
}

type Problem = Pick<NameVerdict, "servers" | "reason">;

function filmProblem(file: CheckedFile, name: FilmName, { folders, stem }: NamePlace): Problem | undefined {
  if (name.extra !== null) return extraProblem({ folders, stem });
  const own = folders.at(-1) ?? "";
  const isInDisc = /^(?:bdmv|stream|video_ts)$/i.test(own);
  if (!isInDisc && !yearMark.test(stem) && !yearMark.test(own)) {
    return { servers: both, reason: "The year of the film is not in its name." };
  }
  if (name.part !== null && !isInDisc && !partMark.test(stem)) {
    return { servers: both, reason: "It is a part of a film, but its name does not end in cd1, disc1 or part1." };
  }
  if (file.isScattered) {
    return { servers: ["jellyfin"], reason: "Other versions of the film lie in other folders." };
  }
  if (file.hasVersions && name.version !== null && name.folder !== null && !startsWithFolder(stem, own)) {
    return {
      servers: ["jellyfin"],
      reason: "It is a version of the film, but its name does not begin like its folder's.",
    };
  }
  return undefined;
}

const startsWithFolder = (stem: string, folder: string) => stem.toLowerCase().startsWith(folder.toLowerCase());

function extraProblem({ folders, stem }: Pick<NamePlace, "folders" | "stem">): Problem | undefined {
  const isKnown = knownExtraFolder.test(folders.at(-1) ?? "") || knownExtraSuffix.test(stem);
  return isKnown
    ? undefined
    : { servers: both, reason: "It is an extra, but neither its name nor its folder says so." };
}

function episodeProblem(name: EpisodeName, { folders, stem }: NamePlace): Problem | undefined {
  const isNumbered = name.episodes.length > 0 || name.absolute.length > 0 || name.airDate !== null;
  if (name.extra !== null && !isNumbered) return extraProblem({ folders, stem });
  if (folders.length === 0) return { servers: both, reason: "It does not lie in a folder of its series." };
  if (episodeMark.test(stem)) return undefined;
  if (dateMark.test(stem) && name.airDate !== null) return undefined;
  if (name.absolute.length > 0 && name.episodes.length === 0) {
    return { servers: both, reason: "Episodes that are counted through need the number of a season as well." };
  }
  return { servers: both, reason: "Season and episode are not in its name, as S01E02." };
}

/** Without what some file systems do not take. */
function plain(text: string): string {
  return text
    .replaceAll(/\s*[:|]\s*/g, " - ")
    .replaceAll(/[/\\]/g, "-")
    .replaceAll(/[*?"<>]/g, "")
    .replaceAll(/\s+/g, " ")
    .replace(/[.\s]+$/, "")
    .trim();
}

const withYear = (title: string, year: number | null) => (year === null ? plain(title) : `${plain(title)} (${year})`);

function filmPath(file: CheckedFile, name: FilmName, place: NamePlace): string | null {
  if (file.title === "" || file.year === null) return null;
  const work = withYear(file.title, file.year);
  if (name.extra !== null) return extraPath(work, name.extra.kind, place);
  const edition = file.edition === null ? "" : ` {edition-${plain(file.edition)}}`;
  const isTold = name.version !== null && name.version !== name.edition;
  const label = isTold ? ` - ${plain(name.version ?? "")}` : "";
  const part = name.part === null ? "" : ` - part${name.part.number}`;
  return `${work}/${work}${edition}${label}${part}${place.ending}`;
}

function extraPath(work: string, kind: string, { stem, ending }: NamePlace): string {
  const folder = extraFolders.find(([known]) => known === kind)?.[1] ?? "Other";
  return `${work}/${folder}/${plain(stem)}${ending}`;
}

function episodePath(file: CheckedFile, name: EpisodeName, place: NamePlace): string | null {
  if (file.title === "") return null;
  const series = withYear(file.title, file.year);
  if (name.extra !== null) return extraPath(series, name.extra.kind, place);
  const title = file.episodeTitle === null || file.episodeTitle === "" ? "" : ` - ${plain(file.episodeTitle)}`;
  if (name.airDate !== null && name.episodes.length === 0) {
    return `${series}/Season ${name.airDate.slice(0, 4)}/${series} - ${name.airDate}${title}${place.ending}`;
  }
  const numbers = name.episodes.length > 0 ? name.episodes : name.absolute;
  const [first] = numbers;
  if (first === undefined) return null;
  const season = two(name.season ?? (name.isSpecial ? 0 : 1));
  const last = numbers.length > 1 ? `-E${two(numbers.at(-1) ?? first)}` : "";
  return `${series}/Season ${season}/${series} - S${season}E${two(first)}${last}${title}${place.ending}`;
}

const two = (value: number) => `${value}`.padStart(2, "0");

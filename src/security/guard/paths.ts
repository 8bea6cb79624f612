/** What makes a path different from its normal form; most paths have nothing of it. */
const unusual = /[%\\]|\/[./]|\/$|[^\u0020-\u007e]/;

/**
 * The one form in which rules see a path, so that another spelling of it is the same path: decoded once, as the handlers do,
 * without empty segments, `.` and `..`, without a slash at the end, Unicode composed (NFC).
 */
export function normalisePath(rawPath: string): string {
  if (!unusual.test(rawPath)) return rawPath;
  const segments: string[] = [];
  for (const segment of decode(rawPath).normalize("NFC").split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(segment);
  }
  return `/${segments.join("/")}`;
}

/** Sequences that are no UTF-8 stay as they are: the handlers refuse them. */
function decode(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
}

/** A wrong pattern's reason, or undefined. */
export function patternProblem(pattern: string): string | undefined {
  for (const segment of pattern.slice(1).split("/")) {
    if (segment !== "**" && segment.includes("**")) return "** stands for whole segments only: write /a/**/b or /a/b*";
    if (segment === "." || segment === "..") return "a path has no . and .. when rules see it";
  }
  return pattern.includes("//") ? "a path has no empty segments when rules see it" : undefined;
}

/** Whether a normal path fits: `*` is any text within a segment, `**` any number of segments, also none. */
export function compilePattern(pattern: string): (path: string) => boolean {
  const normal = normalPattern(pattern);
  const star = normal.indexOf("*");
  if (star === -1) return (path) => path === normal;
  const literal = normal.slice(0, star);
  // The two common forms, without splitting the path: `/dav/**` and `/api/people.*`.
  if (normal === `${literal}**`) return (path) => path.startsWith(literal) || `${path}/` === literal;
  if (star === normal.length - 1) return (path) => path.startsWith(literal) && !path.includes("/", star);
  const segments = normal.slice(1).split("/");
  return (path) => fitsAll(segments, path.slice(1).split("/"));
}

function normalPattern(pattern: string): string {
  return pattern.normalize("NFC").replace(/(?<=.)\/$/, "");
}

/** Going back to the latest star only keeps the search short, whatever the pattern. */
function fitsAll(pattern: readonly string[], path: readonly string[]): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < path.length;) {
    const wanted = pattern[at];
    if (wanted === "**") {
      star = at;
      at += 1;
      resume = i;
    } else if (wanted !== undefined && fits(wanted, path[i] ?? "")) {
      at += 1;
      i += 1;
    } else if (star !== -1) {
      resume += 1;
      i = resume;
      at = star + 1;
    } else return false;
  }
  return pattern.slice(at).every((segment) => segment === "**");
}

/** One segment; the same search by characters. */
function fits(pattern: string, segment: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < segment.length;) {
    if (pattern[at] === "*") {
      star = at;
      at += 1;
      resume = i;
    } else if (at < pattern.length && pattern[at] === segment[i]) {
      at += 1;
      i += 1;
    } else if (star !== -1) {
      resume += 1;
      i = resume;
      at = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** What every path that fits begins with, when a slash is put at the path's end. */
export function literalPrefix(pattern: string): string {
  const normal = normalPattern(pattern);
  const star = normal.indexOf("*");
  if (star !== -1) return normal.slice(0, star);
  return normal.endsWith("/") ? normal : `${normal}/`;
}

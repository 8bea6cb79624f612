import { mimeOf } from "#apps/files/browse";
import type { Wish } from "#apps/files/search";
import { davNamespace, isDav, owncloudNamespace, type XmlElement } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { NodeInfo } from "#storage/primary";

/** What a search asks of a node, and how to find few candidates for it. */
export interface Conditions {
  readonly matches: (node: NodeInfo, isFavorite: boolean) => boolean;
  /** The one node that can match. */
  readonly nodeId: number | undefined;
  /** What the index can say of every match, so that few candidates are looked at. */
  readonly wish: Partial<Wish>;
}

type Test = Conditions["matches"];

const maxDepth = 20;
/** Each is asked of thousands of nodes. */
const maxConditions = 200;
/** Enough to find few candidates; `matches` asks for all of them. */
const maxWords = 10;
const comparisons: Readonly<Record<string, (value: number, literal: number) => boolean>> = {
  lt: (value, literal) => value < literal,
  lte: (value, literal) => value <= literal,
  gt: (value, literal) => value > literal,
  gte: (value, literal) => value >= literal,
  eq: (value, literal) => value === literal,
};

/** Reads `d:where` (RFC 5323 §5.7) as far as the apps use it. Throws `bad-request` for what is not understood. */
export function readConditions(where: XmlElement | undefined): Conditions {
  const [top] = where?.children ?? [];
  if (top === undefined) return { matches: () => true, nodeId: undefined, wish: {} };
  if (countOf(top, 0) > maxConditions) throw new AppError("bad-request", "The search has too many conditions.");
  const matches = readTest(top, 0);
  // What stands below `and` must hold for every match: the index looks for that first.
  const needed = top.name === "and" ? top.children : [top];
  const parts = needed.flatMap((element) => comparisonOf(element) ?? []);
  const kinds = needed.flatMap((element) => mediaKinds(element) ?? []);
  const ids = parts.filter(({ operator, property }) => operator === "eq" && property === "fileid");
  const names = parts.filter(({ operator, property }) => operator === "like" && property === "displayname");
  return {
    matches,
    nodeId: ids[0] === undefined ? undefined : Number(ids[0].literal),
    wish: {
      words: names
        .flatMap(({ literal }) => literal.split("%"))
        .filter((text) => /[\p{L}\p{N}]/u.test(text))
        .slice(0, maxWords)
        .map((text) => ({ text, isOpen: true })),
      types: kinds.map((kind) => ({ kind })),
      ...timesOf(parts),
    },
  };
}

function countOf(element: XmlElement, depth: number): number {
  if (depth > maxDepth) return 0;
  return element.children.reduce((sum, child) => sum + countOf(child, depth + 1), element.name === "literal" ? 1 : 0);
}

interface Comparison {
  readonly operator: string;
  readonly property: string;
  readonly literal: string;
}

function comparisonOf(element: XmlElement): Comparison | undefined {
  const property = element.children.find((child) => isDav(child, "prop"))?.children[0];
  const literal = element.children.find((child) => isDav(child, "literal"));
  const isKnown = property !== undefined && [davNamespace, owncloudNamespace].includes(property.namespace);
  if (!isKnown || literal === undefined) return undefined;
  return { operator: element.name, property: property.name, literal: literal.text.trim() };
}

function readTest(element: XmlElement, depth: number): Test {
  if (depth > maxDepth) throw new AppError("bad-request", "The search is nested too deeply.");
  const parts = () => element.children.map((child) => readTest(child, depth + 1));
  switch (element.name) {
    case "and": {
      const tests = parts();
      return (node, isFavorite) => tests.every((test) => test(node, isFavorite));
    }
    case "or": {
      const tests = parts();
      return (node, isFavorite) => tests.some((test) => test(node, isFavorite));
    }
    case "not": {
      const tests = parts();
      return (node, isFavorite) => !tests.some((test) => test(node, isFavorite));
    }
    case "is-collection":
      return ({ kind }) => kind === "folder";
    default:
      return compare(element);
  }
}

function compare(element: XmlElement): Test {
  const comparison = comparisonOf(element);
  if (comparison === undefined) throw new AppError("bad-request", `A search cannot ask for ${element.name}.`);
  const { operator, property, literal } = comparison;
  if (operator === "like") {
    const fits = likePattern(literal);
    return (node) => fits(textOf(property, node));
  }
  const holds = comparisons[operator];
  if (holds === undefined) throw new AppError("bad-request", `A search cannot compare by ${operator}.`);
  if (property === "getlastmodified") {
    const time = readTime(literal);
    return ({ modifiedAtMs }) => holds(modifiedAtMs, time);
  }
  if (property === "size" || property === "getcontentlength")
    return ({ sizeBytes }) => holds(sizeBytes, Number(literal));
  if (property === "fileid") return ({ id }) => holds(id, Number(literal));
  if (property === "favorite") return (_node, isFavorite) => isFavorite === /^(1|true|yes)$/i.test(literal);
  return (node) => operator === "eq" && textOf(property, node) === literal;
}

function textOf(property: string, node: NodeInfo): string {
  if (property === "getcontenttype") return node.kind === "folder" ? "httpd/unix-directory" : mimeOf(node.name);
  return property === "displayname" ? node.name : "";
}

/** `%` is any text; each part is looked for once, so that no pattern takes longer than the text is long. */
function likePattern(literal: string): (text: string) => boolean {
  const [first = "", ...middle] = literal.normalize("NFC").toLowerCase().split("%");
  const last = middle.pop();
  return (given) => {
    const text = given.toLowerCase();
    if (last === undefined) return text === first;
    const end = text.length - last.length;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

/** Milliseconds of an ISO date or of seconds since 1970. */
function readTime(literal: string): number {
  const time = /^-?\d+(\.\d+)?$/.test(literal) ? Number(literal) * 1000 : Date.parse(literal);
  if (Number.isNaN(time)) throw new AppError("bad-request", "A time in the search is not understood.");
  return time;
}

/** Kinds of media of which every match is one; undefined when the element says something else. */
function mediaKinds(element: XmlElement): ("image" | "video" | "audio")[] | undefined {
  const parts = element.name === "or" ? element.children : [element];
  const kinds = parts.map((part) => {
    const comparison = part.name === "like" ? comparisonOf(part) : undefined;
    const kind = /^(image|video|audio)\/%$/.exec(comparison?.literal ?? "")?.[1];
    return comparison?.property === "getcontenttype" ? (kind as "image" | "video" | "audio" | undefined) : undefined;
  });
  const known = kinds.filter((kind) => kind !== undefined);
  return known.length === kinds.length ? known : undefined;
}

/** To the second, for the index; `matches` looks closer. */
function timesOf(parts: readonly Comparison[]): Pick<Partial<Wish>, "afterMs" | "beforeMs"> {
  const times = parts.filter(({ property }) => property === "getlastmodified");
  const bounds = (pattern: RegExp) =>
    times.filter(({ operator }) => pattern.test(operator)).map(({ literal }) => readTime(literal));
  const [after, before] = [bounds(/^gte?$/), bounds(/^lte?$/)];
  return {
    ...(after.length > 0 && { afterMs: Math.max(...after) }),
    ...(before.length > 0 && { beforeMs: Math.min(...before) + 1 }),
  };
}

import { AppError } from "#platform/errors";

export interface Condition {
  readonly negated: boolean;
  readonly kind: "token" | "etag";
  /** A lock token (or another URI), or an entity tag with its quotes and `W/`. */
  readonly value: string;
}

export interface ConditionList {
  /** URL of the resource the list speaks of; undefined is the one of the request. */
  readonly resource: string | undefined;
  readonly conditions: readonly Condition[];
}

const maxConditions = 500;
const token = /[ \t]*(?:(<)([^<>\s]*)>|(\[)((?:W\/)?"[^"]*")\]|(\()|(\))|(not)(?=[\s<[]))/iy;
const rest = /[ \t]*$/y;

/**
 * The If header (RFC 4918 §10.4.2): one or more lists, all tagged with a resource or none. Throws `bad-request` when it is
 * written otherwise.
 */
export function parseIfHeader(header: string): ConditionList[] {
  const lists: ConditionList[] = [];
  let resource: string | undefined;
  let isTagUsed = true;
  let open: Condition[] | undefined;
  let negated = false;
  let count = 0;
  let at = 0;
  while (!isAtEnd(header, at)) {
    token.lastIndex = at;
    const match = token.exec(header);
    if (match === null || (count += 1) > maxConditions) throw malformed();
    at = token.lastIndex;
    const [, angle, uri = "", bracket, etag = "", opens, closes, not] = match;
    if (open === undefined) {
      if (angle !== undefined && isTagUsed && (lists.length === 0 || resource !== undefined)) {
        resource = uri;
        isTagUsed = false;
      } else if (opens !== undefined) {
        open = [];
        isTagUsed = true;
      } else throw malformed();
    } else if (not !== undefined && !negated) negated = true;
    else if (angle !== undefined || bracket !== undefined) {
      open.push({ negated, kind: angle === undefined ? "etag" : "token", value: angle === undefined ? etag : uri });
      negated = false;
    } else if (closes !== undefined && open.length > 0 && !negated) {
      lists.push({ resource, conditions: open });
      open = undefined;
    } else throw malformed();
  }
  if (open !== undefined || !isTagUsed || lists.length === 0) throw malformed();
  return lists;
}

/** Every lock token the header names: naming it is submitting it (RFC 4918 §10.4.1). */
export function submittedTokens(lists: readonly ConditionList[]): ReadonlySet<string> {
  return new Set(
    lists.flatMap(({ conditions }) => conditions.filter(({ kind }) => kind === "token").map(({ value }) => value)),
  );
}

/** What the lists are compared with: the state of one resource. */
export interface ResourceState {
  /** Without quotes; undefined when nothing exists there. */
  readonly etag: string | undefined;
  /** Tokens of the locks that cover the resource. */
  readonly tokens: ReadonlySet<string>;
}

/** True when at least one list holds; `stateOf` is asked once per list. */
export function ifHeaderHolds(
  lists: readonly ConditionList[],
  stateOf: (resource: string | undefined) => ResourceState,
): boolean {
  return lists.some(({ resource, conditions }) => {
    const state = stateOf(resource);
    return conditions.every(({ negated, kind, value }) => {
      const holds =
        kind === "token" ? state.tokens.has(value) : state.etag !== undefined && value === `"${state.etag}"`;
      return holds !== negated;
    });
  });
}

function isAtEnd(header: string, at: number): boolean {
  rest.lastIndex = at;
  return rest.test(header);
}

function malformed(): AppError {
  return new AppError("bad-request", "The If header is not understood.");
}

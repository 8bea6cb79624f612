import { at } from "#apps/files/browse";
import { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { Access } from "#security/access";
import type { NodeInfo, Storage } from "#storage/primary";
import { keySpan } from "./keys.ts";
import { anything, parseWish, type TypeWish, type Wish } from "./parse.ts";
import type { QueryCalls, Question, SnippetPart } from "./protocol.ts";
import { anyOf, sightExpression } from "./sight.ts";
import type { Thread } from "#platform/thread";
import { folded, hasWord, phrase, token } from "./words.ts";

interface FinderDeps {
  readonly storage: Storage;
  readonly access: Access;
  readonly queries: Pick<Thread<QueryCalls>, "call">;
  /** Takes in what changed a moment ago, as far as that is soon done. */
  readonly freshen: () => Promise<void>;
}

export interface FindOptions {
  /** As somebody types it (`search.find`). */
  readonly query: string;
  /** Only below this folder, which the caller has checked. */
  readonly folderId?: number | undefined;
  readonly inText: boolean;
  readonly limit: number;
}

export interface Hit {
  readonly node: NodeInfo;
  readonly matched: "name" | "text";
  readonly snippet: readonly SnippetPart[];
}

export interface Found {
  readonly hits: readonly Hit[];
  readonly more: boolean;
}

/** The same as `FindOptions` for whoever knows exactly what is wanted. */
export interface LookOptions {
  /** What is left out is asked of nothing. */
  readonly wish: Partial<Wish>;
  readonly folderId?: number | undefined;
  readonly inText: boolean;
  readonly limit: number;
}

export interface Finder {
  /** What the actor may see of it. Throws `bad-request` that says what is wrong with the query. */
  find(actor: Actor, options: FindOptions): Promise<Found>;
  look(actor: Actor, options: LookOptions): Promise<Found>;
}

/** Folders of one name that `in:` looks below. */
const maxFolders = 50;
/** Beginnings that are looked for in texts have three letters. */
const longTail = /[\p{L}\p{N}\p{M}]{3}$/u;
const nothing = { hits: [], more: false } as const;

export function createFinder({ storage, access, queries, freshen }: FinderDeps): Finder {
  /** The index is a moment behind, and no authority on rights: what it answers is looked at once more. */
  const stillThere = (actor: Actor, nodeId: number): NodeInfo | undefined => {
    const node = storage.node(nodeId);
    return node !== undefined && access.can(actor, "read", at(node)) ? node : undefined;
  };

  /** Folders of a name, or of the end of a path, that the actor can see. */
  const foldersCalled = async (actor: Actor, sight: string, path: string): Promise<number[]> => {
    const names = path.split("/").filter((name) => name !== "");
    const last = names.at(-1) ?? "";
    if (!hasWord(last)) throw noFolder(path);
    const question: Question = {
      words: phrase(last),
      textWords: undefined,
      without: undefined,
      scope: `(${sight}) AND "${token("kind", "folder")}"`,
      fromKey: 0,
      toKey: Number.MAX_SAFE_INTEGER,
      limit: maxFolders,
      inText: false,
      whole: folded(last),
    };
    const { hits } = await queries.call("find", question);
    const wanted = names.map(folded);
    const ids = hits.flatMap(({ nodeId }) => {
      const node = stillThere(actor, nodeId);
      const tail = storage.lineage(nodeId).slice(-wanted.length);
      const fits = tail.length === wanted.length && tail.every(({ name }, place) => folded(name) === wanted[place]);
      return node !== undefined && fits ? [nodeId] : [];
    });
    if (ids.length === 0) throw noFolder(path);
    return ids;
  };

  const scopeOf = async (actor: Actor, sight: string, wish: Wish, folderId: number | undefined): Promise<string> => {
    const within: number[] = [];
    for (const path of wish.folders) within.push(...(await foldersCalled(actor, sight, path)));
    const outside: number[] = [];
    for (const path of wish.notFolders) outside.push(...(await foldersCalled(actor, sight, path)));
    const scope = [
      `(${sight})`,
      ...(folderId === undefined ? [] : [`(${anyOf([folderId])})`]),
      ...(within.length === 0 ? [] : [`(${anyOf(within)})`]),
      ...(wish.types.length === 0 ? [] : [`(${wish.types.map(typeToken).join(" OR ")})`]),
    ].join(" AND ");
    const not = [...wish.notTypes.map(typeToken), ...(outside.length === 0 ? [] : [anyOf(outside)])];
    return not.length === 0 ? scope : `(${scope}) NOT (${not.join(" OR ")})`;
  };

  const look: Finder["look"] = async (actor, { folderId, inText, limit, ...options }) => {
    const wish = { ...anything, ...options.wish };
    const sight = sightExpression({ storage, access }, actor);
    if (sight === undefined) return nothing;
    await freshen();
    const { from, to } = keySpan(wish.afterMs, wish.beforeMs);
    const words = wish.words.map(({ text, isOpen }) => phrase(text, isOpen));
    const textWords = wish.words.map(({ text, isOpen }) => phrase(text, isOpen && longTail.test(text)));
    const question: Question = {
      words: words.length === 0 ? undefined : words.join(" AND "),
      textWords: words.length === 0 ? undefined : textWords.join(" AND "),
      without: wish.without.length === 0 ? undefined : wish.without.map((word) => phrase(word)).join(" OR "),
      scope: await scopeOf(actor, sight, wish, folderId),
      fromKey: from,
      toKey: to,
      limit,
      inText,
      whole: folded(wish.words.map(({ text }) => text).join(" ")),
    };
    const { hits, more } = await queries.call("find", question);
    const shown = hits.flatMap(({ nodeId, matched }) => {
      const node = nodeId === folderId ? undefined : stillThere(actor, nodeId);
      return node !== undefined && isInTime(node, wish) ? [{ node, matched }] : [];
    });
    const texts = shown.filter(({ matched }) => matched === "text").map(({ node }) => node.id);
    const asked = wish.words.flatMap(({ text }) => folded(text).split(/[^\p{L}\p{N}]+/u)).filter((word) => word !== "");
    const snippets = texts.length === 0 ? [] : await queries.call("snippets", { nodeIds: texts, words: asked });
    const snippetOf = new Map(texts.map((id, place) => [id, snippets[place] ?? []]));
    return { hits: shown.map((hit) => ({ ...hit, snippet: snippetOf.get(hit.node.id) ?? [] })), more };
  };
  return { look, find: async (actor, { query, ...options }) => look(actor, { ...options, wish: parseWish(query) }) };
}

function isInTime({ kind, modifiedAtMs }: NodeInfo, { afterMs, beforeMs }: Wish): boolean {
  if (afterMs === undefined && beforeMs === undefined) return true;
  // The time of a folder is the one of the last file that came or went.
  return kind === "file" && modifiedAtMs >= (afterMs ?? -Infinity) && modifiedAtMs < (beforeMs ?? Infinity);
}

function typeToken(type: TypeWish): string {
  return `"${"kind" in type ? token("kind", type.kind) : token("ending", type.ending)}"`;
}

function noFolder(path: string): AppError {
  return new AppError("bad-request", `There is no folder called "${path}" that you can see.`);
}

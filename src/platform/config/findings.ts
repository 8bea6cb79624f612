import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { z } from "zod";
import { nearest } from "./nearest.ts";

/** Something wrong with the configuration. */
export interface ConfigFinding {
  /** Dotted key, as `services.storage.durability`; or the variable or option that is wrong, as `HEARTH_LISTEN`. */
  readonly path: string;
  /** Counted from 1; 0 when it does not stand in the file. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
}

type Path = readonly PropertyKey[];

interface Place {
  readonly document: Document;
  readonly lines: LineCounter;
}

const maxListed = 12;

/** What zod found, with the place in the file that each finding is about. */
export function findingsOf(error: z.core.$ZodError, place: Place, schema: JsonSchema): ConfigFinding[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") {
      return [{ path: dotted(issue.path), ...positionOf(issue.path, place), message: messageOf(issue) }];
    }
    const known = knownKeys(issue.path, schema);
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { path: dotted(path), ...positionOf(path, place, true), message: `unknown key${guess(key, known)}` };
    });
  });
}

const dotted = (path: Path): string => path.map(String).join(".");

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return issue.issues.map((inner) => inner.message).join("; ");
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    const given = typeof issue.input === "string" ? guess(issue.input, values) : `, use one of ${values.join(", ")}`;
    return `not a known value${given}`;
  }
  if (issue.input === null) return "is empty: give it a value or remove the line";
  return issue.message.replace(/^Invalid input: /, "");
}

function guess(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `, did you mean ${near}?`;
  return known.length > 0 && known.length <= maxListed ? `, use one of ${known.join(", ")}` : "";
}

/** The keys that may stand in the group at `path`. */
function knownKeys(path: Path, schema: JsonSchema): string[] {
  let at: JsonSchema | undefined = schema;
  for (const step of path) {
    const rest: JsonSchema | boolean | undefined = at?.additionalProperties;
    at = at?.properties?.[String(step)] ?? (typeof rest === "object" ? rest : undefined);
  }
  return Object.keys(at?.properties ?? {});
}

/** Where the value at `path` stands; the key when `atKey` or when the value is a group; the last known parent otherwise. */
function positionOf(path: Path, { document, lines }: Place, atKey = false): { line: number; column: number } {
  let node: unknown = document.contents;
  let offset = rangeStart(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const found = childOf(node, step);
    if (found === undefined) break;
    const plain = isScalar(found.value) && found.value.value !== null;
    const keyOnly = !plain || (atKey && index === path.length - 1);
    offset = (keyOnly ? found.keyOffset : rangeStart(found.value)) ?? rangeStart(found.value) ?? offset;
    node = found.value;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function childOf(node: unknown, step: PropertyKey): { keyOffset: number | undefined; value: unknown } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { keyOffset: rangeStart(value), value };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
  return pair === undefined ? undefined : { keyOffset: rangeStart(pair.key), value: pair.value };
}

function rangeStart(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

import { AppError } from "#platform/errors";
import { readText } from "#platform/http";
import type { OcsCall } from "./ocs-routes.ts";

const maxBodyBytes = 64 * 1024;

/** The parameters of a request: of the query, and of a body that is a form or JSON. Throws `bad-request`. */
export async function readParameters({ request, query }: OcsCall): Promise<ReadonlyMap<string, string>> {
  const found = new Map(query);
  const text = request.method === "GET" ? "" : await readText(request, maxBodyBytes);
  if (text === "") return found;
  if (request.headers.get("content-type")?.includes("json") !== true) {
    for (const [key, value] of new URLSearchParams(text)) found.set(key, value);
    return found;
  }
  for (const [key, value] of Object.entries(parseObject(text))) {
    if (["string", "number", "boolean"].includes(typeof value)) found.set(key, String(value));
  }
  return found;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new AppError("bad-request", "The body is not JSON.", { cause });
  }
  throw new AppError("bad-request", "The body is not an object.");
}

/** The last moment of a day written as `2026-12-31`; null for an empty text, undefined when nothing was said. */
export function readExpiry(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === "") return null;
  const day = /^(\d{4}-\d{2}-\d{2})/.exec(text.trim())?.[1];
  const timeMs = Date.parse(`${day}T23:59:59.999Z`);
  if (Number.isNaN(timeMs)) throw new AppError("bad-request", "expireDate is written as 2026-12-31.");
  return timeMs;
}

export function readPermissions(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bits = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(bits >= 1 && bits <= 31)) throw new AppError("bad-request", "permissions is a number from 1 to 31.");
  return bits;
}

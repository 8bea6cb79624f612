import { AppError } from "#platform/errors";
import { renderOpenApi, type Runner } from "#platform/usecase";
import type { HttpHandler } from "./http.ts";
import { requireSameOrigin } from "./origin.ts";

const maxBodyBytes = 1024 * 1024;
const jsonHeaders = { "content-type": "application/json", "cache-control": "no-store" };

/** `POST /api/<operation>` with JSON in and out, and `/api/openapi.json`. */
export function apiHandler(runner: Runner): HttpHandler {
  let openApi: string | undefined;
  return async (request, context) => {
    const name = context.path.slice("/api/".length);
    if (name === "openapi.json") {
      openApi ??= JSON.stringify(renderOpenApi(runner.implementations.values()));
      return new Response(openApi, { headers: jsonHeaders });
    }
    if (request.method !== "POST") throw new AppError("method-not-allowed", "Operations are called with POST.");
    const actor = await context.actor();
    if (actor.via === "session" || isFromBrowser(request)) requireSameOrigin(request);
    const replyHeaders = new Headers(jsonHeaders);
    const output = await runner.run(name, await readJson(request), {
      actor,
      requestId: context.requestId,
      address: context.address,
      certificate: context.certificate,
      userAgent: request.headers.get("user-agent") ?? "",
      host: request.headers.get("host") ?? undefined,
      secure: request.url.startsWith("https:"),
      cookieHeader: request.headers.get("cookie") ?? undefined,
      replyHeaders,
    });
    return new Response(JSON.stringify(output), { headers: replyHeaders });
  };
}

/** Also without a cookie: another site must not log a visitor in as somebody else. */
function isFromBrowser({ headers }: Request): boolean {
  return headers.has("cookie") || headers.has("origin") || headers.has("sec-fetch-site");
}

async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) throw new AppError("too-large");
  const text = await readText(request, maxBodyBytes);
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("bad-request", "The body is not JSON.", { cause });
  }
}

/** The body as text, refused as soon as it is larger than `maxBytes`. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  if (request.body === null) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let sizeBytes = 0;
  for await (const chunk of request.body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw new AppError("too-large");
    text += decode(decoder, chunk);
  }
  return text + decode(decoder);
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch (cause) {
    throw new AppError("bad-request", "The body is not UTF-8.", { cause });
  }
}

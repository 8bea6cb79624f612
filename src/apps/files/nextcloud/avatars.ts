import type { Dav } from "#apps/files/webdav";
import { requirePerson } from "#apps/files/webdav";
import type { DerivedCache } from "#cache/derived";
import { AppError } from "#platform/errors";
import type { HttpHandler } from "#platform/http";
import type { Actor } from "#platform/usecase";
import type { Identity } from "#security/identity";
import { figure, glyphs } from "./avatar-glyphs.ts";

export interface AvatarDeps {
  readonly dav: Pick<Dav, "mounts" | "findSpace">;
  readonly identity: Pick<Identity, "findByName">;
  readonly cache: DerivedCache;
}

const address =
  /^\/(?:index\.php\/avatar\/([^/]+)\/(\d{1,4})(?:\/dark)?|remote\.php\/dav\/avatars\/([^/]+)\/(\d{1,4})(?:\.png)?)$/;
/** Tones of the page that carry white. */
const tones = ["#bf4405", "#8a3003", "#1c7c3c", "#8a5a00", "#c92a2a", "#55555e"] as const;
const sizes = [64, 128, 256, 512] as const;
/** Part of the key: raised when pictures are made in another way. */
const recipe = 1;

/** `/index.php/avatar/USER/SIZE` and `/remote.php/dav/avatars/USER/SIZE.png`: initials on a colour of the person's own. */
export function createAvatars(deps: AvatarDeps): HttpHandler {
  return async (request, context) => {
    if (request.method !== "GET" && request.method !== "HEAD") throw new AppError("method-not-allowed");
    const actor = requirePerson(await context.actor());
    const found = address.exec(context.path);
    const name = decode(found?.[1] ?? found?.[3] ?? "");
    const person = mayKnow(deps, actor, name) ? deps.identity.findByName(name) : undefined;
    // Whoever may not know somebody is told the same as of nobody.
    if (person === undefined) throw new AppError("not-found");
    const wanted = Number(found?.[2] ?? found?.[4]);
    const size = sizes.find((one) => one >= wanted) ?? 512;
    const initials = initialsOf(person.displayName);
    const tone = tones[Number(Bun.hash(person.name) % BigInt(tones.length))] ?? tones[0];
    const key = `avatar:${recipe}:${initials}:${tone}:${size}`;
    const etag = `"${Bun.hash(key).toString(36)}"`;
    const headers = { etag, "cache-control": "private, max-age=3600", "x-nc-iscustomavatar": "0" };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    const picture = await deps.cache.get(key, () => draw(initials, tone, size));
    if (picture === null) throw new AppError("not-found");
    const typed = { ...headers, "content-type": "image/png", "content-length": String(picture.byteLength) };
    return new Response(request.method === "HEAD" ? null : new Uint8Array(picture), { headers: typed });
  };
}

/** Oneself, whoever shared something with one, and everybody for those who may see who is here. */
function mayKnow({ dav }: AvatarDeps, actor: Actor, name: string): boolean {
  if (name === actor.name || actor.capabilities.has("people.read")) return true;
  return dav.mounts.shared(actor).some(({ node }) => {
    const space = dav.findSpace.byId(node.spaceId);
    return space.kind === "home" && space.name === name;
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text).toLowerCase();
  } catch {
    return "";
  }
}

/** Of the first and the last word, as far as they can be drawn; empty when none can. */
export function initialsOf(displayName: string): string {
  const words = displayName.normalize("NFD").toUpperCase().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = ends.map((word) => /[\p{L}\p{N}]/u.exec(word ?? "")?.[0] ?? "");
  return letters.every((letter) => letter in glyphs) ? letters.join("") : "";
}

async function draw(initials: string, tone: string, size: number): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const letters = initials === "" ? [figure] : [...initials].map((letter) => glyphs[letter] ?? "");
  const drawn = letters.map((path, index) => {
    const x = 60 + (index - (letters.length - 1) / 2) * 92 - 30;
    return `<path d="${path}" transform="translate(${x} 10)"/>`;
  });
  const stroke = `fill="none" stroke="#fff" stroke-width="13" stroke-linecap="round" stroke-linejoin="round"`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="-110 -110 340 340">` +
    `<rect x="-110" y="-110" width="340" height="340" fill="${tone}"/><g ${stroke}>${drawn.join("")}</g></svg>`;
  return sharp(Buffer.from(svg)).png({ compressionLevel: 9 }).toBuffer();
}

import { type Actor, anonymous } from "#platform/usecase";
import type { Factor, Permission, Role } from "#wire";
import type { AppOf } from "./apps.ts";
import type { MadeUpRequest } from "./contract.ts";
import type { Facts } from "./facts.ts";
import { normalisePath } from "./paths.ts";
import type { Place, Places } from "./places.ts";
import { minuteAt } from "./time-windows.ts";

/** Undefined for a name that is no operation. */
export type PermissionOf = (operation: string) => Permission | undefined;

interface MadeUpDeps {
  readonly appOf: AppOf;
  readonly places: Places;
  /** Of an account; undefined when there is none of this name. */
  readonly rolesOf: (name: string) => readonly Role[] | undefined;
  /** For a request that says no time. */
  readonly minute: number;
}

const factorsOf: Readonly<Record<string, readonly Factor[]>> = {
  none: [],
  "one-factor": ["password"],
  "two-factor": ["password", "totp"],
};

/** A request that never happened, as rules see it. */
export function madeUpFacts(request: MadeUpRequest, deps: MadeUpDeps): Facts {
  const query = request.path.indexOf("?");
  const rawPath = query === -1 ? request.path : request.path.slice(0, query);
  const usedUp = new Set(request.usedUp);
  return {
    method: request.method,
    app: deps.appOf(rawPath),
    path: normalisePath(rawPath),
    place: placeOf(request, deps.places),
    actor: actorOf(request, deps),
    hasCertificate: request.certificate,
    minute: request.at === undefined ? deps.minute : minuteAt(request.at.day, request.at.time),
    bodyBytes: request.bodyBytes ?? Infinity,
    contentType: bareType(request.contentType ?? ""),
    isUsedUp: ({ rule }) => usedUp.has(rule.id),
  };
}

export function bareType(header: string): string {
  const end = header.indexOf(";");
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase();
}

function placeOf({ address, zone, country }: MadeUpRequest, places: Places): Place {
  const place = places.of(address);
  const { bytes, line, lineText, sets, known } = place;
  const asked = zone ?? place.zone;
  const inside = asked !== "outside";
  return { bytes, line, lineText, sets, known, zone: asked, inside, country: country ?? place.country };
}

function actorOf(request: MadeUpRequest, { rolesOf }: MadeUpDeps): Actor {
  const { user } = request;
  const via = request.via ?? (user === undefined ? "none" : "session");
  const strength = request.strength ?? (user === undefined || via === "app-password" ? "none" : "one-factor");
  const roles = request.roles ?? (user === undefined ? [] : (rolesOf(user) ?? []));
  const isPerson = user !== undefined || roles.length > 0;
  const name = user?.toLowerCase() ?? "";
  return {
    ...anonymous,
    kind: isPerson ? "person" : "visitor",
    name,
    roles,
    via,
    factors: factorsOf[strength] ?? [],
  };
}

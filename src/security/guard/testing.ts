import fc from "fast-check";
import { type Actor, anonymous } from "#platform/usecase";
import { type Factor, roles } from "#wire";
import { createAppOf } from "./apps.ts";
import { type Conditions, guardApps, type Outcome, type PlainConditions, type Rule, weekdays } from "./contract.ts";
import type { Facts } from "./facts.ts";
import { normalisePath } from "./paths.ts";
import { createPlaces, type Places } from "./places.ts";
import { parseNetwork } from "./addresses.ts";

/** A small world in which random rules and random requests meet often. */
const methods = ["GET", "PUT", "POST", "PROPFIND"];
const segments = ["a", "b", "a.b", "list"];
const addresses = [
  "192.168.1.7",
  "10.8.0.3",
  "203.0.113.9",
  "203.0.113.200",
  "198.51.100.4",
  "2001:db8::1",
  "2001:db8:0:1::5",
  "fe80::1",
];
const ranges = [
  ...addresses,
  "192.168.0.0/16",
  "203.0.113.0/24",
  "203.0.113.128/25",
  "0.0.0.0/0",
  "2001:db8::/32",
  "2001:db8::/64",
  "::/0",
];
const sets = {
  household: ["192.168.0.0/16", "fe80::/10"],
  vpn: ["10.8.0.0/24"],
  work: ["198.51.100.0/24", "203.0.113.128/25"],
};
const countries: Readonly<Record<string, string>> = { "203.0.113.9": "DE", "198.51.100.4": "FR", "2001:db8::1": "DE" };
const users = ["anna", "ben", "eve"];
const vias = ["session", "app-password", "password", "none"] as const;
const types = ["", "image/png", "image/jpeg", "text/plain"];
const operations: Readonly<Record<string, "public" | "self" | "people.manage">> = {
  "session.login": "public",
  "people.list": "people.manage",
  "files.list": "self",
};

export const testAppOf = createAppOf((name) => operations[name]);
export const testPlaces = (): Places =>
  createPlaces(sets, { household: [], vpn: [] }, (address) => countries[address] ?? null);

/** What a request of the small world says, in plain values. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly address: string;
  readonly user: string;
  readonly roles: readonly (typeof roles)[number][];
  readonly via: (typeof vias)[number];
  readonly factors: readonly Factor[];
  readonly certificate: boolean;
  readonly minute: number;
  readonly bodyBytes: number;
  readonly contentType: string;
  readonly usedUp: readonly string[];
}

const literalPath = fc.array(fc.constantFrom(...segments), { maxLength: 3 }).map((parts) => `/${parts.join("/")}`);
const operationPath = fc.constantFrom(...Object.keys(operations)).map((name) => `/api/${name}`);
const requestPath = fc.oneof(
  literalPath,
  operationPath,
  literalPath.map((path) => `/dav${path === "/" ? "" : path}`),
);
const pattern = fc.oneof(
  requestPath,
  fc
    .array(fc.constantFrom(...segments, "*", "**", "a*", "*b", "a.*"), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join("/")}`),
  fc.constantFrom("/**", "/dav/**", "/api/people.*", "/dav/*/b", "/dav/**/b", "/*"),
);

export const arbitraryRequest: fc.Arbitrary<PlainRequest> = fc.record({
  method: fc.constantFrom(...methods),
  path: requestPath,
  address: fc.constantFrom(...addresses),
  user: fc.constantFrom("", ...users),
  roles: fc.uniqueArray(fc.constantFrom(...roles), { maxLength: 2 }),
  via: fc.constantFrom(...vias),
  factors: fc.constantFrom<readonly Factor[]>([], ["password"], ["passkey"], ["password", "totp"]),
  certificate: fc.boolean(),
  minute: fc.nat(7 * 24 * 60 - 1),
  bodyBytes: fc.constantFrom(0, 10, 1000, Infinity),
  contentType: fc.constantFrom(...types),
  usedUp: fc.uniqueArray(
    fc.nat(11).map((n) => `r${n}`),
    { maxLength: 6 },
  ),
});

const some = <T>(...values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const clock = fc
  .nat(24 * 4 - 1)
  .map((n) => `${String(Math.floor(n / 4)).padStart(2, "0")}:${String((n % 4) * 15).padStart(2, "0")}`);
const plain: { [K in keyof Required<PlainConditions>]: fc.Arbitrary<NonNullable<PlainConditions[K]>> } = {
  methods: some(...methods),
  paths: fc.array(pattern, { minLength: 1, maxLength: 3 }),
  apps: some(...guardApps),
  roles: some(...roles),
  users: some(...users, "Anna"),
  strengths: some("none", "one-factor", "two-factor"),
  vias: some(...vias),
  certificate: fc.boolean(),
  zones: some("household", "vpn", "outside", "work"),
  addresses: some(...ranges),
  countries: some("DE", "FR"),
  times: fc.array(fc.record({ days: some(...weekdays), from: clock, to: clock }), { minLength: 1, maxLength: 2 }),
  bodyBytes: fc.constantFrom({ min: 10 }, { max: 500 }, { min: 5, max: 1000 }, {}),
  contentTypes: some("image/*", "image/png", "text/plain"),
};
/** One to three of the conditions, so that rules match now and then. */
const plainConditions: fc.Arbitrary<PlainConditions> = fc
  .uniqueArray(fc.constantFrom(...(Object.keys(plain) as (keyof PlainConditions)[])), { maxLength: 3 })
  .chain((keys) => fc.record(Object.fromEntries(keys.map((key): [string, fc.Arbitrary<unknown>] => [key, plain[key]]))))
  .map((conditions) => conditions as PlainConditions);
const limit = { perMs: fc.constant(60_000), by: fc.constantFrom("address", "user", "session") } as const;
const conditions: fc.Arbitrary<Conditions> = fc
  .tuple(
    plainConditions,
    fc.option(fc.record({ requests: fc.constant(10), ...limit }), { freq: 5, nil: undefined }),
    fc.option(plainConditions, { freq: 4, nil: undefined }),
  )
  .map(([when, rate, unless]) => ({
    ...when,
    ...(rate === undefined ? {} : { rate }),
    ...(unless === undefined ? {} : { unless }),
  }));
const action = fc.constantFrom<Rule["action"]>(
  { kind: "allow" },
  { kind: "deny" },
  { kind: "challenge" },
  { kind: "throttle", retryAfterMs: 30_000 },
  { kind: "ban" },
  { kind: "log" },
);

export const arbitraryRules: fc.Arbitrary<Rule[]> = fc
  .array(fc.record({ when: conditions, action, shadow: fc.boolean(), enabled: fc.nat(9).map((n) => n > 0) }), {
    maxLength: 40,
  })
  .map((drafts) => drafts.map((draft, index) => ({ ...draft, id: `r${index % 12}`, title: `rule ${index}` })));

export function actorOf({ user, roles: held, via, factors }: PlainRequest): Actor {
  return { ...anonymous, kind: user === "" ? "visitor" : "person", name: user, roles: held, via, factors };
}

export function factsOf(request: PlainRequest, places: Places, actor: Actor | undefined = actorOf(request)): Facts {
  const usedUp = new Set(request.usedUp);
  return {
    method: request.method,
    app: testAppOf(request.path),
    path: normalisePath(request.path),
    place: places.of(request.address),
    actor,
    hasCertificate: request.certificate,
    minute: request.minute,
    bodyBytes: request.bodyBytes,
    contentType: request.contentType,
    isUsedUp: ({ rule }) => usedUp.has(rule.id),
  };
}

/** The rules as the guide tells them, written down a second time and as plainly as can be; shares no code with the guard. */
export function decideNaively(rules: readonly Rule[], request: PlainRequest) {
  const noted: string[] = [];
  for (const rule of rules) {
    const { unless, rate, budget, ...when } = rule.when;
    if (!rule.enabled || !holds(when, request)) continue;
    if (unless !== undefined && holds(unless, request)) continue;
    if (rule.action.kind === "challenge" && isMet(request)) continue;
    const isLimited = rate !== undefined || budget !== undefined;
    if (isLimited && !request.usedUp.includes(rule.id)) continue;
    const isInside = zoneOf(request) !== "outside";
    const spared = isLimited ? ("throttle" as const) : ("deny" as const);
    const effect = rule.action.kind === "ban" && isInside ? spared : rule.action.kind;
    if (rule.shadow || effect === "log") noted.push(`${rule.title} ${effect}`);
    else return { outcome: effect satisfies Outcome, title: rule.title, noted };
  }
  return { outcome: "allow" as const, title: null, noted };
}

const strength = ({ factors }: PlainRequest) =>
  factors.length === 0 ? "none" : factors.length > 1 || factors[0] === "passkey" ? "two-factor" : "one-factor";
const isMet = (request: PlainRequest) =>
  strength(request) === "two-factor" || ["page", "login", "health", "pki"].includes(appIn(request.path));

function appIn(path: string): string {
  const operation = path.startsWith("/api/") ? operations[path.slice(5)] : undefined;
  if (path.startsWith("/dav")) return "webdav";
  if (operation === "public") return "login";
  if (operation === "people.manage") return "admin";
  return path.startsWith("/api/") ? "api" : "page";
}

const inRange = (address: string, range: string) => {
  const bits = (text: string) =>
    [...(parseNetwork(text)?.bytes ?? [])].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const network = parseNetwork(range);
  const prefix = bits(range).slice(0, network?.prefix);
  return bits(address).length === bits(range).length && bits(address).startsWith(prefix);
};
const zoneOf = ({ address }: PlainRequest) =>
  address.startsWith("10.8.0.")
    ? "vpn"
    : address.startsWith("192.168.") || address.startsWith("fe80:")
      ? "household"
      : "outside";

function holds(when: PlainConditions, request: PlainRequest): boolean {
  const { method, path, address, minute, bodyBytes, contentType } = request;
  const within = <T>(list: readonly T[] | undefined, value: T) => list === undefined || list.includes(value);
  const zones = [zoneOf(request), ...(sets.work.some((range) => inRange(address, range)) ? ["work"] : [])];
  const { min = 0, max = Infinity } = when.bodyBytes ?? {};
  return (
    within(when.methods, method) &&
    (when.paths?.some((one) => new RegExp(`^${sourceOf(one)}$`).test(path)) ?? true) &&
    within<string>(when.apps, appIn(path)) &&
    (when.roles?.some((role) => request.roles.includes(role)) ?? true) &&
    within(
      when.users?.map((name) => name.toLowerCase()),
      request.user,
    ) &&
    within<string>(when.strengths, strength(request)) &&
    within<string>(when.vias, request.via) &&
    (when.certificate === undefined || when.certificate === request.certificate) &&
    (when.zones?.some((zone) => zones.includes(zone)) ?? true) &&
    (when.addresses?.some((range) => inRange(address, range)) ?? true) &&
    within(when.countries, countries[address] ?? "") &&
    (when.times?.some((window) => isWithin(window, minute)) ?? true) &&
    bodyBytes >= min &&
    bodyBytes <= max &&
    (when.contentTypes?.some(
      (type) => type === contentType || (type === "image/*" && contentType.startsWith("image/")),
    ) ??
      true)
  );
}

/** A normal path has no empty segment but the root, which is one. */
function sourceOf(one: string): string {
  return one
    .slice(1)
    .split("/")
    .map((part) => (part === "**" ? "(/[^/]*)*" : `/${part.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}`))
    .join("");
}

/** Minute by minute, as a person with a watch would. */
function isWithin({ days, from, to }: NonNullable<PlainConditions["times"]>[number], minute: number): boolean {
  const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const day = Math.floor(minute / 1440);
  const today = weekdays[day];
  const yesterday = weekdays[(day + 6) % 7];
  const now = minute % 1440;
  const [start, end] = [minutesOf(from), minutesOf(to)];
  if (start < end) return today !== undefined && days.includes(today) && now >= start && now < end;
  const begun = today !== undefined && days.includes(today) && now >= start;
  return begun || (yesterday !== undefined && days.includes(yesterday) && now < end);
}

import { type Actor, anonymous } from "#platform/usecase";
import { compileRules, createAppOf, createPlaces, type Facts, normalisePath, type Rule } from "#security/guard";
import { interleave } from "../kit/rounds.ts";
import { median } from "../kit/stats.ts";
import type { Figure, PartResult, Settings } from "../kit/types.ts";
import { limitVerdict } from "../kit/verdict.ts";

type When = Rule["when"];
const minuteMs = 60_000;

/** Ten kinds of rules, as a household could pile them up; hardly any decides a request of the mix, so all are in the way. */
const kinds: readonly ((n: number) => { readonly when: When; readonly kind: "deny" | "challenge" | "log" })[] = [
  (n) => ({ when: { addresses: [`198.18.${n % 250}.0/24`, `2001:db8:${n}::/48`] }, kind: "deny" }),
  (n) => ({
    when: { users: [`person${n}`], paths: [`/dav/spaces/Space${n}/**`], methods: ["PUT", "DELETE"] },
    kind: "deny",
  }),
  (n) => ({ when: { paths: [`/api/noun${n}.*`], zones: ["outside"] }, kind: "deny" }),
  (n) => ({ when: { apps: ["login"], countries: [n % 2 === 0 ? "XX" : "YY"] }, kind: "deny" }),
  (n) => ({
    when: { apps: ["links"], paths: [`/s/token${n}/**`], rate: { requests: 1e6, perMs: minuteMs, by: "address" } },
    kind: "deny",
  }),
  (n) => ({
    when: { users: [`child${n}`], times: [{ days: ["mon", "tue", "wed"], from: "21:00", to: "06:30" }] },
    kind: "deny",
  }),
  (n) => ({ when: { roles: ["guest"], paths: [`/dav/home/private${n}/**`] }, kind: "deny" }),
  (n) => ({
    when: { apps: ["uploads"], contentTypes: [`application/x-kind${n}`], bodyBytes: { min: 1e9 } },
    kind: "deny",
  }),
  (n) => ({
    when: { paths: [`/api/admin${n}.*`], zones: ["outside"], unless: { roles: ["owner"] } },
    kind: "challenge",
  }),
  (n) => ({
    when: { zones: ["vpn"], addresses: [`10.8.${n % 250}.0/24`], paths: [`/dav/spaces/${n}/*/x*`] },
    kind: "log",
  }),
];

function manyRules(count: number): Rule[] {
  return Array.from({ length: count }, (_, n) => {
    const { when, kind } = (kinds[n % kinds.length] ?? (kinds[0] as (typeof kinds)[number]))(n);
    return { id: `rule-${n}`, title: `rule ${n}`, enabled: true, shadow: false, when, action: { kind } };
  });
}

const person = (name: string): Actor => ({
  ...anonymous,
  kind: "person",
  userId: name.length,
  name,
  roles: ["member"],
  via: "session",
  credentialId: name,
  factors: ["password"],
});
const people = Array.from({ length: 20 }, (_, n) => person(`member${n}`));

interface Mixed {
  readonly method: string;
  readonly path: string;
}

const mix: readonly ((n: number) => Mixed)[] = [
  (n) => ({ method: "GET", path: `/api/files/content/${n}` }),
  (n) => ({ method: "PROPFIND", path: `/dav/home/Photos/2026/${n}/` }),
  (n) => ({ method: "PUT", path: `/dav/spaces/Family/scan-${n}.pdf` }),
  () => ({ method: "POST", path: "/api/files.list" }),
  (n) => ({ method: "GET", path: `/s/abcdef${n}/content/12` }),
  () => ({ method: "POST", path: "/api/session.login" }),
  (n) => ({ method: "PATCH", path: `/api/uploads/${n}` }),
  () => ({ method: "GET", path: "/assets/index.js" }),
];

const appOf = createAppOf((name) => (name === "session.login" ? "public" : "self"));

/** What the gate finds out lazily is lazy here too; places and actors are known, as for a client that comes again. */
function factsOf(n: number, places: ReturnType<typeof createPlaces>, cold: boolean): Facts {
  const { method, path } = (mix[n % mix.length] ?? (mix[0] as (typeof mix)[number]))(n);
  const address = cold ? `203.${n % 250}.${(n >> 8) % 250}.${n % 199}` : `203.0.113.${n % 200}`;
  const actor = people[n % people.length];
  const app = appOf(path);
  return {
    method,
    app,
    get path() {
      return normalisePath(path);
    },
    get place() {
      return places.of(address);
    },
    actor,
    hasCertificate: false,
    minute: 600,
    bodyBytes: 1000,
    contentType: "application/octet-stream",
    isUsedUp: () => false,
  };
}

const nothing = () => undefined;

/** The same rules one after the other, each compiled, without any index: what the indexes are worth. */
function linear({ rules }: ReturnType<typeof compileRules>, facts: Facts): boolean {
  for (const { rule, tests } of rules) {
    const holds = [tests.head, tests.request, tests.place, tests.actor].every((group) =>
      group.every((test) => test.holds(facts)),
    );
    if (holds && rule.when.rate === undefined && rule.action.kind === "deny") return true;
  }
  return false;
}

/** Median microseconds of single decisions. */
function timed(requests: readonly Facts[], decide: (facts: Facts) => unknown): number {
  const tookNs: number[] = [];
  for (const facts of requests) {
    const began = Bun.nanoseconds();
    decide(facts);
    tookNs.push(Bun.nanoseconds() - began);
  }
  return median(tookNs) / 1000;
}

export async function guardRules(settings: Settings): Promise<PartResult> {
  const count = settings.quick ? 4_000 : 20_000;
  const figures: Figure[] = [];
  for (const size of [10, 100, 1000, 2000]) {
    const compiled = compileRules(manyRules(size));
    const places = createPlaces({}, { household: [], vpn: [] }, () => "DE");
    const warm = Array.from({ length: count }, (_, n) => factsOf(n, places, false));
    const cold = Array.from({ length: count }, (_, n) => factsOf(n, places, true));
    const few = warm.slice(0, count / 10);
    const samples = await interleave(
      [
        { name: "Hearth", run: async () => timed(warm, (facts) => compiled.decide(facts, nothing)) },
        {
          name: "Hearth, every address new",
          run: async (round) => {
            const fresh = createPlaces({}, { household: [], vpn: [] }, () => (round % 2 === 0 ? "DE" : "FR"));
            const facts = cold.map((_, n) => factsOf(n, fresh, true));
            return timed(facts, (one) => compiled.decide(one, nothing));
          },
        },
        { name: "one rule after the other", run: async () => timed(few, (facts) => linear(compiled, facts)) },
      ],
      settings.rounds,
    );
    figures.push({ part: "guard-rules", title: `one decision, ${size} rules`, unit: "µs", samples });
  }
  const thousand = figures.find(({ title }) => title.includes("1000"));
  const verdicts = thousand === undefined ? [] : limitVerdict(thousand, { ours: "Hearth", atMost: 5 });
  return { figures, verdicts };
}

import type { Conditions, PlainConditions, Rule } from "#contract/security/guard";
import { ruleWords as t } from "#web/strings/guard.ts";
import { formatBytes } from "#web/ui/format.ts";
import { periodOf } from "./periods.ts";

/** What a rule does, as one sentence in plain words. Pure; the words are in the catalogue. */
export function sentenceOf(rule: Pick<Rule, "when" | "action" | "shadow">): string {
  const { unless, methods, ...rest } = rule.when;
  const clauses = [...plainClauses(rest), ...limitClauses(rule.when)];
  const isEverything = methods === undefined && clauses.length === 0;
  const subject = isEverything ? t.everything : methods ? `${methods.join(t.or)} ${t.requests}` : t.Requests;
  const exception = unless === undefined ? [] : [t.except(exceptionOf(unless))];
  // Commas around and within a long middle keep its parts apart for the eye.
  const isLong = clauses.length + exception.length > 2;
  const middle = [...clauses, ...exception].join(isLong ? ", " : " ");
  const head = [subject, middle].filter(Boolean).join(" ");
  return `${head}${isLong ? "," : ""} ${verb(rule, isEverything)}.`;
}

function verb({ action, shadow }: Pick<Rule, "action" | "shadow">, isOne: boolean): string {
  if (action.kind === "throttle") {
    const seconds = Math.round(action.retryAfterMs / 1000);
    return shadow ? t.wouldWait(seconds) : t.waits(seconds);
  }
  if (shadow) return t.would[action.kind];
  return (isOne ? t.one : t.does)[action.kind];
}

const namedAtMost = 3;

/** `a or b`; of a long list the first, and how many there are besides. */
function either(words: readonly string[]): string {
  if (words.length <= namedAtMost + 1) return words.join(t.or);
  return [...words.slice(0, namedAtMost), t.others(words.length - namedAtMost)].join(t.or);
}

function exceptionOf({ methods, ...rest }: PlainConditions): string {
  return [...(methods ? [methods.join(t.or)] : []), ...plainClauses(rest)].join(", ");
}

/** Each condition that is given as a clause, in the order people tell it: what, who, how, from where, when. */
function plainClauses(when: PlainConditions): string[] {
  return [
    when.apps && t.for(either(when.apps.map((app) => t.apps[app]))),
    when.paths && t.to(either(when.paths)),
    ...bodyClauses(when),
    when.users && t.by(either(when.users)),
    when.roles && t.by(either(when.roles.map((role) => t.roles[role]))),
    when.strengths && t.with(either(when.strengths.map((strength) => t.strengths[strength]))),
    when.vias && viaClause(when.vias),
    when.certificate !== undefined && (when.certificate ? t.certificate : t.noCertificate),
    when.zones && t.from(either(when.zones.map(zoneName))),
    when.addresses && t.from(either(when.addresses)),
    when.countries && t.from(either(when.countries.map(countryName))),
    when.times && either(when.times.map(timeClause)),
  ].filter((clause) => typeof clause === "string");
}

function bodyClauses({ bodyBytes, contentTypes }: PlainConditions): string[] {
  const { min, max } = bodyBytes ?? {};
  const size =
    min !== undefined && max !== undefined
      ? [t.ofBetween(formatBytes(min), formatBytes(max))]
      : [
          ...(min === undefined ? [] : [t.ofAtLeast(formatBytes(min))]),
          ...(max === undefined ? [] : [t.ofAtMost(formatBytes(max))]),
        ];
  return [...size, ...(contentTypes ? [t.sending(either(contentTypes))] : [])];
}

function viaClause(vias: NonNullable<PlainConditions["vias"]>): string {
  const known = vias.filter((via) => via !== "none").map((via) => t.vias[via]);
  const parts = [
    ...(known.length > 0 ? [t.through(either(known))] : []),
    ...(vias.includes("none") ? [t.by(t.nobody)] : []),
  ];
  return either(parts);
}

function limitClauses({ rate, budget }: Conditions): string[] {
  return [
    ...(rate ? [t.beyondRequests(rate.requests, periodText(rate.perMs), t.counted[rate.by])] : []),
    ...(budget ? [t.beyondBytes(formatBytes(budget.bytes), periodText(budget.perMs), t.counted[budget.by])] : []),
  ];
}

function periodText(perMs: number): string {
  const period = periodOf(perMs);
  return period === null ? t.seconds(perMs / 1000) : t.periods[period];
}

function zoneName(zone: string): string {
  return zone === "household" || zone === "vpn" || zone === "outside" ? t.zones[zone] : t.set(zone);
}

const regions = new Intl.DisplayNames("en", { type: "region", fallback: "code" });
export const countryName = (code: string): string => regions.of(code) ?? code;

const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

function timeClause({ days, from, to }: NonNullable<PlainConditions["times"]>[number]): string {
  const named = days.length === week.length ? t.everyDay : t.on(dayRuns(days));
  return from === to ? named : `${named} ${t.between(from, to)}`;
}

/** Days that follow each other as `Sun–Thu`, also over the end of the week. */
function dayRuns(days: readonly (typeof week)[number][]): string {
  const held = week.map((day) => days.includes(day));
  const starts = week.flatMap((_, at) => (held[at] && !held[(at + week.length - 1) % week.length] ? [at] : []));
  const run = (start: number): string => {
    let length = 1;
    while (length < week.length && held[(start + length) % week.length]) length += 1;
    const name = (at: number): string => t.days[week[at % week.length] ?? "mon"];
    if (length === 1) return name(start);
    return length === 2 ? `${name(start)}, ${name(start + 1)}` : `${name(start)}–${name(start + length - 1)}`;
  };
  return starts.map(run).join(", ");
}

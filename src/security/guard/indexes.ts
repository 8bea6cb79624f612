import { type Actor, strengthOf } from "#platform/usecase";
import { createNetworkMap, parseNetwork } from "./addresses.ts";
import { addBit, type Bits, bitsWhere, both, emptyBits, isEmpty } from "./bits.ts";
import { type GuardApp, guardApps, type Rule } from "./contract.ts";
import type { Place } from "./places.ts";
import { inWindows } from "./time-windows.ts";

/** The rules that a request with these values can match; undefined when no rule asks for such values. */
type ValueIndex = (values: readonly string[]) => Bits;

function createValueIndex(
  rules: readonly Rule[],
  wantedOf: (rule: Rule) => readonly string[] | undefined,
): ValueIndex | undefined {
  if (rules.every((rule) => wantedOf(rule) === undefined)) return undefined;
  const anything = bitsWhere(rules.length, (i) => rules[i] !== undefined && wantedOf(rules[i]) === undefined);
  const byValue = new Map<string, Bits>();
  rules.forEach((rule, index) => {
    for (const value of wantedOf(rule) ?? []) {
      const bits = byValue.get(value) ?? emptyBits(rules.length);
      addBit(bits, index);
      byValue.set(value, bits);
    }
  });
  return (values) => {
    const bits = anything.slice();
    for (const value of values) byValue.get(value)?.forEach((word, i) => void (bits[i] = (bits[i] ?? 0) | word));
    return bits;
  };
}

/** The enabled rules by app and method; undefined when there is none. */
export function createRequestIndex(rules: readonly Rule[]): (app: GuardApp, method: string) => Bits | undefined {
  const enabled = bitsWhere(rules.length, (i) => rules[i]?.enabled === true);
  const byApp = createValueIndex(rules, ({ when }) => when.apps);
  const byMethod = createValueIndex(rules, ({ when }) => when.methods);
  const named = new Set(rules.flatMap(({ when }) => when.methods ?? []));
  const table = new Map<GuardApp, Map<string, Bits | undefined>>();
  for (const app of guardApps) {
    const ofApp = byApp === undefined ? enabled : both(enabled, byApp([app]));
    const ofMethods = new Map<string, Bits | undefined>();
    for (const method of [...named, ""]) {
      const bits = byMethod === undefined ? ofApp : both(ofApp, byMethod([method]));
      ofMethods.set(method, isEmpty(bits) ? undefined : bits);
    }
    table.set(app, ofMethods);
  }
  // A method that no rule names has the answer of the empty one; requests make up methods, so they are not remembered.
  return (app, method) => {
    const ofMethods = table.get(app);
    return ofMethods?.get(named.has(method) ? method : "");
  };
}

/** The rules whose times hold at a minute of the week; undefined when no rule has times. Worked out once a minute. */
export function createTimeIndex(rules: readonly Rule[]): ((minute: number) => Bits) | undefined {
  if (rules.every(({ when }) => when.times === undefined)) return undefined;
  const windows = rules.map(({ when }) => (when.times === undefined ? undefined : inWindows(when.times)));
  let known = -1;
  let bits: Bits = emptyBits(0);
  return (minute) => {
    if (minute !== known) bits = bitsWhere(rules.length, (i) => windows[i]?.(minute) ?? true);
    known = minute;
    return bits;
  };
}

/** The rules whose zones, addresses and countries hold for a place; worked out once for each place. */
export function createPlaceIndex(rules: readonly Rule[]): (place: Place) => Bits {
  const byZone = createValueIndex(rules, ({ when }) => when.zones);
  const byCountry = createValueIndex(rules, ({ when }) => when.countries);
  const anywhere = bitsWhere(rules.length, (i) => rules[i]?.when.addresses === undefined);
  const byNetwork = createNetworkMap<number[]>();
  rules.forEach(({ when }, index) => {
    for (const text of when.addresses ?? []) {
      const network = parseNetwork(text);
      if (network === undefined) continue;
      const sharing = byNetwork.get(network);
      if (sharing === undefined) byNetwork.set(network, [index]);
      else sharing.push(index);
    }
  });
  const known = new WeakMap<Place, Bits>();
  return (place) => {
    const found = known.get(place);
    if (found !== undefined) return found;
    let bits: Bits = anywhere.slice();
    for (const holders of byNetwork.holding(place.bytes)) for (const index of holders) addBit(bits, index);
    if (byZone !== undefined) bits = both(bits, byZone([place.zone, ...place.sets]));
    if (byCountry !== undefined) bits = both(bits, byCountry([place.country ?? ""]));
    known.set(place, bits);
    return bits;
  };
}

/** The rules whose users, roles, strengths and kinds of login hold for an actor; worked out once for each actor object. */
export function createActorIndex(rules: readonly Rule[]): (actor: Actor) => Bits {
  const indexes = [
    [createValueIndex(rules, ({ when }) => when.users?.map((name) => name.toLowerCase())), ({ name }: Actor) => [name]],
    [createValueIndex(rules, ({ when }) => when.roles), ({ roles }: Actor) => roles],
    [createValueIndex(rules, ({ when }) => when.vias), ({ via }: Actor) => [via]],
    [createValueIndex(rules, ({ when }) => when.strengths), (actor: Actor) => [strengthOf(actor)]],
  ] as const;
  const all = bitsWhere(rules.length, () => true);
  const known = new WeakMap<Actor, Bits>();
  return (actor) => {
    const found = known.get(actor);
    if (found !== undefined) return found;
    let bits = all;
    for (const [index, valuesOf] of indexes) if (index !== undefined) bits = both(bits, index(valuesOf(actor)));
    known.set(actor, bits);
    return bits;
  };
}

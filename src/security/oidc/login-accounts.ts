import { type Random, randomToken } from "#platform/clock";
import { systemActor } from "#platform/usecase";
import type { Identity, Person } from "#security/identity";
import type { Arrived } from "./login-flow.ts";
import type { Links } from "./login-links.ts";

export interface Accounts {
  /** Undefined unless the provider may bring new people. */
  createGuest(arrived: Arrived): Promise<Person | undefined>;
}

const maxNameLength = 32;
const maxTries = 50;

/** Accounts for people that a provider vouches for. A name that is taken is never theirs: they get one beside it. */
export function createAccounts(
  identity: Pick<Identity, "create" | "findByName">,
  links: Links,
  random: Random,
): Accounts {
  const freeName = (wish: string): string => {
    for (let count = 1; count <= maxTries; count++) {
      const suffix = count === 1 ? "" : `-${count}`;
      const name = wish.slice(0, maxNameLength - suffix.length) + suffix;
      if (identity.findByName(name) === undefined) return name;
    }
    return `guest-${Buffer.from(random.bytes(6)).toString("hex")}`;
  };
  const create = async ({ provider, subject, displayName, userName }: Arrived): Promise<Person> => {
    const name = freeName(nameFrom(userName));
    const draft = { name, displayName: displayName || name, roles: ["guest"] as const, quotaBytes: null };
    // Nobody knows this password; the account is entered through the provider.
    const person = await identity.create(systemActor, draft, randomToken(random, 256));
    links.add(person.id, provider.id, subject, displayName || userName || subject);
    return person;
  };
  /** Somebody who clicks twice gets one account. */
  const underWay = new Map<string, Promise<Person>>();
  return {
    createGuest: async (arrived) => {
      if (!arrived.provider.createGuests) return undefined;
      const key = `${arrived.provider.id} ${arrived.subject}`;
      let person = underWay.get(key);
      if (person === undefined) {
        person = create(arrived).finally(() => underWay.delete(key));
        underWay.set(key, person);
      }
      return person;
    },
  };
}

/** A login name as near as can be to what the provider says. */
function nameFrom(userName: string): string {
  const cleaned = (userName.split("@")[0] ?? "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, "")
    .replace(/^[._-]+/, "");
  return cleaned === "" ? "guest" : cleaned;
}

import { expect, test } from "bun:test";
import { identityContract } from "#contract/security/identity";
import { type Actor, anonymous } from "#platform/usecase";
import { createPasswordHasher } from "#security/identity";
import { sessionsContract } from "./contract.ts";
import { createHousehold } from "./testing.ts";

/** One call of every operation that writes, in an order in which each can succeed. */
async function writesOf(house: ReturnType<typeof createHousehold>) {
  const first = await house.identity.setup.begin({ user: undefined, password: undefined });
  if (first.state !== "code") throw new Error(first.state);
  const account = { displayName: "Ada", password: "long enough" };
  const owner = async (): Promise<Actor> =>
    house.byCookie((await house.call("session.login", { name: "ada", password: "long enough" })).cookie);
  const idOf = (name: string) => house.identity.service.findByName(name)?.id;
  const groupId = () => house.identity.groups.list()[0]?.id;
  const newcomer = { ...account, name: "ben", roles: ["member"] };
  const label = { label: "phone" };
  const appPasswordId = () => house.sessions.appPasswords.list(idOf("ada") ?? 0)[0]?.id;
  const steps: [name: string, input: () => unknown, actor?: () => Promise<Actor>][] = [
    ["setup.createOwner", () => ({ code: first.code, name: "ada", ...account })],
    ["session.login", () => ({ name: "ada", password: "long enough" })],
    ["people.create", () => newcomer, owner],
    ["people.update", () => ({ id: idOf("ben"), quotaBytes: 5 }), owner],
    ["people.resetPassword", () => ({ id: idOf("ben"), password: "another password" }), owner],
    ["people.createGroup", () => ({ name: "all", memberIds: [] }), owner],
    ["people.updateGroup", () => ({ id: groupId(), memberIds: [idOf("ben")] }), owner],
    ["people.removeGroup", () => ({ id: groupId() }), owner],
    ["appPassword.create", () => label, owner],
    ["appPassword.revoke", () => ({ id: appPasswordId() }), owner],
    ["session.revoke", () => ({ others: true }), owner],
    ["me.update", () => ({ displayName: "Ada L." }), owner],
    ["session.logout", () => ({}), owner],
    ["me.changePassword", () => ({ current: "long enough", next: "something else" }), owner],
  ];
  return steps;
}

test("every operation that writes has the database on disk before it answers", async () => {
  const passwords = createPasswordHasher({ memoryKib: 64, passes: 1 });
  const house = createHousehold({ clock: { now: () => 1_700_000_000_000 }, passwords });
  const done: string[] = [];
  for (const [name, input, actor] of await writesOf(house)) {
    const by = (await actor?.()) ?? anonymous;
    const before = house.syncs();
    await house.call(name, input(), by);
    expect(`${name} ${house.syncs() > before}`).toBe(`${name} true`);
    done.push(name);
  }
  const operations = Object.entries({ ...identityContract, ...sessionsContract });
  const writes = operations.filter(([, { effect }]) => effect === "write").map(([name]) => name);
  expect(done.toSorted()).toEqual(writes.toSorted());
});

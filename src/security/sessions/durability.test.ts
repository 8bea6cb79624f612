import { afterAll, expect, test } from "bun:test";
import { identityContract } from "#contract/security/identity";
import { type Actor, anonymous } from "#platform/usecase";
import { createPasswordHasher } from "#security/identity";
import { factorsContract } from "#contract/security/factors";
import { sessionsContract } from "./contract.ts";
import { createAuthenticator } from "./testing-authenticator.ts";
import { addApp, appOf, atHost, begin, origin } from "./testing-factors.ts";
import { createHousehold, removeFolders } from "./testing.ts";

afterAll(removeFolders);

const nowMs = 1_700_000_000_000;
/** Shown at once, with nothing to keep. */
const unwritten = new Set(["totp.begin", "passkey.registerOptions"]);

type Step = [name: string, input: () => unknown, actor?: () => Promise<Actor>];

/** One call of every operation that writes, in an order in which each can succeed. */
async function writesOf(house: ReturnType<typeof createHousehold>): Promise<Step[]> {
  const first = await house.identity.setup.begin({ user: undefined, password: undefined });
  if (first.state !== "code") throw new Error(first.state);
  const password = "ada-password";
  const account = { displayName: "Ada", password };
  const owner = async (): Promise<Actor> => house.byCookie(await house.login("ada"));
  const idOf = (name: string) => house.identity.service.findByName(name)?.id;
  const groupId = () => house.identity.groups.list()[0]?.id;
  const newcomer = { ...account, name: "ben", roles: ["member"] };
  const label = { label: "phone" };
  const appPasswordId = () => house.sessions.appPasswords.list(idOf("ada") ?? 0)[0]?.id;
  return [
    ["setup.createOwner", () => ({ code: first.code, name: "ada", ...account })],
    ["session.login", () => ({ name: "ada", password })],
    ["session.stepUp", () => ({ method: "password", password }), owner],
    ["people.create", () => newcomer, owner],
    ["people.update", () => ({ id: idOf("ben"), quotaBytes: 5 }), owner],
    ["people.resetPassword", () => ({ id: idOf("ben"), password: "ben-password" }), owner],
    ["personFactors.reset", () => ({ id: idOf("ben") }), owner],
    ["people.createGroup", () => ({ name: "all", memberIds: [] }), owner],
    ["people.updateGroup", () => ({ id: groupId(), memberIds: [idOf("ben")] }), owner],
    ["people.removeGroup", () => ({ id: groupId() }), owner],
    ["factorPolicy.set", () => ({ rolesNeedingSecondFactor: [], providerCountsAsTwo: false }), owner],
    ["appPassword.create", () => label, owner],
    ["appPassword.setScope", () => ({ id: appPasswordId(), scope: "files:share" }), owner],
    ["appPassword.revoke", () => ({ id: appPasswordId() }), owner],
    ["session.revoke", () => ({ others: true }), owner],
    ["notices.dismiss", () => ({ all: true }), owner],
    ["me.update", () => ({ displayName: "Ada L." }), owner],
    ["session.logout", () => ({}), owner],
    ["me.changePassword", () => ({ current: password, next: password }), owner],
    ...(await factorWritesOf(house)),
  ];
}

/** What can be done with factors, by somebody who has an app to begin with. */
async function factorWritesOf(house: ReturnType<typeof createHousehold>): Promise<Step[]> {
  await house.add("cid");
  const app = await addApp(house, await house.byCookie(await house.login("cid")), nowMs);
  let { cookie } = app;
  const [device, second] = [createAuthenticator(origin), createAuthenticator(origin)];
  const cid = async (): Promise<Actor> => house.byCookie(cookie);
  const { ticket: login } = await begin(house, "cid");
  const ask = async (name: string, actor?: Actor) =>
    (await house.call(name, {}, actor, atHost)).answer as { ticket: string; options: object };
  const register = await ask("passkey.registerOptions", await cid());
  const added = { ticket: register.ticket, response: device.create(register.options), name: "Phone" };
  const codes = app.recoveryCodes ?? [];
  const another = await ask("passkey.registerOptions", await cid());
  const extra = { ticket: another.ticket, response: second.create(another.options), name: "Laptop" };
  cookie = (await house.call("passkey.register", extra, await cid(), atHost)).cookie;
  const open = await ask("session.passkeyOptions");
  const secret = ((await house.call("totp.begin", {}, await cid())).answer as { secret: string }).secret;
  const steps: Step[] = [
    ["session.secondFactor", () => ({ method: "recovery-code", ticket: login, code: codes[0] })],
    ["session.passkeyLogin", () => ({ ticket: open.ticket, response: second.get(open.options) })],
    ["passkey.register", () => added, cid],
    ["totp.confirm", () => ({ code: appOf(secret).codeAt(nowMs) }), cid],
    ["passkey.rename", () => ({ id: second.id, name: "Desk" }), cid],
    ["recoveryCodes.regenerate", () => ({}), cid],
    ["totp.remove", () => ({}), cid],
    ["passkey.remove", () => ({ id: second.id }), cid],
  ];
  return steps;
}

test("every operation that writes has the database on disk before it answers", async () => {
  const passwords = createPasswordHasher({ memoryKib: 64, passes: 1 });
  const house = createHousehold({ clock: { now: () => nowMs }, passwords });
  const done: string[] = [];
  for (const [name, input, actor] of await writesOf(house)) {
    const by = (await actor?.()) ?? anonymous;
    const before = house.syncs();
    await house.call(name, input(), by, atHost);
    expect(`${name} ${house.syncs() > before}`).toBe(`${name} true`);
    done.push(name);
  }
  const operations = Object.entries({ ...identityContract, ...factorsContract, ...sessionsContract });
  const writes = operations.filter(([name, { effect }]) => effect === "write" && !unwritten.has(name));
  expect(done.toSorted()).toEqual(writes.map(([name]) => name).toSorted());
});

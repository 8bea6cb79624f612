import { afterAll, beforeEach, expect, test } from "bun:test";
import { type Actor, anonymous } from "#platform/usecase";
import { requestFactorReset } from "#security/factors";
import { createPasswordHasher } from "#security/identity";
import type { Role } from "#wire";
import { addApp, addPasskey, atHost, begin } from "./testing-factors.ts";
import { basicOf, codeOf, createHousehold, removeFolders } from "./testing.ts";

afterAll(removeFolders);

const passwords = createPasswordHasher({ memoryKib: 64, passes: 1 });

let nowMs = 0;
let house: ReturnType<typeof createHousehold>;
beforeEach(() => {
  nowMs = 1_700_000_000_000;
  house = createHousehold({ clock: { now: () => nowMs }, passwords });
});

async function person(name: string, ...roles: Role[]) {
  const { id } = await house.add(name, roles);
  const cookie = await house.login(name);
  return { id, cookie, actor: await house.byCookie(cookie) };
}

const need = (actor: Actor, ...roles: Role[]) =>
  house.call("factorPolicy.set", { rolesNeedingSecondFactor: roles, providerCountsAsTwo: false }, actor);

test("whoever must have a second factor is let in to set one up, and to nothing else", async () => {
  const olga = await person("olga", "owner");
  const mia = await person("mia", "member");
  const { answer } = await need(olga.actor, "member");
  expect(answer["mustSetUpIds"]).toEqual([mia.id]);
  const actor = await house.byCookie(mia.cookie);
  expect(actor).toMatchObject({ mustSetUpFactor: true, capabilities: new Set() });
  expect((await house.call("session.current", {}, actor)).answer).toMatchObject({
    mustSetUpFactor: true,
    capabilities: [],
  });
  for (const name of ["appPassword.create", "appPassword.list", "me.update", "notices.list", "people.list"]) {
    expect(`${name} ${await codeOf(house.call(name, { label: "x", displayName: "x" }, actor))}`).toBe(
      `${name} forbidden`,
    );
  }
  expect(await codeOf(house.byHeader(basicOf("mia", "mia-password")))).toBe("unauthenticated");
  expect((await house.call("factors.status", {}, actor)).answer).toMatchObject({
    mustSetUp: true,
    secondFactorNeeded: true,
  });
  const { cookie } = await addApp(house, actor, nowMs);
  const free = await house.byCookie(cookie);
  expect(free.mustSetUpFactor).toBeUndefined();
  expect(free.capabilities.has("files.use")).toBe(true);
});

test("the last factor stays while a role needs one; another one may go", async () => {
  const olga = await person("olga", "owner");
  const mia = await person("mia", "member");
  const app = await addApp(house, mia.actor, nowMs);
  await need(olga.actor, "member");
  const withApp = await house.byCookie(app.cookie);
  expect(await codeOf(house.call("totp.remove", {}, withApp))).toBe("conflict");
  expect((await house.call("factors.status", {}, withApp)).answer["totpAddedAtMs"]).toBe(nowMs);
  const key = await addPasskey(house, withApp);
  const withBoth = await house.byCookie(key.cookie);
  expect(await codeOf(house.call("totp.remove", {}, withBoth))).toBe("done");
  expect(await codeOf(house.call("passkey.remove", { id: key.device.id }, withBoth))).toBe("conflict");
});

test("a policy that would lock its maker out is refused with the reason", async () => {
  const olga = await person("olga", "owner");
  const refusal = need(olga.actor, "owner", "member");
  expect(await codeOf(refusal)).toBe("conflict");
  expect(refusal).rejects.toThrow("lock you out");
  expect((await house.call("factorPolicy.get", {}, olga.actor)).answer).toEqual({
    policy: { rolesNeedingSecondFactor: [], providerCountsAsTwo: false },
  });
  const { cookie } = await addApp(house, olga.actor, nowMs);
  expect(await codeOf(need(await house.byCookie(cookie), "owner", "member"))).toBe("done");
  const admin = await person("ada", "admin");
  expect(
    await codeOf(
      house.call(
        "factorPolicy.set",
        { rolesNeedingSecondFactor: [], providerCountsAsTwo: false },
        { ...admin.actor, factorAtMs: 0 },
      ),
    ),
  ).toBe("step-up-required");
});

test("an owner takes factors off who lost them; an admin not off an owner, and nobody off themselves", async () => {
  const olga = await person("olga", "owner");
  const admin = await person("ada", "admin");
  const mia = await person("mia", "member");
  const app = await addApp(house, mia.actor, nowMs);
  const olgas = await addApp(house, olga.actor, nowMs);
  const owner = await house.byCookie(olgas.cookie);
  const reset = (actor: Actor, id: number) => codeOf(house.call("personFactors.reset", { id }, actor, atHost));
  expect(await reset(admin.actor, olga.id)).toBe("forbidden");
  expect(await reset(owner, olga.id)).toBe("forbidden");
  expect(await reset(owner, 4711)).toBe("not-found");
  expect(await reset(await house.byCookie(app.cookie), admin.id)).toBe("forbidden");
  const overview = async () => (await house.call("factors.overview", {}, owner)).answer["people"] as object[];
  expect(await overview()).toContainEqual({
    personId: mia.id,
    totp: true,
    passkeys: 0,
    recoveryCodesLeft: 10,
    mustSetUp: false,
  });
  const { ticket } = await begin(house, "mia");
  expect(await reset(admin.actor, mia.id)).toBe("done");
  expect(await house.byCookie(app.cookie)).toBe(anonymous);
  nowMs += 60_000;
  expect(await codeOf(house.call("session.secondFactor", { ticket, method: "totp", code: app.codeAt(nowMs) }))).toBe(
    "gone",
  );
  expect(await overview()).toContainEqual({
    personId: mia.id,
    totp: false,
    passkeys: 0,
    recoveryCodesLeft: null,
    mustSetUp: false,
  });
  const again = await house.byCookie(await house.login("mia"));
  const { notices } = (await house.call("notices.list", {}, again)).answer as { notices: object[] };
  expect(notices[0]).toMatchObject({ kind: "factors-reset", subject: "ada" });
});

test("an owner who lost every factor gets back in at the machine", async () => {
  const olga = await person("olga", "owner");
  const { cookie } = await addApp(house, olga.actor, nowMs);
  for (const name of ["Olga", "nobody", "olga"]) requestFactorReset(house.folder, name);
  await house.factors.applyRequestedResets(house.folder);
  expect(await house.byCookie(cookie)).toBe(anonymous);
  expect((await begin(house, "olga")).step).toBe("done");
  expect(house.events.at(-2)).toMatchObject({ kind: "factors-reset", personId: olga.id, detail: "at the machine" });
  await addApp(house, await house.byCookie(await house.login("olga")), nowMs);
  await house.factors.applyRequestedResets(house.folder);
  expect((await begin(house, "olga")).step).toBe("second-factor");
  expect(() => requestFactorReset(`${house.folder}/none`, "olga")).toThrow("not-found");
});

test("new recovery codes make the old ones void, and need a second factor", async () => {
  const mia = await person("mia", "member");
  expect(await codeOf(house.call("recoveryCodes.regenerate", {}, mia.actor))).toBe("conflict");
  const app = await addApp(house, mia.actor, nowMs);
  const { answer } = await house.call("recoveryCodes.regenerate", {}, await house.byCookie(app.cookie));
  const use = async (code: string | undefined) => {
    const { ticket } = await begin(house, "mia");
    return codeOf(house.call("session.secondFactor", { ticket, method: "recovery-code", code }, anonymous, atHost));
  };
  expect(await use(app.recoveryCodes?.[0])).toBe("unauthenticated");
  expect(await use((answer["recoveryCodes"] as string[])[0])).toBe("done");
});

test("a set-up that is not confirmed counts for nothing, and ends after ten minutes", async () => {
  const mia = await person("mia", "member");
  await house.call("totp.begin", {}, mia.actor, atHost);
  expect((await begin(house, "mia")).step).toBe("done");
  expect(await codeOf(house.call("totp.confirm", { code: "000000" }, mia.actor))).toBe("bad-request");
  nowMs += 10 * 60_000;
  expect(await codeOf(house.call("totp.confirm", { code: "000000" }, mia.actor))).toBe("gone");
  const other = await house.byCookie(await house.login("mia"));
  expect(await codeOf(house.call("totp.confirm", { code: "000000" }, other))).toBe("gone");
});

import { afterAll, beforeEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { anonymous } from "#platform/usecase";
import { createPasswordHasher } from "#security/identity";
import { addApp, addPasskey, atHost, begin } from "./testing-factors.ts";
import { basicOf, codeOf, createHousehold, removeFolders } from "./testing.ts";

afterAll(removeFolders);

const minuteMs = 60_000;
const passwords = createPasswordHasher({ memoryKib: 64, passes: 1 });
const fingerprints: Record<string, number> = {};
const devices = {
  deviceOf: (fingerprint: string) => {
    const personId = fingerprints[fingerprint];
    return personId === undefined ? null : { personId, deviceId: `device of ${personId}` };
  },
  ownsDevices: (personId: number) => Object.values(fingerprints).includes(personId),
};

let nowMs = 0;
let house: ReturnType<typeof createHousehold>;
beforeEach(() => {
  nowMs = 1_700_000_000_000;
  for (const key of Object.keys(fingerprints)) delete fingerprints[key];
  house = createHousehold({ clock: { now: () => nowMs }, passwords, devices });
});

async function withApp(name = "alice") {
  const person = await house.add(name);
  const app = await addApp(house, await house.byCookie(await house.login(name)), nowMs);
  nowMs += minuteMs;
  return { person, ...app };
}

const second = (ticket: string, rest: object, more: object = {}) =>
  house.call("session.secondFactor", { ticket, ...rest }, anonymous, { ...atHost, ...more });

test("with an authenticator app the password leads to a second step, and the code to a session that says both", async () => {
  const { codeAt } = await withApp();
  const step = await begin(house, "alice");
  expect(step).toMatchObject({ step: "second-factor", offers: ["totp", "recovery-code"], passkey: null });
  const done = await second(step.ticket, { method: "totp", code: codeAt(nowMs) });
  expect(done.answer).toMatchObject({ step: "done", person: { name: "alice" } });
  expect(await house.byCookie(done.cookie)).toMatchObject({ factors: ["password", "totp"], factorAtMs: nowMs });
});

test("nothing but the cookie of the last step is a login", async () => {
  await withApp();
  const { setCookie } = await house.call("session.login", { name: "alice", password: "alice-password" });
  expect(setCookie).toBeNull();
  expect(await codeOf(house.byHeader(basicOf("alice", "alice-password")))).toBe("unauthenticated");
});

test("a ticket works once, for five minutes, for five tries", async () => {
  const { codeAt } = await withApp();
  const attempt = (ticket: string, code: string, address = "192.0.2.1") =>
    codeOf(second(ticket, { method: "totp", code }, { address }));
  const first = await begin(house, "alice");
  expect(await attempt(first.ticket, codeAt(nowMs))).toBe("done");
  nowMs += minuteMs;
  expect(await attempt(first.ticket, codeAt(nowMs))).toBe("gone");
  const late = await begin(house, "alice");
  nowMs += 5 * minuteMs;
  expect(await attempt(late.ticket, codeAt(nowMs))).toBe("gone");
  const many = await begin(house, "alice");
  for (let i = 0; i < 5; i++) expect(await attempt(many.ticket, "000000", `203.0.113.${i}`)).toBe("unauthenticated");
  expect(await attempt(many.ticket, codeAt(nowMs), "203.0.113.9")).toBe("gone");
  for (const ticket of ["", "x", "A".repeat(64)]) {
    expect(["gone", "bad-request"]).toContain(await attempt(ticket, codeAt(nowMs)));
  }
});

test("a code works once, also for two logins at the same time", async () => {
  const { codeAt } = await withApp();
  const tickets = await Promise.all([begin(house, "alice"), begin(house, "alice")]);
  const outcomes = await Promise.all(
    tickets.map(({ ticket }) => codeOf(second(ticket, { method: "totp", code: codeAt(nowMs) }))),
  );
  expect(outcomes.toSorted()).toEqual(["done", "unauthenticated"]);
});

test("of many that race with one ticket or one recovery code, one gets in", async () => {
  const { recoveryCodes } = await withApp();
  const codes = recoveryCodes ?? [];
  expect(new Set(codes).size).toBe(10);
  const one = await begin(house, "alice");
  const race = await Promise.all(
    codes.slice(0, 4).map((code) => codeOf(second(one.ticket, { method: "recovery-code", code }))),
  );
  expect(race.filter((outcome) => outcome === "done").length).toBe(1);
  const tickets = await Promise.all(Array.from({ length: 4 }, () => begin(house, "alice")));
  const same = tickets.map(({ ticket }) =>
    codeOf(second(ticket, { method: "recovery-code", code: codes[9]!.toUpperCase().replaceAll("-", " ") })),
  );
  expect((await Promise.all(same)).filter((outcome) => outcome === "done").length).toBe(1);
  const secrets = JSON.stringify(house.db.prepare("SELECT * FROM factor_recovery_code").all());
  for (const code of codes) expect(secrets).not.toContain(code);
});

test("guessing codes is slowed down for good, though the password is known", async () => {
  await withApp();
  let tries = 0;
  for (let second_ = 0; second_ < 7200; second_ += 10) {
    const step = await begin(house, "alice");
    const outcome = await codeOf(
      second(step.ticket, { method: "totp", code: "000000" }, { address: `198.51.100.${second_ % 200}` }),
    );
    if (outcome === "unauthenticated") tries++;
    nowMs += 10_000;
  }
  expect(tries).toBeLessThan(40);
});

test("whoever knows the password and fails leaves a notice", async () => {
  const { codeAt } = await withApp();
  const step = await begin(house, "alice");
  for (let i = 0; i < 3; i++) await codeOf(second(step.ticket, { method: "totp", code: "000000" }));
  const { cookie } = await second(step.ticket, { method: "totp", code: codeAt(nowMs) });
  const { answer } = await house.call("notices.list", {}, await house.byCookie(cookie));
  expect(answer["notices"]).toMatchObject([
    { kind: "second-factor-refused", subject: "totp" },
    { kind: "factor-added" },
  ]);
});

test("a device certificate is the second factor of its own person and of nobody else", async () => {
  const { person } = await withApp();
  await withApp("bob");
  fingerprints["f1"] = person.id;
  const certificate = { fingerprint: "f1" };
  expect(await begin(house, "alice", { certificate })).toMatchObject({ step: "done" });
  expect(await begin(house, "bob", { certificate })).toMatchObject({ step: "second-factor" });
  expect(await begin(house, "alice", { certificate: { fingerprint: "forged" } })).toMatchObject({
    step: "second-factor",
    offers: ["totp", "recovery-code", "certificate"],
  });
  const { ticket } = await begin(house, "alice");
  expect(await codeOf(second(ticket, { method: "certificate" }))).toBe("unauthenticated");
  const { cookie } = await second(ticket, { method: "certificate" }, { certificate });
  expect((await house.byCookie(cookie)).factors).toEqual(["password", "certificate"]);
  expect(house.sessions.service.endOfDevice(`device of ${person.id}`)).toBe(2);
  expect(await house.byCookie(cookie)).toBe(anonymous);
});

test("what changes the account ends logins that are under way", async () => {
  const owner = await house.byCookie((await house.add("olga", ["owner"]), await house.login("olga")));
  const { person, codeAt } = await withApp();
  const changes: [string, object][] = [
    ["people.resetPassword", { id: person.id, password: "alice-password" }],
    ["people.update", { id: person.id, disabled: true }],
  ];
  for (const [name, input] of changes) {
    const { ticket } = await begin(house, "alice");
    await house.call(name, input, { ...owner, factorAtMs: nowMs });
    expect(await codeOf(second(ticket, { method: "totp", code: codeAt(nowMs) }))).toBe("gone");
  }
  expect(await codeOf(begin(house, "alice"))).toBe("unauthenticated");
});

test("the first second factor ends the sessions that a password alone began, and rotates its own", async () => {
  await house.add("alice");
  const [mine, other] = [await house.login("alice"), await house.login("alice")];
  const actor = await house.byCookie(mine);
  const { cookie } = await addApp(house, actor, nowMs);
  for (const old of [mine, other]) expect(await house.byCookie(old)).toBe(anonymous);
  expect(await house.byCookie(cookie)).toMatchObject({
    credentialId: actor.credentialId,
    factors: ["password", "totp"],
  });
});

test("a provider's word is one factor, or two where the household says so", async () => {
  const { person, codeAt } = await withApp();
  const context = {
    actor: anonymous,
    secure: true,
    address: "192.0.2.1",
    userAgent: "test",
    requestId: "r",
    ...atHost,
  };
  const provide = async () => {
    const replyHeaders = new Headers();
    const caller = { ...context, replyHeaders, checked: () => undefined, claims: () => undefined };
    const step = await house.sessions.loginByProvider(person.id, caller, nowMs);
    return { step, cookie: (replyHeaders.get("set-cookie") ?? "").split(";")[0] ?? "" };
  };
  const { step, cookie: cookieHeader } = await provide();
  expect(step.step).toBe("second-factor");
  const { answer } = await house.call("session.pendingLogin", {}, anonymous, { ...atHost, cookieHeader });
  const pending = answer["pending"] as { ticket: string };
  expect(pending).toMatchObject({ step: "second-factor", offers: ["totp", "recovery-code"] });
  const done = await second(pending.ticket, { method: "totp", code: codeAt(nowMs) }, { cookieHeader });
  expect(done.setCookie).toContain("__Host-hearth-login=; Path=/; Max-Age=0");
  expect(house.sessions.service.list(person.id)[0]?.factors).toBe('["provider","totp"]');
  const cookie = /__Host-hearth=[\w-]+/.exec(done.setCookie ?? "")?.[0] ?? "";
  const options = await house.call("session.stepUpOptions", {}, await house.byCookie(cookie), atHost);
  expect(options.answer).toMatchObject({ byProvider: true, methods: ["totp", "recovery-code"] });
  const owner = await house.byCookie((await house.add("olga", ["owner"]), await house.login("olga")));
  await house.call("factorPolicy.set", { rolesNeedingSecondFactor: [], providerCountsAsTwo: true }, owner);
  expect((await provide()).step.step).toBe("done");
  expect((await house.call("session.pendingLogin", {}, anonymous, atHost)).answer).toEqual({ pending: null });
});

test("a login from a device never seen before is told, one from a known device is not", async () => {
  await house.add("alice");
  const firefox = { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };
  await begin(house, "alice", firefox);
  const update = { userAgent: firefox.userAgent.replaceAll("140", "141"), address: "192.0.2.77" };
  await begin(house, "alice", update);
  const phone = { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1" };
  const { cookie } = await house.call("session.login", { name: "alice", password: "alice-password" }, anonymous, phone);
  const actor = await house.byCookie(cookie);
  const list = async () =>
    (await house.call("session.list", {}, actor)).answer["sessions"] as Record<string, unknown>[];
  expect((await list()).map(({ device, isNew }) => `${String(device)} ${String(isNew)}`).toSorted()).toEqual([
    "Firefox on Linux false",
    "Firefox on Linux false",
    "Safari on iPhone true",
  ]);
  const notices = (await house.call("notices.list", {}, actor)).answer["notices"] as { id: number }[];
  expect(notices).toMatchObject([{ kind: "new-device", device: "Safari on iPhone", sessionId: actor.credentialId }]);
  await house.call("notices.dismiss", { id: notices[0]?.id }, actor);
  expect((await list()).some(({ isNew }) => isNew === true)).toBe(false);
  expect(await codeOf(house.call("notices.dismiss", { id: notices[0]?.id }, actor))).toBe("not-found");
});

test("every step is recorded, with who, what and how it ended, and without secrets", async () => {
  const { codeAt, recoveryCodes } = await withApp();
  const step = await begin(house, "alice");
  await codeOf(second(step.ticket, { method: "totp", code: "000000" }));
  await second(step.ticket, { method: "totp", code: codeAt(nowMs) });
  await codeOf(house.call("session.login", { name: "nobody", password: "secret guess" }));
  const told = house.events.map(
    ({ kind, outcome, personId, factors }) => `${kind} ${outcome} ${personId} ${factors.join("+")}`,
  );
  expect(told).toEqual([
    "login allowed 1 password",
    "factor-added allowed 1 totp",
    "second-factor refused 1 totp",
    "login allowed 1 password+totp",
    "login refused null password",
  ]);
  const text = JSON.stringify(house.events);
  for (const secret of ["secret guess", "alice-password", "000000", ...(recoveryCodes ?? [])])
    expect(text).not.toContain(secret);
});

test("the secret of the app is sealed in the database", async () => {
  const { codeAt } = await withApp();
  const row = house.db.prepare<{ sealed_secret: string }, []>("SELECT * FROM factor_totp").get();
  expect(row?.sealed_secret).toMatch(/^1\.[\w-]{8}\.[\w-]+$/);
  expect(readdirSync(house.folder)).toEqual(["secrets.key"]);
  expect(codeAt(nowMs)).toMatch(/^\d{6}$/);
});

test("without a second factor a passkey and an app can be added one after the other, with one set of codes", async () => {
  await house.add("alice");
  const first = await addApp(house, await house.byCookie(await house.login("alice")), nowMs);
  expect(first.recoveryCodes?.length).toBe(10);
  const then = await addPasskey(house, await house.byCookie(first.cookie));
  expect(then.recoveryCodes).toBeNull();
  expect((await house.byCookie(then.cookie)).factors).toEqual(["password", "totp", "passkey"]);
  expect((await begin(house, "alice")).offers).toEqual(["passkey", "totp", "recovery-code"]);
});

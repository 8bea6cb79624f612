import { afterAll, beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import { type Actor, anonymous } from "#platform/usecase";
import { createPasswordHasher } from "#security/identity";
import { basicOf, codeOf, createHousehold, removeFolders } from "./testing.ts";

afterAll(removeFolders);

const minuteMs = 60_000;
const hasher = createPasswordHasher({ memoryKib: 64, passes: 1 });
let hashed = 0;
const passwords = {
  ...hasher,
  verify: (password: string, hash: string | undefined) => {
    hashed++;
    return hasher.verify(password, hash);
  },
};

let nowMs = 0;
let house: ReturnType<typeof createHousehold>;
let alice: Actor;
beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  house = createHousehold({ clock: { now: () => nowMs }, passwords });
  await house.add("alice");
  alice = await house.byCookie(await house.login("alice"));
  hashed = 0;
});

async function appPassword(scope: "files" | "files:read" = "files") {
  const { answer } = await house.call("appPassword.create", { label: "phone", scope }, alice);
  return answer as { secret: string; appPassword: { id: string } };
}

test("nothing given is nobody", () => {
  expect(house.sessions.authenticate(new Request("http://hearth.test/"), { address: "" })).toBe(anonymous);
});

test("the account password works over Basic and costs argon2 once", async () => {
  const header = basicOf("Alice", "alice-password");
  const actors = await Promise.all(Array.from({ length: 20 }, () => house.byHeader(header)));
  expect(actors[0]).toMatchObject({ name: "alice", via: "password", credentialId: null, readOnly: false });
  for (let i = 0; i < 20; i++) expect(await house.byHeader(header, `198.51.100.${i}`)).toBe(actors[0]!);
  expect(hashed).toBe(1);
});

test("a new password makes the old header wrong at once", async () => {
  const [old, next] = [basicOf("alice", "alice-password"), basicOf("alice", "next password")];
  expect(await codeOf(house.byHeader(old))).toBe("done");
  expect(await codeOf(house.byHeader(next))).toBe("unauthenticated");
  await house.call("me.changePassword", { current: "alice-password", next: "next password" }, alice);
  expect(await codeOf(house.byHeader(old))).toBe("unauthenticated");
  expect(await codeOf(house.byHeader(next))).toBe("done");
});

test("a check that runs while the password changes is not remembered", async () => {
  const header = basicOf("alice", "alice-password");
  const id = alice.userId;
  const change = house.identity.service.setPassword({ ...alice, roles: ["owner"] }, id, "next password");
  await Promise.allSettled([house.byHeader(header), house.byHeader(header, "192.0.2.9"), change]);
  expect(await codeOf(house.byHeader(header, "192.0.2.10"))).toBe("unauthenticated");
});

test("a program that keeps sending an old password is refused cheaply and locks nobody out", async () => {
  for (let i = 0; i < 500; i++)
    expect(await codeOf(house.byHeader(basicOf("alice", "old-password")))).toBe("unauthenticated");
  expect(hashed).toBe(1);
  expect(await codeOf(house.byHeader(basicOf("alice", "alice-password")))).toBe("done");
});

test("guessing over Basic is slowed down like guessing at the login", async () => {
  const guess = (i: number) => codeOf(house.byHeader(basicOf("alice", `guess number ${i}`), "203.0.113.5"));
  for (let i = 0; i < 5; i++) expect(await guess(i)).toBe("unauthenticated");
  expect(await guess(5)).toBe("too-many-requests");
  expect(
    await codeOf(house.call("session.login", { name: "alice", password: "x" }, anonymous, { address: "203.0.113.5" })),
  ).toBe("too-many-requests");
  expect(hashed).toBe(5);
});

test("an app password costs no argon2, carries file rights only and no more than the person has", async () => {
  const { secret, appPassword: made } = await appPassword();
  expect(secret).toMatch(/^([a-hjkmnp-z1-9]{5}-){4}[a-hjkmnp-z1-9]{5}$/);
  const actor = await house.byHeader(basicOf("alice", secret));
  expect(actor).toMatchObject({ via: "app-password", credentialId: made.id, readOnly: false });
  expect([...actor.capabilities]).toEqual(["files.use", "links.create"]);
  expect(await house.byHeader(basicOf("alice", secret))).toBe(actor);
  expect(hashed).toBe(0);
  expect(JSON.stringify(house.db.prepare("SELECT * FROM app_password").all())).not.toContain(secret);
});

test("a reading app password is read-only", async () => {
  const actor = await house.byHeader(basicOf("alice", (await appPassword("files:read")).secret));
  expect(actor.readOnly).toBe(true);
  expect([...actor.capabilities]).toEqual(["files.use"]);
});

test("an app password belongs to one name and may not touch the account", async () => {
  await house.add("bob");
  const { secret } = await appPassword();
  expect(await codeOf(house.byHeader(basicOf("bob", secret)))).toBe("unauthenticated");
  const actor = await house.byHeader(basicOf("alice", secret));
  for (const name of [
    "appPassword.list",
    "session.list",
    "session.revoke",
    "appPassword.revoke",
    "session.stepUpOptions",
    "notices.list",
    "factors.status",
    "totp.confirm",
    "appPassword.create",
    "totp.begin",
    "passkey.registerOptions",
    "recoveryCodes.regenerate",
  ]) {
    expect(`${name} ${await codeOf(house.call(name, { label: "more", id: "x", code: "1" }, actor))}`).toBe(
      `${name} forbidden`,
    );
  }
});

test("a withdrawn app password is out with the next request; others stay", async () => {
  const [first, second] = [await appPassword(), await appPassword()];
  const headers = [basicOf("alice", first.secret), basicOf("alice", second.secret)] as const;
  for (const header of headers) expect(await codeOf(house.byHeader(header))).toBe("done");
  await house.call("appPassword.revoke", { id: first.appPassword.id }, alice);
  expect(await codeOf(house.byHeader(headers[0]))).toBe("unauthenticated");
  expect(await codeOf(house.byHeader(headers[1]))).toBe("done");
  expect(await codeOf(house.call("appPassword.revoke", { id: first.appPassword.id }, alice))).toBe("not-found");
});

test("a disabled account loses every credential at once", async () => {
  const headers = [basicOf("alice", (await appPassword()).secret), basicOf("alice", "alice-password")];
  for (const header of headers) expect(await codeOf(house.byHeader(header))).toBe("done");
  const owner = await house.byCookie((await house.add("olga", ["owner"]), await house.login("olga")));
  await house.call("people.update", { id: alice.userId, disabled: true }, owner);
  for (const header of headers) expect(await codeOf(house.byHeader(header))).toBe("unauthenticated");
});

test("last use and address are written, at most once a minute", async () => {
  const { secret } = await appPassword();
  const use = (address: string) => house.byHeader(basicOf("alice", secret), address);
  const noted = () => house.sessions.appPasswords.list(alice.userId)[0];
  expect(noted()).toMatchObject({ lastUsedAtMs: null, lastAddress: null });
  await use("192.0.2.20");
  const firstMs = nowMs;
  expect(noted()).toMatchObject({ lastUsedAtMs: firstMs, lastAddress: "192.0.2.20" });
  nowMs += minuteMs - 1;
  await use("192.0.2.21");
  expect(noted()).toMatchObject({ lastUsedAtMs: firstMs, lastAddress: "192.0.2.20" });
  nowMs += 1;
  await use("192.0.2.22");
  expect(noted()).toMatchObject({ lastUsedAtMs: firstMs + minuteMs, lastAddress: "192.0.2.22" });
});

test("a wrong Authorization header is not saved by a good cookie", async () => {
  const cookie = await house.login("alice");
  const headers = { cookie, authorization: basicOf("alice", "wrong password") };
  const work = async () =>
    house.sessions.authenticate(new Request("https://hearth.test/", { headers }), { address: "192.0.2.1" });
  expect(await codeOf(work())).toBe("unauthenticated");
});

test("whatever the Authorization header holds, the answer is a person, `unauthenticated` or `too-many-requests`", async () => {
  const base64 = fc.uint8Array({ maxLength: 300 }).map((bytes) => `Basic ${Buffer.from(bytes).toString("base64")}`);
  const pair = fc.tuple(fc.string(), fc.string({ unit: "binary" })).map(([name, password]) => basicOf(name, password));
  const printable = fc.string({ maxLength: 200 }).filter((text) => /^[\x20-\x7e]*$/.test(text));
  const fixed = fc.constantFrom(
    "",
    "Basic",
    "Basic ",
    "basic  YWxpY2U6eA==",
    "Basic =",
    "Basic YWxpY2U=",
    "Bearer abc",
    "Digest username=x",
    `Basic ${"A".repeat(100_000)}`,
    basicOf("alice", ""),
    basicOf("", "x"),
    basicOf("alice", "a\0b"),
    basicOf("a".repeat(65), "x"),
    basicOf("alice", "x".repeat(1025)),
    basicOf("alice", "'; DROP TABLE person; --"),
    `${basicOf("alice", "x")}\u00ff`,
  );
  const anyHeader = fc.oneof(
    base64,
    pair,
    printable,
    printable.map((text) => `Basic ${text}`),
    fixed,
  );
  await fc.assert(
    // An address each, or nearly all would only be told to wait.
    fc.asyncProperty(anyHeader, fc.ipV4(), async (header, address) => {
      expect(["unauthenticated", "too-many-requests"]).toContain(await codeOf(house.byHeader(header, address)));
    }),
    { numRuns: 400 },
  );
});

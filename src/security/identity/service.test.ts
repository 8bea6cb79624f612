import { expect, test } from "bun:test";
import fc from "fast-check";
import { AppError, errnoOf } from "#platform/errors";
import { createRunner, systemActor } from "#platform/usecase";
import { type Role, roles } from "#wire";
import { createPasswordHasher } from "./passwords.ts";
import { actorFor, callerFor, createTestIdentity } from "./testing.ts";

const address = "192.0.2.1";

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (thrown: unknown) => (thrown instanceof AppError ? thrown.code : `defect ${String(thrown)} ${errnoOf(thrown)}`),
  );
}

test("a person is created, found in any case of the name, and logs in", async () => {
  const homes: string[] = [];
  const { service, add } = createTestIdentity({ onPersonCreated: (person) => homes.push(person.name) });
  const alice = await add("alice", ["member", "operator"]);
  expect(alice).toMatchObject({ name: "alice", roles: ["member", "operator"], groups: [], disabled: false });
  expect(homes).toEqual(["alice"]);
  expect(service.findByName("ALICE")).toEqual(alice);
  expect(await service.verifyPassword("Alice", "alice-password", address)).toEqual(alice);
  expect(await service.verifyPassword("alice", "alice-passworD", address)).toBeNull();
  expect(await codeOf(add("alice", ["member"]))).toBe("exists");
});

test("two at once cannot take the same name", async () => {
  const { add, service } = createTestIdentity();
  const outcomes = await Promise.all([codeOf(add("alice", ["member"])), codeOf(add("alice", ["member"]))]);
  expect(outcomes.toSorted()).toEqual(["done", "exists"]);
  expect(service.list().length).toBe(1);
});

test("an account whose home cannot be made is taken back", async () => {
  const ports = {
    onPersonCreated: () => {
      throw new AppError("disk-full");
    },
  };
  const { add, service } = createTestIdentity(ports);
  expect(await codeOf(add("alice", ["member"]))).toBe("disk-full");
  expect(service.list()).toEqual([]);
});

test("an unknown name, a known one and a disabled one cost one argon2 each", async () => {
  const { service, passwords, add } = createTestIdentity();
  const bob = await add("bob", ["member"]);
  await service.update(systemActor, (await add("alice", ["member"])).id, { disabled: true });
  for (const name of ["bob", "alice", "nobody", "../etc", ""]) {
    const before = passwords.verified;
    expect(await service.verifyPassword(name, "wrong password", address)).toBeNull();
    expect(passwords.verified - before).toBe(1);
  }
  expect(await service.verifyPassword("alice", "alice-password", "192.0.2.2")).toBeNull();
  expect(await service.verifyPassword("bob", "bob-password", "192.0.2.3")).toEqual(bob);
});

test("a password that changes while it is being checked no longer counts", async () => {
  const { service, add } = createTestIdentity();
  const alice = await add("alice", ["member"]);
  const change = service.setPassword(systemActor, alice.id, "another password");
  const checks = Array.from({ length: 5 }, (_, i) => service.verifyPassword("alice", "alice-password", `192.0.2.${i}`));
  await change;
  await Promise.all(checks);
  expect(await service.verifyPassword("alice", "alice-password", "192.0.2.99")).toBeNull();
  expect((await service.verifyPassword("alice", "another password", "192.0.2.99"))?.id).toBe(alice.id);
});

test("a hash of other costs is renewed at login", async () => {
  const { service, db, add } = createTestIdentity();
  const alice = await add("alice", ["member"]);
  const old = await createPasswordHasher({ memoryKib: 128, passes: 2 }).hash("alice-password");
  db.prepare<unknown, [string]>("UPDATE person_password SET hash = ?").run(old);
  expect((await service.verifyPassword("alice", "alice-password", address))?.id).toBe(alice.id);
  const row = db.prepare<{ hash: string }, []>("SELECT hash FROM person_password").get();
  expect(row?.hash).toStartWith("$argon2id$v=19$m=64,t=1,p=1$");
  expect((await service.verifyPassword("alice", "alice-password", address))?.id).toBe(alice.id);
});

test("whatever is done to roles and accounts, an owner who can log in remains", async () => {
  const names = ["ann", "ben", "cid"];
  const step = fc.record({
    by: fc.nat(2),
    target: fc.nat(2),
    roles: fc.option(fc.subarray([...roles], { minLength: 1 }), { nil: undefined }),
    disabled: fc.option(fc.boolean(), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { service, add, db } = createTestIdentity();
      const start: Role[][] = [["owner"], ["owner", "member"], ["admin"]];
      const people = await Promise.all(names.map((name, i) => add(name, start[i] ?? ["member"])));
      for (const { by, target, ...change } of steps) {
        const [actor, victim] = [service.find(people[by]!.id)!, service.find(people[target]!.id)!];
        const outcome = await codeOf(service.update(actorFor(actor), victim.id, change));
        expect(["done", "forbidden", "conflict"]).toContain(outcome);
        const makesOrTouchesOwner = victim.roles.includes("owner") || change.roles?.includes("owner") === true;
        if (makesOrTouchesOwner && !actor.roles.includes("owner")) expect(outcome).toBe("forbidden");
        if (outcome !== "done") expect(service.find(victim.id)).toEqual(victim);
        expect(service.hasOwner()).toBe(true);
      }
      db.close();
    }),
    { numRuns: 40 },
  );
});

test("an admin may not give an owner a new password", async () => {
  const { service, add, changes } = createTestIdentity();
  const [owner, admin] = [await add("owner", ["owner"]), await add("admin", ["admin"])];
  expect(await codeOf(service.setPassword(actorFor(admin), owner.id, "taken over!"))).toBe("forbidden");
  expect(
    await codeOf(service.create(actorFor(admin), { ...admin, name: "mole", roles: ["owner"] }, "long enough")),
  ).toBe("forbidden");
  expect(await codeOf(service.setPassword(actorFor(owner), admin.id, "a new password"))).toBe("done");
  expect(changes).toEqual([`created ${owner.id}`, `created ${admin.id}`, `password ${admin.id}`]);
});

test("groups hold people and survive bad input", async () => {
  const { groups, service, add } = createTestIdentity();
  const [ann, ben] = [await add("ann", ["member"]), await add("ben", ["member"])];
  const family = groups.create("Family", [ann.id, ben.id, ann.id]);
  expect(family.memberIds).toEqual([ann.id, ben.id]);
  expect(service.find(ann.id)?.groups).toEqual(["Family"]);
  expect(() => groups.create("family", [])).toThrow("exists");
  expect(() => groups.update(family.id, { memberIds: [4711] })).toThrow("not-found");
  expect(groups.list()).toEqual([family]);
  expect(groups.update(family.id, { name: "family", memberIds: [ben.id] })).toMatchObject({ memberIds: [ben.id] });
  groups.remove(family.id);
  expect(service.find(ben.id)?.groups).toEqual([]);
  expect(() => groups.remove(family.id)).toThrow("not-found");
});

test("the operations keep to who may call them", async () => {
  const { implementations, add, started } = createTestIdentity();
  const runner = createRunner({
    implementations,
    log: console as never,
    clock: { now: () => 0 },
    audit: () => undefined,
  });
  const [owner, member] = [await add("owner", ["owner"]), await add("mia", ["member"])];
  const run = (name: string, input: unknown, actor = actorFor(member)) =>
    codeOf(runner.run(name, input, callerFor(actor)));
  const newcomer = { name: "new", displayName: "New", password: "long enough", roles: ["guest"] };
  expect(await run("people.create", newcomer)).toBe("forbidden");
  expect(await run("people.create", newcomer, actorFor(owner))).toBe("step-up-required");
  const atPage = actorFor(owner, { via: "session", credentialId: "o" });
  expect(await run("people.create", newcomer, atPage)).toBe("done");
  expect(await run("people.create", { ...newcomer, name: "Bad Name" }, atPage)).toBe("bad-request");
  expect(await run("me.changePassword", { current: "wrong password", next: "next password" })).toBe("forbidden");
  const byApp = actorFor(member, { via: "app-password" });
  expect(await run("me.changePassword", { current: "mia-password", next: "next password" }, byApp)).toBe("forbidden");
  expect(await run("me.update", { displayName: "Mia" }, byApp)).toBe("forbidden");
  const bySession = actorFor(member, { via: "session", credentialId: "s" });
  expect(await run("me.changePassword", { current: "mia-password", next: "next password" }, bySession)).toBe("done");
  expect(started).toEqual(["mia"]);
});

test("only who looks after people sees when others were last here", async () => {
  const { implementations, service, add } = createTestIdentity();
  const runner = createRunner({
    implementations,
    log: console as never,
    clock: { now: () => 0 },
    audit: () => undefined,
  });
  const [owner, member] = [await add("owner", ["owner"]), await add("mia", ["member"])];
  for (const { id } of [owner, member]) service.markSeen(id);
  const seenBy = async (person: typeof owner) => {
    const answer = await runner.run("people.list", {}, callerFor(actorFor(person)));
    return (answer as { people: (typeof owner)[] }).people.map(({ lastSeenAtMs }) => lastSeenAtMs !== null);
  };
  expect(await seenBy(owner)).toEqual([true, true]);
  expect(await seenBy(member)).toEqual([true, false]);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { basic } from "#kit";
import { answerOf, codeOf, type House, openHouse, type Person } from "./attacks/house.ts";
import { defectsIn } from "./support.ts";

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => {
  const log = house.log();
  await house.stop();
  expect(defectsIn(log)).toEqual([]);
});

/** What would change an account, a right or the server, with input that is right as far as it can be made up here. */
const inputs: Readonly<Record<string, unknown>> = {
  "people.create": { name: "eve", displayName: "Eve", password: "eve goes through the woods", roles: ["owner"] },
  "people.update": { id: 1, roles: ["owner"] },
  "people.resetPassword": { id: 1, password: "another long way home" },
  "people.createGroup": { name: "thieves", memberIds: [1] },
  "people.updateGroup": { id: 1, memberIds: [1] },
  "people.removeGroup": { id: 1 },
  "personFactors.reset": { id: 1 },
  "me.changePassword": { current: "correct horse battery", next: "another long way home" },
  "me.update": { displayName: "Eve" },
  "totp.confirm": { code: "123456" },
  "totp.remove": {},
  "passkey.rename": { id: "x", name: "x" },
  "passkey.remove": { id: "x" },
  "session.revoke": { others: true },
  "session.stepUp": { method: "password", password: "correct horse battery" },
  "appPassword.create": { label: "more", scope: "files" },
  "appPassword.revoke": { id: "x" },
  "certificates.issue": { deviceName: "laptop", name: "laptop" },
  "certificates.revoke": { id: "x", deviceId: "x" },
  "oidcConsent.revoke": { clientId: "x", id: "x" },
  "notices.dismiss": { all: true },
  "providerLink.begin": { providerId: "x", id: "x" },
  "providerLink.remove": { providerId: "x", id: "x" },
};
const fileRights = new Set(["by-resource", "files.use", "links.create", "public"]);

test("an app password, also an owner's, runs nothing but files", async () => {
  const operations = await house.operations();
  const passed: string[] = [];
  for (const [operation, permission] of operations) {
    if (fileRights.has(permission)) continue;
    const code = await codeOf(house.as({ authorization: house.authorization }, operation, inputs[operation] ?? {}));
    // Looked at after the input, which this test cannot make up for all of them.
    if (!["forbidden", "step-up-required"].includes(code)) passed.push(`${operation} (${permission}): ${code}`);
  }
  expect(passed).toEqual([]);
  const refused = new Set(
    (await house.audit({ outcome: "refused" })).flatMap(({ via, operation }) =>
      via === "app-password" ? [operation] : [],
    ),
  );
  for (const operation of [
    "people.create",
    "me.changePassword",
    "appPassword.create",
    "guard.setRules",
    "audit.search",
  ]) {
    expect([...refused]).toContain(operation);
  }
}, 60_000);

test("an app password for reading writes nowhere, and each try is in the log", async () => {
  const reader = await house.makeAppPassword({ cookie: house.cookie, name: house.user }, "files:read");
  await house.fetch("/dav/home/kept.txt", { method: "PUT", body: "kept" });
  await house.fetch("/dav/home/folder", { method: "MKCOL" });
  const send = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(`${house.url}${path}`, {
      method,
      headers: { authorization: reader, ...headers },
      ...(method === "GET" || method === "MKCOL" ? {} : { body: "evil" }),
    });
  expect(await (await send("GET", "/dav/home/kept.txt")).text()).toBe("kept");
  const destination = { destination: "/dav/home/moved.txt" };
  const propertyUpdate = { "content-type": "application/xml" };
  const metadata = `parentId ${btoa(String(house.homeId))},path ${btoa("evil.txt")}`;
  const tus = { "tus-resumable": "1.0.0", "upload-length": "4", "upload-metadata": metadata };
  const tries: [string, string, Record<string, string>][] = [
    ["PUT", "/dav/home/kept.txt", {}],
    ["PUT", "/dav/home/new.txt", {}],
    ["DELETE", "/dav/home/kept.txt", {}],
    ["MKCOL", "/dav/home/made", {}],
    ["MOVE", "/dav/home/kept.txt", destination],
    ["COPY", "/dav/home/kept.txt", destination],
    ["PROPPATCH", "/dav/home/kept.txt", propertyUpdate],
    ["LOCK", "/dav/home/kept.txt", propertyUpdate],
    ["POST", "/api/uploads", tus],
    ["POST", "/api/uploads", { ...tus, "content-type": "application/offset+octet-stream" }],
  ];
  for (const [method, path, headers] of tries) {
    const { status } = await send(method, path, headers);
    expect(`${method} ${path} ${status >= 400 && status < 500}`).toBe(`${method} ${path} true`);
  }
  const id = house.homeId;
  const writes: [string, unknown][] = [
    ["files.createFolder", { parentId: id, name: "made" }],
    ["files.remove", { ids: [id] }],
    ["links.create", { nodeId: id, mode: "view", password: null }],
    ["trash.empty", { spaceId: house.spaceId }],
    ["access.set", { resource: { kind: "node", id }, subject: { kind: "everyone" }, effect: "allow", role: "manager" }],
  ];
  for (const [operation, input] of writes) {
    expect(`${operation} ${await codeOf(house.as({ authorization: reader }, operation, input))}`).toBe(
      `${operation} forbidden`,
    );
  }
  const listing = await (await house.fetch("/dav/home/", { method: "PROPFIND", headers: { depth: "1" } })).text();
  for (const name of ["new.txt", "made", "moved.txt", "evil.txt"]) expect(listing).not.toContain(name);
  for (const operation of [
    "dav.put",
    "dav.delete",
    "dav.mkcol",
    "dav.move",
    "dav.copy",
    "uploads.post",
    ...writes.map(([name]) => name),
  ]) {
    const found = await house.audited({ operation, outcome: "refused" });
    expect(`${operation} ${found > 0}`).toBe(`${operation} true`);
  }
});

/** The ways somebody is logged in, each as what it may do now. */
async function waysIn(person: Person) {
  const viaBasic = basic(person.name, person.password);
  const status = async (authorization: string) =>
    (await fetch(`${house.url}/dav/home/`, { method: "PROPFIND", headers: { authorization, depth: "0" } })).status;
  return {
    session: await codeOf(house.page(person, "session.list")),
    appPassword: await status(person.authorization),
    password: await status(viaBasic),
  };
}

const everyWay = { session: "ok", appPassword: 207, password: 207 };

test("a role that is taken away is gone at once from every session", async () => {
  const carol = await house.add("carol", ["admin"]);
  const create = (name: string) => codeOf(house.page(carol, "people.createGroup", { name, memberIds: [] }));
  expect(await create("first")).toBe("ok");
  expect(await codeOf(house.page(carol, "audit.search"))).toBe("ok");
  await answerOf(house.page(house, "people.update", { id: carol.id, roles: ["member"] }));
  expect(await create("second")).toBe("forbidden");
  for (const operation of ["audit.search", "guard.rules", "factorPolicy.get", "doctor.report"]) {
    expect(`${operation} ${await codeOf(house.page(carol, operation))}`).toBe(`${operation} forbidden`);
  }
  expect((await fetch(`${house.url}/api/audit/export`, { headers: { cookie: carol.cookie } })).status).toBe(403);
  // Nor can she give it back to herself.
  expect(await codeOf(house.page(carol, "people.update", { id: carol.id, roles: ["admin"] }))).toBe("forbidden");
  expect(await house.audited({ userId: carol.id, outcome: "refused" })).toBe(7);
  await answerOf(house.page(house, "people.update", { id: carol.id, roles: ["guest"] }));
  expect(await codeOf(house.page(carol, "people.list"))).toBe("forbidden");
});

test("an account that is switched off is out at once, by session, app password and password", async () => {
  const dan = await house.add("dan");
  expect(await waysIn(dan)).toEqual(everyWay);
  await answerOf(house.page(house, "people.update", { id: dan.id, disabled: true }));
  expect(await waysIn(dan)).toEqual({ session: "unauthenticated", appPassword: 401, password: 401 });
  expect((await house.login("dan", dan.password)).status).toBe(401);
  expect(await house.audited({ userId: dan.id, operation: "dav", outcome: "refused" })).toBe(2);
  expect(await house.audited({ userId: dan.id, operation: "session.login", outcome: "refused" })).toBe(1);
  await answerOf(house.page(house, "people.update", { id: dan.id, disabled: false }));
  expect((await waysIn(dan)).session).toBe("unauthenticated");
});

test("a new password from the administrator ends every session, app password and the old password", async () => {
  const eva = await house.add("eva");
  expect(await waysIn(eva)).toEqual(everyWay);
  await answerOf(house.page(house, "people.resetPassword", { id: eva.id, password: "a quite different long way" }));
  expect(await waysIn(eva)).toEqual({ session: "unauthenticated", appPassword: 401, password: 401 });
  expect((await house.login("eva", eva.password)).status).toBe(401);
  expect((await house.login("eva", "a quite different long way")).status).toBe(200);

  const kept = await house.add("kai");
  const reset = { id: kept.id, password: "a quite different long way", endAppPasswords: false };
  await answerOf(house.page(house, "people.resetPassword", reset));
  expect(await waysIn(kept)).toEqual({ session: "unauthenticated", appPassword: 207, password: 401 });
});

test("one's own new password ends the sessions elsewhere and leaves this one", async () => {
  const finn = await house.add("finn");
  const elsewhere = (await house.login("finn", finn.password)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const changed = await house.page(finn, "me.changePassword", {
    current: finn.password,
    next: "finn's other way home",
  });
  expect(changed.status).toBe(200);
  const here = changed.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(await codeOf(house.page({ cookie: elsewhere }, "session.list"))).toBe("unauthenticated");
  expect(await codeOf(house.page(finn, "session.list"))).toBe("unauthenticated");
  expect(await codeOf(house.page({ cookie: here }, "session.list"))).toBe("ok");
});

test("who leaves a group, a space or a shared folder sees it no more, at once and by every way in", async () => {
  const gina = await house.add("gina");
  const { group } = await answerOf(house.page(house, "people.createGroup", { name: "choir", memberIds: [gina.id] }));
  const members = [{ userId: 1, role: "manager" }];
  const { space } = await answerOf(house.page(house, "files.createSpace", { name: "Choir", members }));
  const { id: spaceId, rootId } = space as { id: number; rootId: number };
  await house.fetch("/dav/spaces/Choir/song.txt", { method: "PUT", body: "la" });
  const { node } = await answerOf(house.page(house, "files.resolve", { spaceId, path: "song.txt" }));
  const songId = (node as { id: number }).id;
  const ways = async () => {
    const get = (headers: Record<string, string>) =>
      fetch(`${house.url}/api/files/content/${songId}`, { headers }).then(({ status }) => status);
    return [
      await get({ cookie: gina.cookie }),
      await get({ authorization: gina.authorization }),
      await get({ authorization: basic(gina.name, gina.password) }),
    ].join();
  };
  const give = async (subject: { kind: string; id: number }) => {
    const resource = { kind: "node", id: rootId };
    const set = await answerOf(house.page(house, "access.set", { resource, subject, effect: "allow", role: "viewer" }));
    return (set["entry"] as { id: number }).id;
  };
  const groupId = (group as { id: number }).id;

  expect(await ways()).toBe("404,404,404");
  await give({ kind: "group", id: groupId });
  expect(await ways()).toBe("200,200,200");
  await answerOf(house.page(house, "people.updateGroup", { id: groupId, memberIds: [] }));
  expect(await ways()).toBe("404,404,404");
  await answerOf(house.page(house, "people.updateGroup", { id: groupId, memberIds: [gina.id] }));
  expect(await ways()).toBe("200,200,200");
  await answerOf(house.page(house, "people.removeGroup", { id: groupId }));
  expect(await ways()).toBe("404,404,404");

  const entryId = await give({ kind: "user", id: gina.id });
  expect(await ways()).toBe("200,200,200");
  await answerOf(house.page(house, "access.remove", { id: entryId }));
  expect(await ways()).toBe("404,404,404");

  const withGina = [...members, { userId: gina.id, role: "editor" }];
  await answerOf(house.page(house, "files.setSpaceMembers", { spaceId, members: withGina }));
  expect(await ways()).toBe("200,200,200");
  await answerOf(house.page(house, "files.setSpaceMembers", { spaceId, members }));
  expect(await ways()).toBe("404,404,404");
  expect(await house.audited({ userId: gina.id, operation: "http.get", outcome: "refused" })).toBe(15);
});

test("an app password that is withdrawn, and a session that is ended, are out at once", async () => {
  const hugo = await house.add("hugo");
  const listed = await answerOf(house.page(hugo, "appPassword.list"));
  const [first] = listed["appPasswords"] as { id: string }[];
  expect((await waysIn(hugo)).appPassword).toBe(207);
  await answerOf(house.page(hugo, "appPassword.revoke", { id: first?.id }));
  expect((await waysIn(hugo)).appPassword).toBe(401);
  await answerOf(house.page(hugo, "session.logout"));
  expect((await waysIn(hugo)).session).toBe("unauthenticated");
});

test("what was begun with a right ends with it: an upload, a link, a stream of events", async () => {
  const ida = await house.add("ida");
  const members = [{ userId: 1, role: "manager" }];
  const withIda = [...members, { userId: ida.id, role: "editor" }];
  const { space } = await answerOf(house.page(house, "files.createSpace", { name: "Begun", members: withIda }));
  const { id: spaceId, rootId } = space as { id: number; rootId: number };
  const own = { authorization: ida.authorization, "tus-resumable": "1.0.0" };
  const metadata = `parentId ${btoa(String(rootId))},path ${btoa("late.txt")}`;
  const made = await fetch(`${house.url}/api/uploads`, {
    method: "POST",
    headers: { ...own, "upload-length": "8", "upload-metadata": metadata },
  });
  const upload = new URL(made.headers.get("location") ?? "", house.url).href;
  const patch = (offset: number) =>
    fetch(upload, {
      method: "PATCH",
      headers: { ...own, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
      body: "half",
    });
  expect((await patch(0)).status).toBe(204);
  const link = (await answerOf(house.page(ida, "links.create", { nodeId: rootId, mode: "view", password: null })))[
    "link"
  ];
  const { url, token } = link as { url?: string; token?: string };
  const visit = () =>
    codeOf(house.as({ origin: house.url }, "publicLink.open", { token: token ?? url?.split("/s/").at(-1) }));
  expect(await visit()).toBe("ok");
  const events = await fetch(`${house.url}/api/events`, { headers: { cookie: ida.cookie } });
  const heard: string[] = [];
  const listening = (async () => {
    const decoder = new TextDecoder();
    for await (const part of events.body ?? []) heard.push(decoder.decode(part));
  })().catch(() => undefined);
  const change = async (name: string) => {
    await house.fetch(`/dav/spaces/Begun/${name}`, { method: "PUT", body: name });
    await Bun.sleep(600);
    return heard.splice(0).join("");
  };
  await house.fetch("/dav/spaces/Begun/before.txt", { method: "PUT", body: "before" });
  for (const end = Date.now() + 10_000; !heard.join("").includes("files.changed") && Date.now() < end;) {
    await Bun.sleep(20);
  }
  expect(heard.join("")).toContain("files.changed");
  await Bun.sleep(600);

  await answerOf(house.page(house, "files.setSpaceMembers", { spaceId, members }));
  const late = await patch(4);
  expect(late.status).toBeGreaterThanOrEqual(400);
  expect(late.status).toBeLessThan(500);
  const listing = await house.fetch("/dav/spaces/Begun/", { method: "PROPFIND", headers: { depth: "1" } });
  expect(await listing.text()).not.toContain("late.txt");
  expect(await visit()).toBe("gone");
  expect(await house.audited({ operation: "uploads.patch", userId: ida.id, outcome: "refused" })).toBe(1);
  expect(await house.audited({ operation: "publicLink.open", outcome: "refused" })).toBe(1);

  heard.splice(0);
  expect(await change("hidden.txt")).not.toContain("files.changed");
  await answerOf(house.page(house, "files.setSpaceMembers", { spaceId, members: withIda }));
  await answerOf(house.page(house, "people.update", { id: ida.id, disabled: true }));
  await Bun.sleep(300);
  heard.splice(0);
  expect(await change("after.txt")).not.toContain("files.changed");
  await events.body?.cancel().catch(() => undefined);
  await Promise.race([listening, Bun.sleep(100)]);
}, 60_000);

test("no right over others is changed without a fresh factor, whatever operation does it", async () => {
  const gil = await house.add("gil", ["admin"]);
  const { group } = await answerOf(house.page(gil, "people.createGroup", { name: "choir", memberIds: [gil.id] }));
  const { id } = group as { id: number };
  const { space } = await answerOf(house.page(gil, "files.createSpace", { name: "Not hers", members: [] }));
  const spaceId = (space as { id: number }).id;
  const subject = { kind: "user", id: gil.id };
  // The password alone, which is no session and so never fresh; an owner's, so that every right is there.
  const stale = { authorization: basic(house.user, house.password) };
  const acts: [string, unknown][] = [
    ["people.createGroup", { name: "band", memberIds: [] }],
    ["people.updateGroup", { id, memberIds: [1] }],
    ["people.removeGroup", { id }],
    ["access.set", { resource: { kind: "vpn-zone", id: "lan" }, subject, effect: "allow", role: "viewer" }],
    ["files.setSpaceMembers", { spaceId, members: [{ userId: 1, role: "manager" }] }],
  ];
  for (const [operation, input] of acts) {
    expect([operation, await codeOf(house.as(stale, operation, input))]).toEqual([operation, "step-up-required"]);
  }
  const set = await answerOf(house.page(house, "access.set", acts[3]?.[1]));
  const entry = set["entry"] as { id: number };
  expect(await codeOf(house.as(stale, "access.remove", { id: entry.id }))).toBe("step-up-required");
  // With a fresh one they go through, and a manager of a space needs none.
  for (const [operation, input] of acts) expect(await codeOf(house.page(house, operation, input))).toBe("ok");
  const manages = { spaceId, members: [{ userId: 1, role: "manager" }] };
  expect(await codeOf(house.as(stale, "files.setSpaceMembers", manages))).toBe("ok");
});

test("whoever may write at what is no file lets nobody else in: its keeper does", async () => {
  const jon = await house.add("jon");
  const resource = { kind: "place", id: "4711" };
  const given = { resource, subject: { kind: "user", id: jon.id }, effect: "allow", role: "editor" };
  await answerOf(house.page(house, "access.set", given));
  for (const subject of [{ kind: "everyone" }, { kind: "user", id: 1 }]) {
    const more = { resource, subject, effect: "allow", role: "viewer" };
    expect(await codeOf(house.page(jon, "access.set", more))).toBe("forbidden");
  }
});

test("a guest who may only look is told of nobody else, and can leave", async () => {
  const guest = await house.add("guido", ["guest"]);
  const ida = await house.add("iris");
  const { node } = await answerOf(
    house.page(house, "files.createFolder", { parentId: await rootOf(), path: "Guests" }),
  );
  const resource = { kind: "node", id: (node as { id: number }).id };
  for (const { id } of [guest, ida]) {
    const subject = { kind: "user", id };
    await answerOf(house.page(house, "access.set", { resource, subject, effect: "allow", role: "viewer" }));
  }
  const panel = await answerOf(house.page(guest, "access.panel", { resource }));
  const entries = panel["entries"] as { id: number; canRemove: boolean; subjectName: string }[];
  expect(entries).toMatchObject([{ canRemove: true, subjectName: "guido" }]);
  expect((panel["people"] as { userId: number }[]).map(({ userId }) => userId)).toEqual([guest.id]);
  expect(JSON.stringify(panel)).not.toContain("iris");
  await answerOf(house.page(guest, "access.remove", { id: entries[0]?.id }));
  expect(await codeOf(house.page(guest, "access.panel", { resource }))).toBe("not-found");
});

async function rootOf(): Promise<number> {
  const { spaces } = await answerOf(house.page(house, "files.spaces", {}));
  return (spaces as { rootId: number }[])[0]?.rootId ?? 0;
}

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { basic, type RunningHearth, startHearth } from "#kit";
import { openPage } from "./oidc-support.ts";

// Whole programs start, on a machine that may be busy.
setDefaultTimeout(60_000);

let hearth: RunningHearth;
let bob: { readonly authorization: string; readonly password: string };
let alice: ReturnType<typeof openPage>;
const files = "/remote.php/dav/files/alice";
const waitMs = 5_000;
/** Long enough for anything that would come to have come: changes are gathered for 20 ms. */
const quietMs = 300;

beforeAll(async () => {
  hearth = await startHearth();
  alice = openPage(hearth, hearth.cookie);
  const password = "quite a long password";
  await alice("people.create", { name: "bob", displayName: "Bob", password, roles: ["member"] });
  bob = { authorization: basic("bob", password), password };
  for (const folder of ["shared", "private"]) await hearth.fetch(`${files}/${folder}`, { method: "MKCOL" });
});
afterAll(() => hearth.stop());

const sockets: Client[] = [];
afterAll(() => sockets.forEach(({ close }) => close()));

interface Client {
  readonly said: string[];
  readonly closed: Promise<number>;
  send(text: string): void;
  close(): void;
  /** The next message that was not read yet. */
  next(): Promise<string>;
  /** What has come and was not read. */
  quiet(): Promise<string[]>;
}

async function connect(url: string): Promise<Client> {
  const socket = new WebSocket(url);
  const said: string[] = [];
  let read = 0;
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
  socket.addEventListener("message", ({ data }) => said.push(String(data)));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const client = {
    said,
    closed,
    send: (text: string) => socket.send(text),
    close: () => socket.close(),
    next: async () => {
      const endMs = Date.now() + waitMs;
      while (said.length <= read) {
        if (Date.now() > endMs) throw new Error(`nothing came after ${said.join(", ")}`);
        await Bun.sleep(2);
      }
      return said[read++] ?? "";
    },
    quiet: async () => {
      await Bun.sleep(quietMs);
      const rest = said.slice(read);
      read = said.length;
      return rest;
    },
  };
  sockets.push(client);
  return client;
}

async function endpoints(headers: Record<string, string> = {}): Promise<{ websocket: string; pre_auth: string }> {
  const response = await hearth.fetch("/ocs/v2.php/cloud/capabilities?format=json", { headers });
  const { capabilities } = ((await response.json()) as { ocs: { data: Answer } }).ocs.data;
  expect(capabilities.notify_push.type).toEqual(["files", "activities", "notifications"]);
  return capabilities.notify_push.endpoints;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
type Answer = any;

async function listen(user: string, password: string, ids = false): Promise<Client> {
  const client = await connect((await endpoints()).websocket);
  client.send(user);
  client.send(password);
  expect(await client.next()).toBe("authenticated");
  if (ids) client.send("listen notify_file_id");
  return client;
}

const idOf = async (path: string): Promise<number> => {
  const body = `<d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/></d:prop></d:propfind>`;
  const response = await hearth.fetch(`${files}${path}`, { method: "PROPFIND", headers: { depth: "0" }, body });
  return Number(/<oc:fileid>(\d+)/.exec(await response.text())?.[1]);
};
const put = (path: string, body = "content") => hearth.fetch(`${files}${path}`, { method: "PUT", body });

describe("notify_push", () => {
  test("the addresses follow the way the client came, also through a front that ends TLS", async () => {
    const { host } = new URL(hearth.url);
    expect((await endpoints()).websocket).toBe(`ws://${host}/push/ws`);
    const proxied = await endpoints({ "x-forwarded-proto": "https" });
    expect(proxied.websocket).toBe(`wss://${host}/push/ws`);
    expect(proxied.pre_auth).toBe(`https://${host}/index.php/apps/notify_push/pre_auth`);
  });

  test("a change is told at once, with ids when the client asks for them, and many as few", async () => {
    const [plain, withIds] = [
      await listen("alice", hearth.appPassword),
      await listen("alice", hearth.appPassword, true),
    ];
    await plain.quiet();
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const startedAt = performance.now();
      expect((await put(`/shared/a${round}`)).status).toBe(201);
      expect(await plain.next()).toBe("notify_file");
      times.push(performance.now() - startedAt);
      expect(JSON.parse((await withIds.next()).replace("notify_file_id ", ""))).toEqual([
        await idOf("/shared"),
        await idOf("/"),
      ]);
      // A pause without changes: the next is told at once again.
      await Bun.sleep(1_100);
    }
    console.info(`from the start of a PUT to the message: ${times.map((time) => `${time.toFixed(0)} ms`).join(", ")}`);
    const beganMs = performance.now();
    for (let count = 0; count < 40; count += 1) await put(`/shared/b${count}`);
    const told = await plain.quiet();
    // One in a second: how many seconds it takes is up to the machine.
    expect(told.length).toBeLessThan((performance.now() - beganMs) / 1000 + 3);
    for (const client of [plain, withIds]) client.close();
  }, 30_000);

  test("whoever sees nothing of it hears nothing; whoever was let in hears of that part alone", async () => {
    const other = await listen("bob", bob.password, true);
    await put("/private/a");
    await put("/shared/c");
    expect(await other.quiet()).toEqual([]);

    const id = await idOf("/shared");
    const inner = await idOf("/private");
    const person = (await alice("people.list", {})).answer.people.find((one: Answer) => one.name === "bob").id;
    const subject = { kind: "user", id: person };
    await alice("access.set", { resource: { kind: "node", id }, subject, effect: "allow", role: "viewer" });
    expect(await other.next()).toBe("notify_file");
    await Bun.sleep(1_100);
    await put("/private/b");
    await hearth.fetch(`${files}/private`, { method: "MOVE", headers: { destination: `${files}/private2` } });
    await put("/private2/c");
    expect(await other.quiet()).toEqual([]);
    await put("/shared/d");
    expect(await other.next()).toBe("notify_file");
    await Bun.sleep(1_100);

    // A file in a shared folder that is closed to him: its folder has changed for everybody but him.
    await put("/shared/secret", "one");
    await other.next();
    const secret = await idOf("/shared/secret");
    await alice("access.set", { resource: { kind: "node", id: secret }, subject, effect: "deny", actions: ["read"] });
    await other.next();
    await Bun.sleep(1_100);
    await put("/shared/secret", "two");
    expect(await other.quiet()).toEqual([]);
    expect(inner).toBeGreaterThan(0);
    other.close();
  }, 30_000);
});

test("a restore that is announced is told to everybody, and a mount that is renamed to its person alone", async () => {
  const [client, other] = [await listen("alice", hearth.appPassword), await listen("bob", bob.password)];
  await alice("sync.announceRestore", {});
  expect([await client.next(), await other.next()]).toEqual(["notify_file", "notify_file"]);
  await Bun.sleep(1_100);
  const moved = await hearth.fetch("/remote.php/dav/files/bob/shared", {
    method: "MOVE",
    headers: { authorization: bob.authorization, destination: "/remote.php/dav/files/bob/of-alice" },
  });
  expect(moved.status).toBe(201);
  expect(await other.next()).toBe("notify_file");
  expect(await client.quiet()).toEqual([]);
  for (const one of [client, other]) one.close();
});

describe("who may listen", () => {
  test("wrong passwords are told so and shown out, and nobody hears who exists", async () => {
    for (const [user, password] of [
      ["alice", "wrong password"],
      ["nobody", "wrong password"],
      ["", "no such token"],
      ["", ""],
    ] as const) {
      const client = await connect((await endpoints()).websocket);
      client.send(user);
      client.send(password);
      expect(await client.next()).toBe("err: Invalid credentials");
      expect(await client.closed).toBe(1008);
    }
  });

  test("a token of pre_auth opens one socket, once", async () => {
    const { websocket, pre_auth: preAuth } = await endpoints();
    expect((await fetch(preAuth, { method: "POST" })).status).toBe(401);
    const { cookie } = hearth;
    expect((await fetch(preAuth, { method: "POST", headers: { cookie } })).status).toBe(401);
    const response = await hearth.fetch(new URL(preAuth).pathname, { method: "POST" });
    const token = await response.text();
    for (const answer of ["authenticated", "err: Invalid credentials"]) {
      const client = await connect(websocket);
      client.send("");
      client.send(token);
      expect(await client.next()).toBe(answer);
      client.close();
    }
  });

  test("an app password that is withdrawn closes its socket at once, and no other", async () => {
    const { answer } = await alice("appPassword.create", { label: "phone", scope: "files:read" });
    const [phone, desktop] = [await listen("alice", answer.secret), await listen("alice", hearth.appPassword)];
    await alice("appPassword.revoke", { id: answer.appPassword.id });
    expect(await phone.closed).toBe(1008);
    await put("/private2/d");
    expect(await desktop.next()).toBe("notify_file");
    expect(phone.said).toEqual(["authenticated"]);
    desktop.close();
  });

  test("so does a new password for whoever came with the old one, and a disabled account", async () => {
    const client = await listen("bob", bob.password);
    const person = (await alice("people.list", {})).answer.people.find((one: Answer) => one.name === "bob").id;
    const reset = await alice("people.resetPassword", { id: person, password: "another long password" });
    expect(reset.status).toBe(200);
    expect(await client.closed).toBe(1008);
    const again = await listen("bob", "another long password");
    await alice("people.update", { id: person, disabled: true });
    expect(await again.closed).toBe(1008);
  });

  test("too much talk and bytes that are no text end the connection; a plain request is told what this is", async () => {
    const url = (await endpoints()).websocket;
    const talker = await listen("alice", hearth.appPassword);
    for (let count = 0; count < 80; count += 1) talker.send("hello");
    expect(await talker.closed).toBe(1008);
    const long = await connect(url);
    long.send("x".repeat(9_000));
    expect(await long.closed).toBeGreaterThan(1000);
    for (const path of ["/push/ws", "/push/other"]) {
      const response = await hearth.fetch(path);
      expect(response.status).toBe(path === "/push/ws" ? 400 : 404);
    }
  });

  test("who does not say who they are waits with few others, and the server goes on", async () => {
    const url = (await endpoints()).websocket;
    const idle = await Promise.allSettled(Array.from({ length: 60 }, () => connect(url)));
    const opened = idle.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(opened.length).toBeGreaterThan(30);
    expect(opened.length).toBeLessThan(45);
    for (const client of opened) client.close();
    await Promise.all(opened.map(({ closed }) => closed));
    (await listen("alice", hearth.appPassword)).close();
  });
});

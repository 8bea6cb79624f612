import { afterAll, beforeAll, expect, test } from "bun:test";
import { openTestCloud, type TestCloud } from "#kit";

let cloud: TestCloud;
let server: ReturnType<TestCloud["listen"]>;
beforeAll(async () => {
  cloud = await openTestCloud();
  server = cloud.listen();
});
afterAll(async () => {
  await server.stop(0);
  expect(cloud.failures).toEqual([]);
  await cloud.close();
});

async function connect(user: string) {
  const controller = new AbortController();
  const response = await fetch(new URL("/api/events", server.url), {
    headers: { "x-test-user": user },
    signal: controller.signal,
  });
  let text = "";
  const read = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  })().catch(() => undefined);
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text: () => text,
    close: async () => {
      controller.abort();
      await read;
    },
    until: async (word: string) => {
      const end = Date.now() + 10_000;
      while (!text.includes(word)) {
        if (Date.now() > end) throw new Error(`${word} never came; got ${text}`);
        await Bun.sleep(10);
      }
    },
  };
}

test("each sees the changes of their own spaces, many as one", async () => {
  const [anna, ben] = await Promise.all([connect("anna"), connect("ben")]);
  expect(anna.type).toBe("text/event-stream");
  await anna.until("retry:");
  const home = cloud.homeOf("anna");
  const beganMs = performance.now();
  for (let index = 0; index < 50; index += 1) {
    await cloud.call("anna", "files.createFolder", { parentId: home.rootId, path: `f${index}` });
  }
  await anna.until("files.changed");
  const folder = cloud.storage.child(home.rootId, "f1")?.id ?? 0;
  await cloud.call("anna", "files.remove", { ids: [folder] });
  await anna.until("trash.changed");
  await Bun.sleep(150);
  // Ten in a second: how many seconds it takes is up to the machine.
  const most = (performance.now() - beganMs) / 100 + 2;
  expect(anna.text().match(/event: files\.changed/g)?.length).toBeLessThan(most);
  expect(anna.text()).toContain(`data: {"spaceId":${home.id},"folderIds":[${home.rootId}]}`);
  expect(ben.text()).not.toContain("event:");
  await Promise.all([anna.close(), ben.close()]);
}, 20_000);

test("whoever was let into a folder hears of it alone, and everybody of a change of rights", async () => {
  const home = cloud.homeOf("anna");
  const make = async (path: string): Promise<number> =>
    (await cloud.call("anna", "files.createFolder", { parentId: home.rootId, path })).node.id;
  const [shared, inner, other] = [await make("shared"), await make("shared/inner"), await make("other")];
  const enter = (id: number, effect: string) =>
    cloud.call("anna", "access.set", {
      resource: { kind: "node", id },
      subject: { kind: "user", id: cloud.actor("ben").userId },
      effect,
      role: effect === "allow" ? "viewer" : undefined,
    });
  const ben = await connect("ben");
  await ben.until("retry:");
  await enter(shared, "allow");
  await ben.until("access.changed");
  await enter(inner, "deny");
  await Bun.sleep(150);
  for (const id of [other, inner, shared]) {
    await cloud.call("anna", "files.createFolder", { parentId: id, path: "new" });
  }
  await ben.until("files.changed");
  await Bun.sleep(150);
  const told = [...ben.text().matchAll(/"folderIds":\[([\d,]*)\]/g)].flatMap((match) => (match[1] ?? "").split(","));
  expect([...new Set(told)]).toEqual([String(shared)]);
  expect(ben.text()).not.toContain("trash.changed");
  await ben.close();
}, 20_000);

test("only a session may listen, and not without bound; who leaves frees the place", async () => {
  expect((await connect("")).status).toBe(401);
  const all = await Promise.all(Array.from({ length: 20 }, () => connect("anna")));
  expect(all.every(({ status }) => status === 200)).toBe(true);
  expect((await connect("anna")).status).toBe(429);
  await Promise.all(all.map((stream) => stream.close()));
  let again = await connect("anna");
  for (const end = Date.now() + 10_000; again.status === 429 && Date.now() < end; again = await connect("anna")) {
    await Bun.sleep(20);
  }
  expect(again.status).toBe(200);
  await again.close();
});

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
      const end = Date.now() + 3000;
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
  for (let index = 0; index < 50; index += 1) {
    await cloud.call("anna", "files.createFolder", { parentId: home.rootId, path: `f${index}` });
  }
  await anna.until("files.changed");
  const folder = cloud.storage.child(home.rootId, "f1")?.id ?? 0;
  await cloud.call("anna", "files.remove", { ids: [folder] });
  await anna.until("trash.changed");
  await Bun.sleep(150);
  expect(anna.text().match(/event: files\.changed/g)?.length).toBeLessThan(12);
  expect(anna.text()).toContain(`data: {"spaceId":${home.id},"folderIds":[${home.rootId}]}`);
  expect(ben.text()).not.toContain("event:");
  await Promise.all([anna.close(), ben.close()]);
}, 20_000);

test("only a session may listen, and not without bound; who leaves frees the place", async () => {
  expect((await connect("")).status).toBe(401);
  const all = await Promise.all(Array.from({ length: 20 }, () => connect("anna")));
  expect(all.every(({ status }) => status === 200)).toBe(true);
  expect((await connect("anna")).status).toBe(429);
  await Promise.all(all.map((stream) => stream.close()));
  await Bun.sleep(100);
  const again = await connect("anna");
  expect(again.status).toBe(200);
  await again.close();
});

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import sharp from "sharp";
import { basic, type RunningHearth, startHearth } from "#kit";
import { openPage } from "./oidc-support.ts";

// Whole programs start, on a machine that may be busy.
setDefaultTimeout(60_000);

let hearth: RunningHearth;
let page: ReturnType<typeof openPage>;
const password = "quite a long password";
const as = (name: string) => ({ authorization: basic(name, password) });

beforeAll(async () => {
  hearth = await startHearth();
  page = openPage(hearth, hearth.cookie);
  for (const [name, roles] of [
    ["bob", ["member"]],
    ["gast", ["guest"]],
  ] as const) {
    await page("people.create", { name, displayName: `${name} B`, password, roles });
  }
});
afterAll(() => hearth.stop());

test("a picture of the size asked for, at both addresses, that is not sent twice", async () => {
  for (const [path, size] of [
    ["/index.php/avatar/alice/128", 128],
    ["/index.php/avatar/bob/64/dark", 64],
    ["/remote.php/dav/avatars/bob/300.png", 512],
    ["/remote.php/dav/avatars/bob/128", 128],
  ] as const) {
    const response = await hearth.fetch(path, path.includes("bob") ? { headers: as("bob") } : {});
    expect([path, response.status, response.headers.get("content-type")]).toEqual([path, 200, "image/png"]);
    expect(response.headers.get("x-nc-iscustomavatar")).toBe("0");
    const { width, height } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
    expect([width, height]).toEqual([size, size]);
  }
  const first = await hearth.fetch("/index.php/avatar/alice/128");
  const again = await hearth.fetch("/index.php/avatar/alice/128", {
    headers: { "if-none-match": first.headers.get("etag") ?? "" },
  });
  expect(again.status).toBe(304);
});

test("whoever may not see who is here cannot tell somebody from nobody", async () => {
  const seen = async (name: string, headers: Record<string, string> = {}) => {
    const response = await hearth.fetch(`/index.php/avatar/${name}/64`, { headers });
    const { status } = response;
    return { status, body: status === 200 ? "" : (await response.text()).replaceAll(/"id":"[^"]+"/g, "") };
  };
  expect(await seen("alice", as("gast"))).toEqual(await seen("nobody", as("gast")));
  expect((await seen("alice", as("gast"))).status).toBe(404);
  // So an app password that may not share with people.
  expect(await seen("bob")).toEqual(await seen("nobody"));
  expect((await seen("alice", as("bob"))).status).toBe(200);
  expect((await seen("gast", as("gast"))).status).toBe(200);
  for (const path of [
    "/index.php/avatar/alice/0x40",
    "/index.php/avatar/%ff/64",
    "/index.php/avatar/",
    "/remote.php/dav/avatars/",
  ]) {
    expect((await hearth.fetch(path)).status).toBe(404);
  }
  expect((await fetch(`${hearth.url}/index.php/avatar/alice/64`)).status).toBe(401);
});

test("whoever shared something is shown to whom they shared it with", async () => {
  await hearth.fetch("/remote.php/dav/files/alice/photos", { method: "MKCOL" });
  const home = (await page("files.spaces", {})).answer.spaces[0];
  const { nodes } = (await page("files.list", { folderId: home.rootId })).answer;
  const id = nodes.find((node: { name: string }) => node.name === "photos").id;
  const people = (await page("people.list", {})).answer.people;
  const guest = people.find((one: { name: string }) => one.name === "gast").id;
  const subject = { kind: "user", id: guest };
  const shared = await page("access.set", { resource: { kind: "node", id }, subject, effect: "allow", role: "viewer" });
  expect(shared.status).toBe(200);
  expect((await hearth.fetch("/index.php/avatar/alice/64", { headers: as("gast") })).status).toBe(200);
  expect((await hearth.fetch("/index.php/avatar/bob/64", { headers: as("gast") })).status).toBe(404);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "#platform/config";
import { systemActor } from "#platform/usecase";
import { basic } from "#kit";
import { startHearth } from "../../../src/main.ts";

/** Stands in the name or content of everything that strangers must not see; no request of theirs holds it. */
export const marker = "okapi";
const password = "a long enough password 7";
const uploadLength = "1000";

/** Credentials as headers; none at all for a visitor. */
export type Credentials = Readonly<Record<string, string>>;
export type Household = Awaited<ReturnType<typeof openHousehold>>;
export type Belongings = Awaited<ReturnType<Household["furnish"]>>;

/** The real program in this process, with alice, who has files, and mallory, who was let into none of them. */
export async function openHousehold() {
  const dataDir = mkdtempSync(join(tmpdir(), "hearth-access-"));
  const loaded = loadConfig({
    environment: {},
    file: undefined,
    dataDir,
    listen: "127.0.0.1:0",
    logLevel: "error",
  });
  if (!loaded.ok) throw new Error("the default configuration does not hold");
  const hearth = await startHearth({
    dataDir,
    config: loaded.config,
    pageDir: join(dataDir, "no-page"),
    owner: { user: "alice", password },
  });
  const url = hearth.url.origin;
  const ids: Record<string, number> = { alice: hearth.identity.findByName("alice")?.id ?? 0 };
  for (const name of ["mallory", "carol"]) {
    const draft = { name, displayName: name, roles: ["member" as const], quotaBytes: null };
    ids[name] = (await hearth.identity.create(systemActor, draft, password)).id;
  }
  const idOf = (name: string) => ids[name] ?? 0;
  const send = (credentials: Credentials, method: string, path: string, headers: Credentials = {}, body?: string) =>
    fetch(`${url}${path}`, { method, headers: { ...credentials, ...headers }, body, redirect: "manual" });
  const call = (credentials: Credentials, operation: string, input: unknown) =>
    send(
      credentials,
      "POST",
      `/api/${operation}`,
      { "content-type": "application/json", origin: url },
      JSON.stringify(input),
    );
  const login = async (name: string): Promise<Credentials> => {
    const response = await call({}, "session.login", { name, password });
    const cookie = response.headers.get("set-cookie")?.split(";")[0];
    if (cookie === undefined) throw new Error(`${name} cannot log in: ${await response.text()}`);
    return { cookie };
  };
  const alice = await login("alice");
  const appPassword = async (session: Credentials, name: string, scope: string): Promise<Credentials> => {
    const { secret } = (await (await call(session, "appPassword.create", { label: "x", scope })).json()) as {
      secret: string;
    };
    return { authorization: basic(name, secret) };
  };
  const must = async (operation: string, input: unknown) => {
    const response = await call(alice, operation, input);
    // oxlint-disable-next-line typescript/no-explicit-any -- a test says itself what it expects
    const answer = (await response.json()) as any;
    if (!response.ok) throw new Error(`${operation}: ${JSON.stringify(answer)}`);
    return answer;
  };

  /** Things of every kind that alice can have, made anew. */
  let count = 0;
  const furnish = async () => {
    const home = hearth.storage.findSpace("home", "alice");
    if (home === undefined) throw new Error("alice has no home");
    const top = await must("files.createFolder", { parentId: home.rootId, path: `things-${(count += 1)}` });
    const folderId: number = top.node.id;
    const put = async (name: string, content = `${marker} content`) => {
      const place = { parentId: folderId, name };
      const { node } = await hearth.storage.put(place, new TextEncoder().encode(content), { actor: systemActor });
      return node.id;
    };
    const fileId = await put("file.png");
    await put("file.png", `${marker} content again`);
    const hiddenId = await put(`${marker}.txt`);
    const targetId = (await must("files.createFolder", { parentId: folderId, path: "target" })).node.id as number;
    const { trashIds } = await must("files.remove", { ids: [await put(`${marker}-removed.txt`)] });
    const { link } = await must("links.create", { nodeId: targetId });
    const resource = { kind: "node", id: folderId };
    const subject = { kind: "user", id: idOf("carol") };
    const { entry } = await must("access.set", { resource, subject, effect: "allow", role: "viewer" });
    const members = [{ userId: idOf("alice"), role: "manager" }];
    const { space } = await must("files.createSpace", { name: `Shed ${count}`, members });
    const { library } = await must("libraries.create", {
      folderId: targetId,
      kind: "videos",
      name: `${marker} library`,
    });
    const metadata = `parentId ${btoa(String(folderId))},path ${btoa("up.bin")}`;
    const upload = await send(alice, "POST", "/api/uploads", {
      "tus-resumable": "1.0.0",
      "upload-length": uploadLength,
      "upload-metadata": metadata,
      origin: url,
    });
    return {
      homeId: home.id,
      homeName: top.node.name as string,
      rootId: home.rootId,
      folderId,
      fileId,
      versionNumber: hearth.storage.versions.list(fileId)[0]?.number ?? 0,
      hiddenId,
      targetId,
      trashId: trashIds[0] as string,
      link: link as { id: string; url: string },
      entryId: entry.id as number,
      libraryId: library.id as number,
      shedRootId: space.rootId as number,
      spaceId: space.id as number,
      spaceName: space.name as string,
      uploadPath: upload.headers.get("location") ?? "",
      aliceId: idOf("alice"),
    };
  };

  /** Everything that alice has, as text: two that are alike mean that nothing was changed. */
  const snapshot = (): string => {
    const lines: string[] = [];
    const walk = (folderId: number, path: string) => {
      for (const { id, name, etag, kind } of hearth.storage.children(folderId)) {
        const versions = hearth.storage.versions.list(id).map(({ number }) => number);
        lines.push(`${id} ${path}/${name} ${etag} ${versions.join(" ")}`);
        if (kind === "folder") walk(id, `${path}/${name}`);
      }
    };
    for (const { id, rootId, name, kind } of hearth.storage.spaces()) {
      if (kind === "home" && name !== "alice") continue;
      walk(rootId, name);
      lines.push(JSON.stringify(hearth.access.membersOf(id)));
      lines.push(JSON.stringify(hearth.storage.trash.list(id, { offset: 0, limit: 1000 })));
    }
    lines.push(JSON.stringify(hearth.access.entries()));
    return lines.join("\n");
  };
  const linksOf = async () => JSON.stringify((await must("links.list", {})).links);

  return {
    hearth,
    url,
    alice,
    idOf,
    send,
    call,
    login,
    appPassword,
    furnish,
    snapshot: async () => `${snapshot()}\n${await linksOf()}`,
    /** What mallory's home holds; nothing of alice's may turn up there. */
    loot: () => {
      const home = hearth.storage.findSpace("home", "mallory");
      return home === undefined ? [] : hearth.storage.children(home.rootId).map(({ name }) => name);
    },
    close: async () => {
      await hearth.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Dice } from "../../system/crash/client.ts";
import type { System } from "../../system/support.ts";
import { choosable, pick, somePlace, targetFor } from "./acts.ts";
import type { Ledger } from "./ledger.ts";

/** One thing a person does on the page, at random: `begin` is told the paths before anything is sent. */
export async function actOnPage(
  server: System,
  dice: Dice,
  ledger: Ledger,
  begin: (name: string, paths: readonly string[]) => void,
): Promise<void> {
  let left = dice.below(weightOf);
  const [, name, act] = pageActs.find(([weight]) => (left -= weight) < 0) ?? pageActs[0];
  await act({ server, dice, ledger, begin: (...paths) => begin(name, paths) });
}

interface Page {
  readonly server: System;
  readonly dice: Dice;
  readonly ledger: Ledger;
  readonly begin: (...paths: readonly string[]) => void;
}

type PageAct = (page: Page) => Promise<void>;

/** A refusal is an answer; a failure of the server is none. */
async function ask(server: System, name: string, input: unknown): Promise<unknown> {
  const response = await server.call(name, input);
  const answer: unknown = await response.json();
  if (response.status >= 500) throw new Error(`${name} ${JSON.stringify(input)} gave ${JSON.stringify(answer)}`);
  return response.ok ? answer : undefined;
}

async function idOf(server: System, path: string): Promise<number | undefined> {
  if (path === "") return server.homeId;
  const found = await ask(server, "files.resolve", { spaceId: server.spaceId, path });
  return (found as { node: { id: number } } | undefined)?.node.id;
}

const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

const upload: PageAct = async ({ server, dice, ledger, begin }) => {
  const path = somePlace(choosable(server.homePath), "file", dice);
  if (lstatSync(join(server.homePath, path), { throwIfNoEntry: false })?.isDirectory() === true) return;
  const bytes = ledger.fresh(dice);
  const metadata = Object.entries({ parentId: String(server.homeId), path, onClash: "replace" });
  begin(path);
  const response = await server.fetch("/api/uploads", {
    method: "POST",
    headers: {
      "tus-resumable": "1.0.0",
      "upload-length": String(bytes.length),
      "content-type": "application/offset+octet-stream",
      "upload-metadata": metadata.map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`).join(","),
    },
    body: bytes,
  });
  if (response.status >= 500) throw new Error(`an upload to ${path} gave ${response.status} ${await response.text()}`);
  if (response.headers.get("upload-offset") === String(bytes.length)) ledger.keep(bytes);
};

const rename: PageAct = async ({ server, dice, begin }) => {
  const entries = choosable(server.homePath);
  const entry = pick(entries, dice);
  const id = entry && (await idOf(server, entry.path));
  if (entry === undefined || id === undefined) return;
  const name = nameOf(somePlace([], entry.kind === "folder" ? "folder" : "file", dice));
  begin(entry.path, join(parentOf(entry.path), name));
  await ask(server, "files.rename", { id, name });
};

const moveOrCopy =
  (operation: "files.move" | "files.copy"): PageAct =>
  async ({ server, dice, begin }) => {
    const entries = choosable(server.homePath);
    const entry = pick(entries, dice);
    const to = entry && targetFor(entries, entry, dice);
    if (entry === undefined || to === undefined || (operation === "files.copy" && entries.length > 60)) return;
    const [id, folderId] = [await idOf(server, entry.path), await idOf(server, parentOf(to))];
    if (id === undefined || folderId === undefined) return;
    // With another onClash than these the name of the target is one that nobody here knows.
    const onClash = pick(["fail", "replace", "skip"], dice);
    begin(entry.path, join(parentOf(to), nameOf(entry.path)));
    await ask(server, operation, { ids: [id], folderId, onClash });
  };

const remove: PageAct = async ({ server, dice, begin }) => {
  const entry = pick(choosable(server.homePath), dice);
  const id = entry && (await idOf(server, entry.path));
  if (entry === undefined || id === undefined) return;
  begin(entry.path);
  await ask(server, "files.remove", { ids: [id] });
};

const makeFolder: PageAct = async ({ server, dice, begin }) => {
  const path = somePlace(choosable(server.homePath), "folder", dice);
  begin(path);
  await ask(server, "files.createFolder", { parentId: server.homeId, path });
};

const restore: PageAct = async ({ server, dice, begin }) => {
  const listed = await ask(server, "trash.list", { spaceId: server.spaceId, limit: 50 });
  const item = pick((listed as { items: { id: string; originalPath: string }[] }).items, dice);
  if (item === undefined) return;
  // A taken name gets a number: whatever is in that folder may be concerned.
  begin(parentOf(item.originalPath));
  await ask(server, "trash.restore", { ids: [item.id] });
};

const restoreVersion: PageAct = async ({ server, dice, begin }) => {
  const files = choosable(server.homePath).filter(({ kind }) => kind === "file");
  for (let tries = 0; tries < 4; tries++) {
    const path = pick(files, dice)?.path;
    const nodeId = path === undefined ? undefined : await idOf(server, path);
    if (path === undefined || nodeId === undefined) return;
    const listed = await ask(server, "versions.list", { nodeId });
    const version = pick((listed as { versions: { number: number }[] } | undefined)?.versions ?? [], dice);
    if (version === undefined) continue;
    begin(path);
    await ask(server, "versions.restore", { nodeId, number: version.number });
    return;
  }
};

const pageActs: readonly [readonly [number, string, PageAct], ...(readonly [number, string, PageAct])[]] = [
  [5, "upload", upload],
  [3, "rename", rename],
  [4, "move", moveOrCopy("files.move")],
  [1, "copy", moveOrCopy("files.copy")],
  [3, "remove", remove],
  [1, "make a folder", makeFolder],
  [3, "restore from the trash", restore],
  [3, "restore a version", restoreVersion],
];
const weightOf = pageActs.reduce((sum, [weight]) => sum + weight, 0);

import type { System } from "../support.ts";
import { contentOf, hashOf } from "./content.ts";
import { type Act, after, subtree, trashed, type Tree } from "./model.ts";

/** An upload in parts that is under way; it outlives a kill. */
interface OpenUpload {
  readonly url: string;
  readonly path: string;
  readonly content: Buffer;
  /** Bytes that the server has said it has. */
  acknowledged: number;
}

/** One client with a folder of its own, who does one thing at a time and remembers what was acknowledged. */
export interface StormClient {
  readonly name: string;
  tree: Tree;
  /** What was under way when the server went, or nothing. */
  pending: Act | undefined;
  upload: OpenUpload | undefined;
  readonly trashed: string[];
  acknowledged: number;
}

/** A refusal that the model does not explain. */
export class UnexpectedAnswer extends Error {}

export interface Dice {
  /** 0 ≤ n < below */
  below(below: number): number;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0 || 1;
  return {
    below: (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    },
  };
}

export function createStormClient(name: string): StormClient {
  return { name, tree: new Map(), pending: undefined, upload: undefined, trashed: [], acknowledged: 0 };
}

const maxSmallBytes = 70 * 1024;
const maxLargeBytes = 3 * 1024 * 1024;
const maxEntries = 60;

/** Works until the server is gone or `isOver`. */
export async function work(client: StormClient, server: System, dice: Dice, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const step = nextStep(client, server, dice);
    client.pending = step.act;
    let response: Response;
    try {
      response = await step.send();
    } catch (error) {
      if (isOver()) return;
      throw error;
    }
    if (!response.ok)
      throw new UnexpectedAnswer(
        `${client.name}: ${JSON.stringify(step.act)} gave ${response.status} ${await response.text()}`,
      );
    step.acknowledged?.(response);
    client.trashed.push(...trashed(client.tree, step.act));
    client.tree = after(client.tree, step.act);
    client.pending = undefined;
    client.acknowledged++;
  }
}

interface Step {
  readonly act: Act;
  readonly send: () => Promise<Response>;
  readonly acknowledged?: (response: Response) => void;
}

function nextStep(client: StormClient, server: System, dice: Dice): Step {
  const paths = [...client.tree.keys()];
  const folders = ["", ...paths.filter((path) => client.tree.get(path) === null)];
  const pick = <T>(list: readonly T[]) => list[dice.below(list.length)] as T;
  const url = (path: string) => `/dav/home/${client.name}/${path}`;
  const send = (method: string, path: string, init: RequestInit = {}) => server.fetch(url(path), { ...init, method });
  const nameIn = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

  if (client.upload !== undefined && dice.below(3) > 0) return continueUpload(client, server, client.upload, dice);
  const chance = dice.below(100);
  const isFull = paths.length > maxEntries;
  if (chance < 8 && !isFull) {
    const path = nameIn(pick(folders.filter((folder) => folder.split("/").length < 4)), `d${dice.below(6)}`);
    if (!client.tree.has(path)) return { act: { kind: "folder", path }, send: () => send("MKCOL", path) };
  }
  if (paths.length > 0 && chance >= 8 && chance < 35) {
    const path = pick(paths);
    const isFolder = client.tree.get(path) === null;
    const targets = folders.filter((folder) => folder !== path && !folder.startsWith(`${path}/`));
    const to = nameIn(pick(targets), `${isFolder ? "d" : "f"}${dice.below(8)}`);
    const isBlocked =
      to === path || path.startsWith(`${to}/`) || to.split("/").length + depthBelow(client.tree, path) > 8;
    const isCopy = dice.below(3) === 0;
    if (!isBlocked && !(isCopy && isFull)) {
      const headers = { destination: server.url + url(to), overwrite: "T" };
      return {
        act: { kind: isCopy ? "copy" : "move", path, to },
        send: () => send(isCopy ? "COPY" : "MOVE", path, { headers }),
      };
    }
  }
  if (paths.length > 0 && (chance >= 90 || isFull)) {
    const path = pick(paths);
    return { act: { kind: "remove", path }, send: () => send("DELETE", path) };
  }
  const path = nameIn(pick(folders), `f${dice.below(8)}`);
  if (chance >= 80 && client.upload === undefined) return beginUpload(client, server, path, dice);
  const content = contentOf(dice.below(2 ** 31), dice.below(dice.below(6) === 0 ? maxLargeBytes : maxSmallBytes));
  return {
    act: { kind: "write", path, hash: hashOf(content) },
    send: () => send("PUT", path, { body: new Uint8Array(content) }),
  };
}

function depthBelow(tree: Tree, path: string): number {
  return Math.max(...[...subtree(tree, path).keys()].map((other) => other.slice(path.length).split("/").length));
}

const tusHeaders = { "tus-resumable": "1.0.0" };

/** The upload goes to the client's own folder in the home, and to a path that stays free of moves until it is done. */
function beginUpload(client: StormClient, server: System, path: string, dice: Dice): Step {
  const name = `u-${path.replaceAll("/", "-")}`;
  const content = contentOf(dice.below(2 ** 31), 64 + dice.below(maxLargeBytes));
  const metadata = Object.entries({
    parentId: String(server.homeId),
    path: `${client.name}/${name}`,
    onClash: "replace",
  });
  const headers = {
    ...tusHeaders,
    "upload-length": String(content.length),
    "upload-metadata": metadata.map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`).join(","),
  };
  return {
    act: { kind: "nothing" },
    send: () => server.fetch("/api/uploads", { method: "POST", headers }),
    acknowledged: (response) => {
      client.upload = { url: response.headers.get("location") ?? "", path: name, content, acknowledged: 0 };
    },
  };
}

function continueUpload(client: StormClient, server: System, upload: OpenUpload, dice: Dice): Step {
  const { acknowledged: offset, content, path } = upload;
  const end = Math.min(content.length, offset + 1 + dice.below(maxLargeBytes / 3));
  const isLast = end === content.length;
  const headers = { ...tusHeaders, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  const body = new Uint8Array(content.subarray(offset, end));
  return {
    act: isLast ? { kind: "write", path, hash: hashOf(content) } : { kind: "nothing" },
    send: () => server.fetch(upload.url, { method: "PATCH", headers, body }),
    acknowledged: (response) => {
      upload.acknowledged = Number(response.headers.get("upload-offset"));
      if (isLast) client.upload = undefined;
    },
  };
}

/** After a restart: the server must have at least what it acknowledged of an upload in parts. */
export async function resume(client: StormClient, server: System): Promise<void> {
  const { upload } = client;
  if (upload === undefined) return;
  const response = await server.fetch(upload.url, { method: "HEAD", headers: tusHeaders });
  const finished = client.tree.get(upload.path) === hashOf(upload.content);
  if (response.status === 404 && finished) {
    client.upload = undefined;
    return;
  }
  const offset = Number(response.headers.get("upload-offset") ?? -1);
  if (response.status !== 200 || offset < upload.acknowledged) {
    throw new UnexpectedAnswer(
      `${client.name}: upload stands at ${offset} (${response.status}), ${upload.acknowledged} were acknowledged`,
    );
  }
  upload.acknowledged = offset;
  if (offset !== upload.content.length) return;
  client.upload = undefined;
  client.tree = after(client.tree, { kind: "write", path: upload.path, hash: hashOf(upload.content) });
}

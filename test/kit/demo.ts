import { runProgram, type RunningProgram } from "./program.ts";

interface DemoNode {
  readonly id: number;
  readonly name: string;
  readonly kind: "file" | "folder";
}

/** The made-up household of `hearth demo`, logged in as its owner. */
export interface Demo {
  readonly url: string;
  readonly cookie: string;
  /** An operation as the page calls it. */
  call(name: string, input: unknown): Promise<Record<string, unknown>>;
  /** The id of what lies at a path below a space, `My files` or its name. */
  find(space: string, path: string): Promise<number>;
  stop(): Promise<void>;
}

/** With `hasMedia`, films, music and most of the pictures are made meanwhile, which takes both processors for a while. */
export async function startDemo({ hasMedia = false } = {}): Promise<Demo> {
  const program = await runProgram(["demo", "--listen", "127.0.0.1:0", ...(hasMedia ? [] : ["--without-media"])]);
  const { url } = program;
  try {
    const headers = { "content-type": "application/json", origin: url };
    const post = (name: string, input: unknown, more: Record<string, string> = {}) =>
      fetch(`${url}/api/${name}`, { method: "POST", headers: { ...headers, ...more }, body: JSON.stringify(input) });
    const login = await post("session.login", { name: "anna", password: "hearth-demo" });
    const cookie = login.headers.get("set-cookie")?.split(";")[0];
    if (cookie === undefined) throw new Error(`login failed: ${login.status}`);
    const call: Demo["call"] = async (name, input) => {
      const response = await post(name, input, { cookie });
      if (!response.ok) throw new Error(`${name} gave ${response.status}: ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    };
    return { url, cookie, call, find: (space, path) => findNode(call, space, path), stop: () => stop(program) };
  } catch (error) {
    await stop(program);
    throw error;
  }
}

const stop = (program: RunningProgram): Promise<void> => program.end("SIGTERM");

async function findNode(call: Demo["call"], space: string, path: string): Promise<number> {
  const { spaces } = (await call("files.spaces", {})) as {
    spaces: { kind: string; name: string; rootId: number }[];
  };
  const known = spaces.find(({ kind, name }) => (space === "My files" ? kind === "home" : name === space));
  let id = known?.rootId ?? 0;
  for (const segment of path.split("/").filter(Boolean)) {
    const { nodes } = (await call("files.list", { folderId: id })) as { nodes: DemoNode[] };
    const child = nodes.find(({ name }) => name === segment);
    if (child === undefined) throw new Error(`${space}/${path} is not there`);
    id = child.id;
  }
  return id;
}

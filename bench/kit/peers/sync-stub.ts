import { accepts, freePort, startOwned, waitFor } from "../processes.ts";
import type { Peer } from "../types.ts";

const entry = new URL("../../sync/main.ts", import.meta.url).pathname;
const prefix = "/remote.php/dav/files/bench/";

/** The server that stores nothing, in a process of its own. */
export async function startStub(): Promise<Peer> {
  const port = await freePort();
  const owned = startOwned("stub", [process.execPath, entry, String(port)]);
  await waitFor("stub", () => accepts(port), { timeoutMs: 10_000, owner: owned });
  const authorization = `Authorization: Basic ${btoa("bench:any")}\r\n`;
  return { name: "stub", pid: owned.pid, port, prefix, folder: "", authorization, stop: owned.stop };
}

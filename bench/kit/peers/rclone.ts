import { accepts, freePort, startOwned, waitFor } from "../processes.ts";
import type { Peer } from "../types.ts";

/** `rclone serve webdav` over the plain folder, without authentication, everything at its default. */
export async function startRclone(folder: string): Promise<Peer> {
  const port = await freePort();
  const argv = ["rclone", "serve", "webdav", folder, "--addr", `127.0.0.1:${port}`, "--config", "/dev/null"];
  const owned = startOwned("rclone", argv);
  await waitFor("rclone", () => accepts(port), { timeoutMs: 15_000, owner: owned });
  return { name: "rclone", pid: owned.pid, port, prefix: "/", folder, authorization: "", stop: owned.stop };
}

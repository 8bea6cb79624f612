import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Random } from "#platform/clock";
import type { Exec } from "#platform/exec";
import { AppError } from "#platform/errors";
import type { Logger } from "#platform/log";
import { createDaemon } from "./daemon.ts";
import { RemoteOffline, type RemoteOutcome } from "./errors.ts";
import { knownHostsLine, readHostKey } from "./host-key.ts";
import { rootOf } from "./parameters.ts";
import { createRcloneRemote } from "./rclone-remote.ts";
import type { Remote, RemoteSettings } from "./remote.ts";

export interface ExternalDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** For host keys; holds no secret. */
  readonly folder: string;
  readonly idleMs?: number;
  /** How long a question to a server may take. */
  readonly askTimeoutMs?: number;
}

export interface External {
  /** Why no place can be used, for a person; undefined when the client program is there. */
  unavailableReason(): string | undefined;
  remote(settings: RemoteSettings): Remote;
  /** The host key of an SFTP server as it shows it now. Throws RemoteOffline. */
  hostKey(address: string): Promise<string>;
  /** Undefined when the place can be listed; else why not. */
  probe(settings: RemoteSettings): Promise<RemoteOutcome | undefined>;
  stop(): Promise<void>;
}

const redirectTimeoutMs = 8_000;

/** Files on other servers; the one way to them. */
export function createExternal(deps: ExternalDeps): External {
  const daemon = createDaemon(deps);
  const emptyFile = join(deps.folder, "empty");
  const remote = (settings: RemoteSettings): Remote => {
    mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
    writeFileSync(emptyFile, "", { mode: 0o600 });
    let knownHostsFile = "";
    if (settings.kind === "sftp") {
      knownHostsFile = join(deps.folder, `known-${Bun.hash(settings.address + settings.hostKey).toString(36)}`);
      writeFileSync(knownHostsFile, knownHostsLine(settings.address, settings.hostKey), { mode: 0o600 });
    }
    return createRcloneRemote(settings, { ...deps, daemon, knownHostsFile, emptyFile });
  };
  return {
    unavailableReason: () =>
      deps.exec.which("rclone") === null
        ? "The program rclone is not installed: sudo apt-get install rclone"
        : undefined,
    remote,
    hostKey: (address) => readHostKey(deps.exec, address),
    probe: async (settings) => {
      try {
        if (settings.kind === "webdav" && (await redirects(settings.address))) return "redirected";
        await remote(settings).list("");
        // A bucket that is missing and one that is empty look the same in a listing of what is below.
        return undefined;
      } catch (thrown) {
        return outcomeOf(thrown, settings);
      }
    },
    stop: daemon.stop,
  };
}

/** Asked without credentials: a server that sends on to another one is not followed. */
async function redirects(address: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(redirectTimeoutMs);
    const response = await fetch(address, { method: "PROPFIND", headers: { depth: "0" }, redirect: "manual", signal });
    await response.body?.cancel();
    return response.status >= 300 && response.status < 400;
  } catch {
    // What is wrong is said by the program that will be used.
    return false;
  }
}

function outcomeOf(thrown: unknown, settings: RemoteSettings): RemoteOutcome {
  if (thrown instanceof RemoteOffline) return thrown.outcome;
  if (!(thrown instanceof AppError)) throw thrown;
  if (thrown.code === "not-found") return isTop(settings) ? "container-missing" : "folder-missing";
  if (thrown.code === "forbidden") return "forbidden";
  if (thrown.code === "invalid-name") return "folder-missing";
  return "unsupported";
}

/** The share or bucket itself, without a folder below. */
function isTop(settings: RemoteSettings): boolean {
  return settings.container !== "" && rootOf(settings) === settings.container;
}

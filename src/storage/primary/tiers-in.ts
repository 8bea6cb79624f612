import { closeSync, openSync, write } from "node:fs";
import { promisify } from "node:util";
import { AppError, errnoOf } from "#platform/errors";
import { spaceOf } from "./core.ts";
import { factsOfFd } from "./disk.ts";
import { discard, stagePath, syncWithName } from "./stage.ts";
import { exchange, openSeen, type Seen } from "./tiers-exchange.ts";
import type { MoverDeps } from "./tiers-out.ts";
import { type Placeholder, takeAfter } from "./tiers-placeholder.ts";
import type { ContentStore } from "./tiers-stores.ts";
import type { Volume } from "./volumes.ts";

const writeAsync = promisify(write);
/** What a volume keeps for itself: nothing is fetched onto a disk that would be full by it. */
const reserveBytes = 64 * 1024 * 1024;

/** A transfer back to the volume; others read along from its staged file. */
export interface Fetch {
  readonly nodeId: number;
  readonly objectId: string;
  readonly sizeBytes: number;
  /** Bytes that can be read from `stagedFd` by now; the last ones only when the whole is checked. */
  readableBytes(): number;
  /** Undefined when it is over. */
  openStaged(): number | undefined;
  state(): "running" | "checked" | "failed";
  /** Why it failed. */
  failure(): unknown;
  /** Resolves with the next bytes, or the end. */
  more(): Promise<void>;
  /** The exchange is done and durable; rejects when there was none. */
  readonly done: Promise<void>;
}

/** True when the volume has room for the whole of it. */
export function hasRoomFor(volume: Volume, sizeBytes: number): boolean {
  return volume.state().freeBytes >= sizeBytes + reserveBytes;
}

/**
 * Brings content back: into the stage, checked by size and SHA-256, synced, and then exchanged for the placeholder. What is in the
 * store stays until the sweep finds that nothing stands for it.
 */
export function startFetch(
  deps: MoverDeps,
  store: ContentStore,
  nodeId: number,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Fetch {
  const { core } = deps;
  const seen = openSeen(core, nodeId);
  const placeholder = core.tiers.placeholderOf(seen.row, seen.fd);
  if (placeholder === undefined) {
    seen.close();
    throw new AppError("conflict", "Its content is here already.");
  }
  const { volume } = spaceOf(core, seen.row);
  const path = stagePath(volume);
  let state: "running" | "checked" | "failed" = "running";
  let failure: unknown;
  let written = 0;
  let isOver = false;
  let next = Promise.withResolvers<void>();
  const tell = () => {
    const before = next;
    next = Promise.withResolvers<void>();
    before.resolve();
  };
  const { sizeBytes, objectId } = placeholder;
  const work = async () => {
    const fd = openSync(path, "wx+", 0o600);
    try {
      await receive(store, placeholder, fd, signal, (bytes) => {
        written += bytes;
        onBytes(bytes);
        tell();
      });
      takeAfter(fd, { fd: seen.fd, mtimeUs: seen.facts.mtimeUs });
      state = "checked";
      tell();
      await syncWithName(fd, volume.stagePath);
      await putBack(deps, seen, path, fd);
    } catch (error) {
      failure = errnoOf(error) === "ENOSPC" ? new AppError("disk-full", undefined, { cause: error }) : error;
      if (state === "running") state = "failed";
      throw failure;
    } finally {
      isOver = true;
      tell();
      closeSync(fd);
      seen.close();
      discard(path);
    }
  };
  const done = work();
  done.catch((cause: unknown) => core.log.debug("content was not brought back", { nodeId, cause }));
  return {
    nodeId,
    objectId,
    sizeBytes,
    done,
    state: () => state,
    failure: () => failure,
    readableBytes: () => (state === "checked" ? sizeBytes : Math.min(written, sizeBytes - 1)),
    openStaged: () => {
      try {
        return isOver ? undefined : openSync(path, "r");
      } catch {
        return undefined;
      }
    },
    more: () => next.promise,
  };
}

async function receive(
  store: ContentStore,
  { objectId, sizeBytes, sha256 }: Placeholder,
  fd: number,
  signal: AbortSignal,
  onWritten: (bytes: number) => void,
): Promise<void> {
  const hash = new Bun.CryptoHasher("sha256");
  let at = 0;
  for await (const chunk of store.read(objectId, 0, sizeBytes)) {
    signal.throwIfAborted();
    hash.update(chunk);
    for (let done = 0; done < chunk.byteLength;) {
      const { bytesWritten } = await writeAsync(fd, chunk, done, chunk.byteLength - done, at + done);
      done += bytesWritten;
    }
    at += chunk.byteLength;
    onWritten(chunk.byteLength);
  }
  if (at !== sizeBytes || hash.digest("hex") !== sha256) {
    throw new AppError("gone", `What "${store.name}" gave back is not the content that was sent there.`);
  }
}

async function putBack({ core, rows }: MoverDeps, seen: Seen, path: string, fd: number): Promise<void> {
  const { volume } = spaceOf(core, seen.row);
  const aside = stagePath(volume);
  try {
    await core.committer.submit((batch) => {
      exchange(core, batch, seen, { path, facts: factsOfFd(fd) }, aside);
      const ref = rows.ref(seen.row.id);
      if (ref !== undefined) rows.unname(ref, core.clock.now());
    });
  } finally {
    discard(aside);
  }
}

import { basename, dirname } from "node:path";
import { type Random, randomToken } from "#platform/clock";
import { AppError } from "#platform/errors";
import { z } from "zod";
import type { CallOptions, Daemon, Session } from "./daemon.ts";
import { RemoteOffline, remoteErrorOf } from "./errors.ts";
import { parametersOf, prefixOf, rootOf } from "./parameters.ts";
import type { ByteSpan, Remote, RemoteContent, RemoteEntry, RemoteSettings, TransferOptions } from "./remote.ts";
import { withProgress } from "./transfer.ts";

export interface RcloneRemoteDeps {
  readonly daemon: Daemon;
  readonly random: Random;
  /** Holds the one host key of this place; undefined for kinds without. */
  readonly knownHostsFile: string;
  /** An empty file. */
  readonly emptyFile: string;
  /** How long a question may take. */
  readonly askTimeoutMs?: number;
}

const Item = z.object({ Name: z.string(), Size: z.number(), ModTime: z.string(), IsDir: z.boolean() });
const Listing = z.object({ list: z.array(Item).nullable() });
const Hashes = z.object({ Hashes: z.record(z.string(), z.string()).optional() });
const Stat = z.object({ item: Item.extend(Hashes.shape).nullable() });

/** What is written here until it is whole; hidden by whoever lists. */
export const partPrefix = ".hearth-part-";
/** S3 has no folders: this keeps an empty one. */
export const folderMarker = ".hearth-folder";

const defaultAskTimeoutMs = 25_000;
/** For what may have to touch every file of a folder. */
const treeTimeoutMs = 15 * 60_000;
/** What rclone's SMB makes of the folder `.`. */
const strayFolder = "．";

/** A place through rclone's remote control. */
export function createRcloneRemote(settings: RemoteSettings, deps: RcloneRemoteDeps): Remote {
  const { daemon, askTimeoutMs = defaultAskTimeoutMs } = deps;
  const name = `p${randomToken(deps.random, 96).replaceAll(/[^a-z0-9]/gi, "0")}`;
  const fs = `${name}:${prefixOf(settings)}`;
  const root = rootOf(settings);
  const remoteOf = (path: string) => [root, path].filter((part) => part !== "").join("/");
  const ask: CallOptions = { timeoutMs: askTimeoutMs };
  let configured: { readonly generation: number; readonly done: Promise<unknown> } | undefined;

  const withSession = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    daemon.use(async (session) => {
      if (configured?.generation !== session.generation) {
        configured = { generation: session.generation, done: configure(session, name, settings, deps.knownHostsFile) };
      }
      await configured.done;
      return work(session);
    });
  const call = (command: string, input: object, options = ask) =>
    withSession((session) => session.call(command, input, options));

  const stat = async (path: string, opt: object = {}) => {
    if (path === "") return undefined;
    const answer = await call("operations/stat", { fs, remote: remoteOf(path), opt: { noMimeType: true, ...opt } });
    return Stat.parse(answer).item ?? undefined;
  };
  const requireFree = async (path: string) => {
    if ((await stat(path)) !== undefined) throw new AppError("exists", `There already is ${basename(path)}.`);
  };
  /** rclone 1.60 leaves an empty folder behind when something is moved to the top of an SMB share. */
  const tidy = async (movedTo: string) => {
    if (settings.kind !== "smb" || root !== settings.container || movedTo.includes("/")) return;
    await call("operations/rmdir", { fs, remote: `${root}/${strayFolder}` }).catch(() => undefined);
  };
  const removeFile = async (path: string) => void (await call("operations/deletefile", { fs, remote: remoteOf(path) }));

  return {
    list: async (path) => {
      const opt = { noMimeType: true };
      const answer = await call("operations/list", { fs, remote: remoteOf(path), opt }, ask);
      return (Listing.parse(answer).list ?? []).map(entryOf).filter((entry) => isNameable(entry.name));
    },
    stat: async (path) => {
      const item = await stat(path);
      return item === undefined ? undefined : entryOf(item);
    },
    open: (path, sizeBytes, span, signal) =>
      openContent(withSession, daemon, `[${fs}]/${remoteOf(path)}`, {
        sizeBytes,
        span,
        signal,
        timeoutMs: askTimeoutMs,
      }),
    put: async (localFile, path, options) => {
      const target = { fs, path: remoteOf(path), isAtomic: settings.kind === "s3" };
      try {
        await withSession((session) => putFile(session, deps.random, localFile, target, options));
      } finally {
        await tidy(path);
      }
    },
    makeFolder: async (path) => {
      await requireFree(path);
      if (settings.kind !== "s3") return void (await call("operations/mkdir", { fs, remote: remoteOf(path) }));
      await call("operations/copyfile", {
        ...{ srcFs: dirname(deps.emptyFile), srcRemote: basename(deps.emptyFile) },
        ...{ dstFs: fs, dstRemote: `${remoteOf(path)}/${folderMarker}` },
      });
    },
    move: async (from, to, kind) => {
      await requireFree(to);
      const [source, target] = [remoteOf(from), remoteOf(to)];
      const options = { timeoutMs: treeTimeoutMs };
      if (kind === "file") {
        await call("operations/movefile", { srcFs: fs, srcRemote: source, dstFs: fs, dstRemote: target }, options);
        return tidy(to);
      }
      const folders = { srcFs: fs + source, dstFs: fs + target };
      await call("sync/move", { ...folders, createEmptySrcDirs: true, deleteEmptySrcDirs: true }, options);
      await tidy(to);
    },
    removeFile,
    removeEmptyFolder: async (path) => {
      const answer = await call("operations/list", { fs, remote: remoteOf(path), opt: { noMimeType: true } });
      const left = (Listing.parse(answer).list ?? []).filter(({ Name }) => Name !== folderMarker);
      if (left.length > 0) return false;
      if (settings.kind === "s3") await removeFile(`${path}/${folderMarker}`).catch(() => undefined);
      else await call("operations/rmdir", { fs, remote: remoteOf(path) });
      return true;
    },
    removeFolder: async (path, signal) => {
      await call("operations/purge", { fs, remote: remoteOf(path) }, { timeoutMs: treeTimeoutMs, signal });
    },
    hash: async (path) => {
      const item = await stat(path, { showHash: true, hashTypes: ["sha1", "md5"] });
      const { sha1, md5 } = item?.Hashes ?? {};
      if (sha1 !== undefined && sha1 !== "") return { kind: "sha1", hex: sha1 };
      return md5 === undefined || md5 === "" ? undefined : { kind: "md5", hex: md5 };
    },
  };
}

/** Into the memory of the program; passwords are sent over loopback and obscured there. */
function configure(session: Session, name: string, settings: RemoteSettings, knownHostsFile: string): Promise<unknown> {
  const parameters = parametersOf(settings, knownHostsFile);
  const opt = { obscure: true, nonInteractive: true };
  return session.call("config/create", { name, type: settings.kind, parameters, opt }, { timeoutMs: 5_000 });
}

function entryOf(item: z.output<typeof Item>): RemoteEntry {
  const modifiedAtMs = Date.parse(item.ModTime);
  // Where a server tells no time, rclone gives 2000-01-01.
  const isKnown = Number.isFinite(modifiedAtMs) && modifiedAtMs !== unknownTimeMs;
  return {
    name: item.Name,
    kind: item.IsDir ? "folder" : "file",
    sizeBytes: item.IsDir ? 0 : Math.max(0, item.Size),
    modifiedAtMs: isKnown ? modifiedAtMs : null,
  };
}

const unknownTimeMs = Date.UTC(2000, 0, 1);

/** A hostile server may list anything; what is no name of one entry is not there. */
function isNameable(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !name.includes("/") && !name.includes("\0");
}

interface OpenOptions extends CallOptions {
  readonly sizeBytes: number;
  readonly span: ByteSpan | undefined;
}

type WithSession = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

async function openContent(
  withSession: WithSession,
  daemon: Daemon,
  address: string,
  { sizeBytes, span, ...options }: OpenOptions,
): Promise<RemoteContent> {
  if (sizeBytes === 0) return { stream: new Blob([]).stream(), sizeBytes: 0 };
  const headers: Record<string, string> = span === undefined ? {} : { range: `bytes=${span.start}-${span.end}` };
  const path = address.split("/").map(encodeURIComponent).join("/");
  const release = daemon.hold();
  try {
    const response = await withSession((session) => session.get(path, headers, options));
    const wanted = span === undefined ? 200 : 206;
    if (response.status !== wanted || response.body === null) {
      throw response.status === 404 ? new AppError("not-found") : remoteErrorOf((await response.text()).slice(0, 1000));
    }
    const expected = span === undefined ? sizeBytes : span.end - span.start + 1;
    return { stream: releasedAtEnd(response.body, expected, release), sizeBytes: expected };
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** Fails when it is not as long as announced, so that half a file never looks whole; silence is not waited for without end. */
function releasedAtEnd(
  body: ReadableStream<Uint8Array>,
  sizeBytes: number,
  release: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let leftBytes = sizeBytes;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            leftBytes -= value.byteLength;
            return controller.enqueue(value);
          }
          if (leftBytes !== 0) throw new RemoteOffline("refused", new Error(`${leftBytes} bytes are missing`));
          release();
          controller.close();
        } catch (thrown) {
          release();
          throw thrown;
        }
      },
      cancel: async (reason) => {
        release();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

interface PutTarget {
  readonly fs: string;
  readonly path: string;
  /** A file of the server is there whole or not at all. */
  readonly isAtomic: boolean;
}

/** rclone compares size, and hash where both sides know one, before it says that it is done. */
async function putFile(
  session: Session,
  random: Random,
  localFile: string,
  { fs, path, isAtomic }: PutTarget,
  options: TransferOptions = {},
): Promise<void> {
  const folder = dirname(path) === "." ? "" : `${dirname(path)}/`;
  const part = isAtomic ? path : `${folder}${partPrefix}${randomToken(random, 60)}`;
  // A link below /proc/ID/fd is what an open file is called.
  const source = { srcFs: `:local,copy_links:${dirname(localFile)}`, srcRemote: basename(localFile) };
  const removePart = () =>
    session.call("operations/deletefile", { fs, remote: part }, { timeoutMs: 10_000 }).catch(() => undefined);
  try {
    const group = randomToken(random, 96);
    const input = { ...source, dstFs: fs, dstRemote: part, _group: group, _config: { IgnoreTimes: true } };
    await withProgress(session, group, options, (signal) =>
      session.call("operations/copyfile", input, { timeoutMs: Infinity, signal }),
    );
    if (isAtomic) return;
    const move = { srcFs: fs, srcRemote: part, dstFs: fs, dstRemote: path };
    await session.call("operations/movefile", move, { timeoutMs: 60_000 });
  } catch (thrown) {
    if (!isAtomic) await removePart();
    throw thrown;
  }
}

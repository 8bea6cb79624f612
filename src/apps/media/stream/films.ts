import type { Item } from "#apps/media/library";
import type { KeyframeIndex } from "#apps/media/probe";
import { inTime } from "#platform/clock";
import { AppError } from "#platform/errors";
import { bounds, ffmpegInput } from "#platform/ffmpeg";
import type { NodeInfo } from "#storage/primary";
import type { OpenedSource } from "./head.ts";
import type { StreamDeps } from "./ports.ts";
import type { Film } from "./title.ts";

/** Nobody waits longer for the key pictures of a film; until they are known it is made anew. */
const indexWaitMs = 1500;
const probeTimeoutMs = 10_000;
const maxProbeBytes = 64 * 1024;

interface FilmDeps extends Pick<StreamDeps, "exec" | "storage" | "probe"> {}

/** What is known of an item's file; throws AppError that says why it cannot be played now, or at all. */
export async function filmOf({ probe }: FilmDeps, item: Item): Promise<Film> {
  if (item.state === "broken") {
    throw new AppError("unsupported-type", `This file cannot be played: ${item.reason ?? "it is damaged"}`);
  }
  if (item.state === "away")
    throw new AppError("unavailable", item.reason ?? "The disk of this file is not there now.");
  const facts = probe.facts(item);
  if (item.contentKey === null || facts === undefined) {
    const detail = "This file is still being looked into; try again in a moment.";
    throw new AppError("unavailable", detail, { retryAfterSeconds: 2 });
  }
  const index = facts.video.length === 0 ? null : await indexOf(probe, item);
  return { item, contentKey: item.contentKey, facts, index };
}

async function indexOf(probe: FilmDeps["probe"], item: Item): Promise<KeyframeIndex | null> {
  const work = probe.keyframes(item);
  work.catch(() => undefined);
  const late = new Error("late");
  try {
    return await inTime(work, indexWaitMs, () => late);
  } catch (thrown) {
    if (thrown === late) return null;
    throw thrown;
  }
}

/** Opens the file of a film for a child; never another content than the one that playing began with. */
export async function openFilm(deps: FilmDeps, film: Film, node: NodeInfo): Promise<OpenedSource> {
  const { storage } = deps;
  requireSame(storage.node(node.id), node);
  const file = storage.open(node.id);
  try {
    requireSame(file.node, node);
    const { container, seekOriginUs } = film.facts;
    const seekOriginSeconds = seekOriginUs === undefined ? await seekOriginOf(deps, file.fd) : seekOriginUs / 1e6;
    return { fd: file.fd, container, seekOriginSeconds, close: () => file.close() };
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

/** Throws `gone` unless this is the file that playing began with; a new name alone does not matter. */
export function requireSame(now: NodeInfo | undefined, then: NodeInfo): void {
  if (now === undefined) throw new AppError("gone", "The file was deleted while it was played.");
  if (now.etag === then.etag) return;
  if (now.sizeBytes === then.sizeBytes && now.modifiedAtMs === then.modifiedAtMs) return;
  throw new AppError("gone", "The file was replaced while it was played. Start it again to see the new one.");
}

/** For a film whose facts do not say it yet. */
async function seekOriginOf({ exec }: FilmDeps, fd: number): Promise<number> {
  const argv = ["ffprobe", "-v", "error", "-show_entries", "format=start_time", "-of", "csv=p=0", ...ffmpegInput(fd)];
  const options = { timeoutMs: probeTimeoutMs, maxOutputBytes: maxProbeBytes, limits: bounds.look };
  const { stdout } = await exec.run(argv, options);
  const seconds = Number.parseFloat(new TextDecoder().decode(stdout));
  return Number.isFinite(seconds) ? seconds : 0;
}

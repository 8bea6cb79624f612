import type { Item } from "#apps/media/library";
import type { AudioTrack, VideoTrack } from "#apps/media/probe";
import type { ClientCapabilities, Plan } from "#contract/apps/media/decide";
import type { Session as SessionView, Wishes } from "#contract/apps/media/stream";
import type { AppError } from "#platform/errors";
import type { Actor } from "#platform/usecase";
import type { NodeInfo } from "#storage/primary";
import type { Rendition } from "./rendition.ts";
import type { Title } from "./title.ts";

/** What stands behind one address of a playback. */
export interface Track {
  readonly path: string;
  readonly rendition: Rendition;
  readonly id: string;
  readonly kind: "picture" | "sound";
}

/** One film for one person on one device. */
export interface PlaySession {
  readonly id: string;
  readonly actor: Actor;
  readonly item: Item;
  /** As it was when playing began: other content must never follow. */
  readonly node: NodeInfo;
  readonly title: Title;
  readonly capabilities: ClientCapabilities;
  readonly startedAtMs: number;
  wishes: Wishes;
  plan: Plan;
  /** Raised with every new plan, so that no answer of an earlier one is taken for it. */
  generation: number;
  /** Where playing begins, or went on, in seconds of the title. */
  positionSeconds: number;
  lastSeenAtMs: number;
  sentBytes: number;
  rungId: string | null;
  trouble: string | null;
  /** By path; those of earlier plans stay good. */
  readonly tracks: Map<string, Track>;
  /** Version of the rights for which it was last found that it may go on, and when. */
  checked: { version: number; atMs: number };
  ended: AppError | undefined;
}

export const playPrefix = "/media/play/";

export function viewOf(session: PlaySession, contentType: string): SessionView {
  const base = `${playPrefix}${session.id}`;
  const { plan, title } = session;
  const isFile = plan.method === "direct";
  return {
    id: session.id,
    itemId: session.item.id,
    masterUrl: isFile ? null : `${base}/master.m3u8?plan=${session.generation}`,
    fileUrl: `${base}/file`,
    contentType: isFile ? contentType : "application/vnd.apple.mpegurl",
    plan,
    durationMs: title.film.facts.durationMs === null ? null : Math.round(title.durationSeconds * 1000),
    originMs: isFile ? 0 : title.originSeconds * 1000,
    leadMs: isFile ? 0 : title.delaySeconds * 1000,
  };
}

/** A name in addresses that is the same exactly for the same bytes. */
export function trackPath(kind: Track["kind"], id: string, rendition: Rendition): string {
  const short = new Bun.CryptoHasher("sha256").update(rendition.key).digest("hex").slice(0, 10);
  return `${kind === "picture" ? "v" : "a"}/${id}-${short}`;
}

export function videoTrackOf({ film }: Title, plan: Plan): VideoTrack | undefined {
  return film.facts.video.find(({ index }) => index === plan.videoIndex);
}

export function audioTrackOf({ film }: Title, streamIndex: number): AudioTrack | undefined {
  return film.facts.audio.find(({ index }) => index === streamIndex);
}

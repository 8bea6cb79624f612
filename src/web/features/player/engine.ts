import type HlsClass from "hls.js";
import type { ErrorData } from "hls.js";
import type { PlaybackFailure } from "#contract/apps/media/decide";
import { filmSeconds, setLead } from "./film-clock.ts";
import type { Session } from "./playback.ts";

/** What plays one session in the `<video>`. */
export interface Engine {
  positionSeconds(): number;
  /** False: it takes a new session. */
  setAudio(index: number): boolean;
  setRung(rung: string | null): boolean;
  destroy(): void;
}

interface EngineOptions {
  readonly video: HTMLVideoElement;
  readonly session: Session;
  readonly startMs: number;
  readonly listeners: {
    rung(id: string | null): void;
    failed(failure: PlaybackFailure): void;
    /** The server does not answer. */
    lost(): void;
    /** The session is not known any more. */
    expired(): void;
  };
}

const maxNetworkTries = 4;
const firstRetryMs = 1_000;

/** The file itself, by ranges. */
export function attachFile({ video, session, startMs, listeners }: EngineOptions): Engine {
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let atSeconds = startMs / 1000;
  setLead(video, 0);
  const load = () => {
    video.src = session.fileUrl;
    video.currentTime = atSeconds;
  };
  const onTime = () => {
    atSeconds = video.currentTime;
    tries = 0;
  };
  const onError = () => {
    const { code = 0, message = "" } = video.error ?? {};
    if (code === MediaError.MEDIA_ERR_DECODE)
      return listeners.failed({ part: "video", message: message.slice(0, 500) });
    void answers(session.fileUrl).then((status) => {
      // It is there and was sent: what came could not be read.
      if (status !== null && status < 400) {
        return listeners.failed({ part: "container", message: message.slice(0, 500) });
      }
      if (status !== null && status < 500) return listeners.expired();
      tries += 1;
      if (tries > maxNetworkTries) return listeners.lost();
      timer = setTimeout(
        () => {
          load();
          void video.play().catch(() => undefined);
        },
        firstRetryMs * 2 ** tries,
      );
    });
  };
  video.addEventListener("error", onError);
  video.addEventListener("timeupdate", onTime);
  load();
  return {
    positionSeconds: () => (video.readyState === 0 ? atSeconds : video.currentTime),
    setAudio: () => false,
    setRung: () => false,
    destroy: () => {
      clearTimeout(timer);
      video.removeEventListener("error", onError);
      video.removeEventListener("timeupdate", onTime);
      video.removeAttribute("src");
      video.load();
    },
  };
}

/** Status of the first byte; null without an answer. */
async function answers(url: string): Promise<number | null> {
  const asked = await fetch(url, { headers: { range: "bytes=0-0" } }).catch(() => null);
  await asked?.body?.cancel();
  return asked?.status ?? null;
}

/** Pieces, by hls.js where the browser has Media Source Extensions, else by the browser's own player. */
export async function attachPieces(options: EngineOptions): Promise<Engine> {
  const { default: Hls } = await import("hls.js");
  return Hls.isSupported() ? attachHls(Hls, options) : attachNative(options);
}

function attachNative({ video, session, startMs, listeners }: EngineOptions): Engine {
  const onError = () => {
    const { code = 0, message = "" } = video.error ?? {};
    if (code === MediaError.MEDIA_ERR_NETWORK) listeners.lost();
    else listeners.failed({ part: "unknown", message: message.slice(0, 500) });
  };
  setLead(video, 0);
  const onReady = () => {
    video.currentTime = startMs / 1000;
  };
  video.addEventListener("error", onError);
  video.addEventListener("loadedmetadata", onReady, { once: true });
  video.src = session.masterUrl ?? "";
  return {
    positionSeconds: () => (video.readyState === 0 ? startMs / 1000 : video.currentTime),
    setAudio: () => false,
    setRung: () => false,
    destroy: () => {
      video.removeEventListener("error", onError);
      video.removeEventListener("loadedmetadata", onReady);
      video.removeAttribute("src");
      video.load();
    },
  };
}

/** Parts of addresses name rungs and renditions; the longest name that is in an address is the one it is of. */
function namedIn(ids: readonly string[], url: string): string | null {
  const path = url.split("?")[0] ?? "";
  const found = ids.filter((id) => path.split(/[/.]/).some((part) => part === id || part.startsWith(`${id}-`)));
  return found.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

function attachHls(Hls: typeof HlsClass, { video, session, startMs, listeners }: EngineOptions): Engine {
  const { plan, masterUrl, leadMs } = session;
  setLead(video, leadMs / 1000);
  const hls = new Hls({
    // Our policy for scripts lets no worker be made of a blob; what is copied costs next to nothing.
    enableWorker: false,
    startPosition: (startMs + leadMs) / 1000,
    maxBufferLength: 30,
    maxMaxBufferLength: 60,
    backBufferLength: 60,
    // What the server was asked for first is what it is ready for.
    startLevel: -1,
    capLevelToPlayerSize: false,
    // Subtitles are drawn by the page.
    renderTextTracksNatively: false,
  });
  const rungIds = plan.rungs.map(({ id }) => id);
  const rungOf = (level: number) => namedIn(rungIds, hls.levels[level]?.url[0] ?? "");
  let hasRecovered = false;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    const start = hls.levels.findIndex((_, level) => rungOf(level) === plan.startRung);
    if (start >= 0) hls.startLevel = start;
  });
  hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => listeners.rung(rungOf(level)));
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    tries = 0;
  });
  hls.on(Hls.Events.ERROR, (_, data) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      const status = data.response?.code ?? 0;
      if (status === 404 || status === 410 || status === 403 || status === 401) return listeners.expired();
      tries += 1;
      if (tries > maxNetworkTries) return listeners.lost();
      timer = setTimeout(
        () => (data.details.includes("manifest") ? hls.loadSource(masterUrl ?? "") : hls.startLoad()),
        firstRetryMs * 2 ** tries,
      );
      return;
    }
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !hasRecovered && !isOfCodecs(data)) {
      hasRecovered = true;
      return hls.recoverMediaError();
    }
    listeners.failed({ part: partOf(data), message: `${data.details}: ${data.error?.message ?? ""}`.slice(0, 500) });
  });
  hls.attachMedia(video);
  hls.loadSource(masterUrl ?? "");

  return {
    positionSeconds: () => (video.readyState === 0 ? startMs / 1000 : filmSeconds(video)),
    setAudio: (index) => {
      const wanted = plan.audio.filter((rendition) => rendition.index === index).map(({ id }) => id);
      const at = hls.audioTracks.findIndex(({ url }) => namedIn(wanted, url) !== null);
      if (at < 0) return false;
      hls.audioTrack = at;
      return true;
    },
    setRung: (rung) => {
      if (rung === null) {
        hls.nextLevel = -1;
        return true;
      }
      const level = hls.levels.findIndex((_, at) => rungOf(at) === rung);
      if (level < 0) return false;
      hls.nextLevel = level;
      return true;
    },
    destroy: () => {
      clearTimeout(timer);
      hls.destroy();
    },
  };
}

function isOfCodecs({ details }: ErrorData): boolean {
  return details.includes("Codec") || details === "manifestIncompatibleCodecsError";
}

function partOf({ sourceBufferName, parent, details }: ErrorData): PlaybackFailure["part"] {
  const name = sourceBufferName ?? parent;
  if (name === "audio") return "audio";
  if (name === "video" || name === "main") return "video";
  return details.includes("udio") ? "audio" : "unknown";
}

import type { DrawerAnswer, DrawerRequest, Size } from "./drawn-words.ts";
import { filmSecondsAt } from "./film-clock.ts";

/** Addresses of the two workers, set by the build. */
declare const ASS_WORKER: string;
declare const PGS_WORKER: string;

/** A subtitle that is drawn over the picture as its author meant it. */
export interface DrawnSubtitle {
  readonly kind: "ass" | "pgs";
  readonly url: string;
  /** Added to its times gives those of the file. */
  readonly shiftMs: number;
  readonly fontUrls: readonly string[];
  readonly film: Size | null;
}

/** `unfetched`: it did not come, and may when it is asked for again. */
export type DrawingState = "opening" | "drawing" | "failed" | "unfetched";

interface DrawingOptions {
  readonly video: HTMLVideoElement;
  readonly canvas: HTMLCanvasElement;
  readonly subtitle: DrawnSubtitle;
  /** In the clock of the file, when the player's is 0, less what the person has shifted. Asked anew each time. */
  readonly originMs: () => number;
  readonly changed: (state: DrawingState) => void;
}

export interface Drawing {
  /** Draws again what is shown: its size or place has changed. */
  redraw(): void;
  close(): void;
}

/** A subtitle that takes longer is none that can be watched; a busy device gets its time. */
const answerMs = 15_000;
/** So many pictures in a row that took longer than this are as bad. */
const [slowMs, maxSlow] = [2_000, 3];
const maxLines = 1440;
/** Files say times to a thousandth. */
const toleranceMs = 1;

/**
 * Draws one subtitle into a canvas over the `<video>`, in a worker, for the picture that is on the screen: its own time is what counts, not
 * when somebody looked. At most one picture is asked for at a time; a worker that does not answer is ended.
 */
export function openDrawing({ video, canvas, subtitle, originMs, changed }: DrawingOptions): Drawing {
  const worker = new Worker(subtitle.kind === "ass" ? ASS_WORKER : PGS_WORKER, { type: "module" });
  let state: DrawingState = "opening";
  let watch: ReturnType<typeof setTimeout> | undefined;
  let mediaSeconds = video.currentTime;
  let asked: number | null = null;
  let askedAtMs = 0;
  let slow = 0;
  let isStale = true;
  let isClosed = false;

  const close = (): void => {
    isClosed = true;
    clearTimeout(watch);
    worker.terminate();
    stopFollowing();
    canvas.width = 1;
    delete canvas.dataset["drawnMs"];
  };
  const tell = (next: DrawingState): void => {
    if (isClosed || state === next) return;
    state = next;
    if (next === "failed" || next === "unfetched") close();
    changed(next);
  };
  const expectAnswer = (): void => {
    clearTimeout(watch);
    watch = setTimeout(() => tell("failed"), answerMs);
  };
  const ask = (request: DrawerRequest): void => worker.postMessage(request);
  const draw = (): void => {
    if (state !== "drawing" || isClosed) return;
    if (asked !== null) {
      isStale = true;
      return;
    }
    const filmMs = filmSecondsAt(video, mediaSeconds) * 1000;
    isStale = false;
    asked = filmMs;
    askedAtMs = performance.now();
    expectAnswer();
    const fromMs = originMs() - subtitle.shiftMs;
    ask({ kind: "draw", atMs: filmMs + fromMs + toleranceMs, fromMs, size: sizeOn(video) });
  };
  const show = ({ size, parts }: Extract<DrawerAnswer, { kind: "drawn" }>): void => {
    if (parts !== null) {
      // Setting the size clears it.
      [canvas.width, canvas.height] = [size.width, size.height];
      const context = canvas.getContext("2d");
      for (const { bitmap, x, y } of parts) {
        context?.drawImage(bitmap, x, y);
        bitmap.close();
      }
      place(canvas, video, subtitle.kind === "pgs" ? size : null);
    }
    canvas.dataset["drawnMs"] = String(Math.round(asked ?? 0));
    asked = null;
    clearTimeout(watch);
    slow = performance.now() - askedAtMs > slowMs ? slow + 1 : 0;
    if (slow >= maxSlow) tell("failed");
    else if (isStale) draw();
  };
  worker.addEventListener("message", ({ data }: MessageEvent<DrawerAnswer>) => {
    if (isClosed) return;
    if (data.kind === "fetched") expectAnswer();
    else if (data.kind === "failed") tell(data.why === "network" ? "unfetched" : "failed");
    else if (data.kind === "drawn") show(data);
    else {
      clearTimeout(watch);
      tell("drawing");
      draw();
    }
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    tell("failed");
  });
  const stopFollowing = followPictures(video, (seconds) => {
    mediaSeconds = seconds;
    draw();
  });
  ask({ kind: "open", url: absolute(subtitle.url), fontUrls: subtitle.fontUrls.map(absolute), film: subtitle.film });
  return {
    redraw: () => {
      place(canvas, video, subtitle.kind === "pgs" ? { width: canvas.width, height: canvas.height } : null);
      draw();
    },
    close,
  };
}

const absolute = (url: string): string => new URL(url, location.href).href;

/** Calls with the time of each picture that comes to the screen, in the clock of the `<video>`. */
function followPictures(video: HTMLVideoElement, shown: (seconds: number) => void): () => void {
  if ("requestVideoFrameCallback" in video) {
    let id = video.requestVideoFrameCallback(function next(_now, { mediaTime }) {
      id = video.requestVideoFrameCallback(next);
      shown(mediaTime);
    });
    return () => video.cancelVideoFrameCallback(id);
  }
  const other: HTMLVideoElement = video;
  let id = requestAnimationFrame(function next() {
    id = requestAnimationFrame(next);
    shown(other.currentTime);
  });
  return () => cancelAnimationFrame(id);
}

interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** Where the picture is inside the `<video>`, which shows all of it in the middle. */
export function pictureBox(element: Size, picture: Size): Box {
  const scale = Math.min(element.width / (picture.width || 1), element.height / (picture.height || 1));
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { width, height, left: (element.width - width) / 2, top: (element.height - height) / 2 };
}

/** A screen of a disc over the picture: as wide, and in its middle, as films are that were cut out of it; never beyond the player. */
export function screenBox(element: Size, picture: Size, screen: Size): Box {
  const box = pictureBox(element, picture);
  const scale = Math.min(box.width / screen.width, element.height / screen.height);
  const [width, height] = [screen.width * scale, screen.height * scale];
  return { width, height, left: (element.width - width) / 2, top: (element.height - height) / 2 };
}

const elementSize = ({ clientWidth, clientHeight }: HTMLVideoElement): Size => ({
  width: clientWidth,
  height: clientHeight,
});
const pictureSize = ({ videoWidth, videoHeight }: HTMLVideoElement): Size => ({
  width: videoWidth,
  height: videoHeight,
});

/** In pixels of the screen. */
function sizeOn(video: HTMLVideoElement): Size {
  const box = pictureBox(elementSize(video), pictureSize(video));
  const ratio = Math.min(devicePixelRatio, maxLines / Math.max(1, Math.min(box.width, box.height)));
  return { width: Math.max(1, Math.round(box.width * ratio)), height: Math.max(1, Math.round(box.height * ratio)) };
}

function place(canvas: HTMLCanvasElement, video: HTMLVideoElement, screen: Size | null): void {
  const element = elementSize(video);
  const picture = pictureSize(video);
  const box = screen === null ? pictureBox(element, picture) : screenBox(element, picture, screen);
  const { style } = canvas;
  style.left = `${box.left}px`;
  style.top = `${box.top}px`;
  style.width = `${box.width}px`;
  style.height = `${box.height}px`;
}

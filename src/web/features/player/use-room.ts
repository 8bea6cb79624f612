import { useCallback, useEffect, useRef, useState } from "react";
import type { Room } from "#contract/apps/media/watch";
import { call, listen } from "#web/client.ts";
import { filmSeconds, goTo } from "./film-clock.ts";
import { correction, targetMs } from "./sync.ts";

const stepMs = 250;
const presentEveryMs = 20_000;

export interface RoomView {
  readonly room: Room | null;
  /** The room was closed, or its film is not for this person. */
  readonly isOver: boolean;
  /** Tells the others what this person did. */
  readonly tell: (isPlaying: boolean, seconds: number) => void;
}

/**
 * Keeps a `<video>` where everybody of the room is: small differences are caught up by a slightly other speed, large ones by a jump.
 * The clock of the server is learnt from the answers, from the quickest of them.
 */
export function useRoom(roomId: string | null, video: HTMLVideoElement | null): RoomView {
  const [room, setRoom] = useState<Room | null>(null);
  const [isOver, setIsOver] = useState(false);
  const clock = useRef({ aheadMs: 0, roundMs: Number.POSITIVE_INFINITY });
  const state = useRef<Pick<Room, "isPlaying" | "positionMs" | "atMs" | "revision"> | null>(null);

  const take = useCallback((next: Room) => {
    if (next.revision >= (state.current?.revision ?? 0)) state.current = next;
    setRoom(next);
  }, []);
  const ask = useCallback(
    async (work: () => Promise<Room>): Promise<void> => {
      const sent = Date.now();
      const answer = await work();
      const roundMs = Date.now() - sent;
      if (roundMs <= clock.current.roundMs) {
        clock.current = { aheadMs: answer.serverMs + roundMs / 2 - Date.now(), roundMs };
      }
      take(answer);
    },
    [take],
  );

  const step = useCallback(() => {
    const now = state.current;
    if (now === null || video === null || video.readyState === 0) return;
    if (now.isPlaying && video.paused) void video.play().catch(() => undefined);
    if (!now.isPlaying && !video.paused) video.pause();
    const target = targetMs(now, Date.now() + clock.current.aheadMs);
    const { jumpTo, rate } = correction(filmSeconds(video) * 1000, target, now.isPlaying);
    if (jumpTo !== null && !video.seeking) goTo(video, jumpTo / 1000);
    if (video.playbackRate !== rate) video.playbackRate = rate;
  }, [video]);
  const latestStep = useRef(step);
  latestStep.current = step;

  useEffect(() => {
    if (roomId === null) return undefined;
    setIsOver(false);
    const join = (): void => {
      void ask(() => call("watch.joinRoom", { roomId })).catch(() => {
        state.current = null;
        setRoom(null);
        setIsOver(true);
      });
    };
    join();
    const timer = setInterval(join, presentEveryMs);
    const live = listen(
      {
        "watch.room": (event) => {
          if (event.roomId !== roomId) return;
          if (event.revision >= (state.current?.revision ?? 0)) state.current = event;
          latestStep.current();
          join();
        },
      },
      join,
      join,
    );
    return () => {
      clearInterval(timer);
      live.close();
      state.current = null;
      setRoom(null);
      void fetch("/api/watch.leaveRoom", {
        method: "POST",
        keepalive: true,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ roomId }),
      }).catch(() => undefined);
    };
  }, [roomId, ask]);

  useEffect(() => {
    if (roomId === null || video === null) return undefined;
    const timer = setInterval(step, stepMs);
    return () => {
      clearInterval(timer);
      video.playbackRate = 1;
    };
  }, [roomId, video, step]);

  const tell = useCallback(
    (isPlaying: boolean, seconds: number) => {
      if (roomId === null || state.current === null) return;
      const positionMs = Math.max(0, Math.round(seconds * 1000));
      const atMs = Math.round(Date.now() + clock.current.aheadMs);
      state.current = { ...state.current, isPlaying, positionMs, atMs };
      void ask(() => call("watch.controlRoom", { roomId, isPlaying, positionMs })).catch(() => undefined);
    },
    [roomId, ask],
  );
  return { room, isOver, tell };
}

import { useQuery } from "@tanstack/react-query";
import { useCanGoBack, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { call, type Output, query } from "#web/client.ts";
import { notifyError } from "#web/ui/index.ts";
import { readSettings } from "./settings.ts";
import { chaptersIn, skipAt } from "./times.ts";
import { audioTracks } from "./tracks.ts";
import { useActs } from "./use-acts.ts";
import { useMediaSession, useWakeLock } from "./use-device.ts";
import { useIdle } from "./use-idle.ts";
import { useKeys } from "./use-keys.ts";
import { usePlayback } from "./use-playback.ts";
import { useRoom } from "./use-room.ts";
import { useSaving } from "./use-saving.ts";
import { useSubtitles } from "./use-subtitles.ts";
import { useVideo } from "./use-video.ts";

export interface PlayerInput {
  readonly found: Output<"watch.item">;
  readonly fromSeconds: number | undefined;
  readonly roomId: string | null;
  readonly onOpen: (itemId: number) => void;
  readonly onRoom: (roomId: string | null) => void;
}

/** So near to its end the next one is offered when no credits are known. */
const nearEndSeconds = 20;
/** Pictures of the bar and the like are looked for again so often while they are being made. */
const pendingMs = 15_000;

/** What lies over the picture and holds the bar there. */
export type Panel = "help" | "menu" | "room" | null;

/** Everything of the player but its looks. */
export function usePlayer({ found, fromSeconds, roomId, onOpen, onRoom }: PlayerInput) {
  const { item, state: known, next, previous } = found;
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [stage, setStage] = useState<HTMLDivElement | null>(null);
  const [panel, setPanel] = useState<Panel>(null);
  const [hasStayed, setHasStayed] = useState(false);
  const start = useRef(fromSeconds === undefined ? (known.positionMs ?? 0) : fromSeconds * 1000);

  const { view, playback } = usePlayback(video, item, start.current);
  const { session } = view;
  const originMs = session?.originMs ?? 0;
  const knownSeconds = session === null || session.durationMs === null ? null : session.durationMs / 1000;
  const state = useVideo(video, knownSeconds);
  const extras = useQuery({
    ...query("extras.get", { itemId: item.itemId }),
    refetchInterval: ({ state: { data } }) => (data?.isPending === true ? pendingMs : false),
  }).data;
  const facts = useQuery(query("probe.facts", { itemId: item.itemId })).data?.facts;
  const picture = facts?.video[0];
  const film = useMemo(() => (picture ? { width: picture.width, height: picture.height } : null), [picture]);
  const { room, isOver, tell } = useRoom(roomId, video);
  const idle = useIdle(state.isPaused || panel !== null || view.error !== null);

  const acts = useActs({
    video,
    stage,
    told: tell,
    next: useCallback(() => next && onOpen(next.itemId), [onOpen, next]),
    previous: useCallback(() => previous && onOpen(previous.itemId), [onOpen, previous]),
    help: useCallback(() => setPanel((was) => (was === "help" ? null : "help")), []),
  });
  const subtitles = useSubtitles({
    itemId: item.itemId,
    video,
    extras,
    plan: session?.plan,
    originMs,
    film,
    burn: (index) => playback.current?.burnSubtitle(index),
    burnInstead: (index) => playback.current?.burnInstead(index),
  });
  const back = useBack();
  useKeys({
    video,
    durationSeconds: state.duration,
    acts,
    toggleSubtitles: subtitles.toggle,
    woken: idle.wake,
    escape: () => {
      if (panel !== null) setPanel(null);
      else if (document.fullscreenElement === null) back();
    },
  });
  useSaving(video, item.itemId, {
    positionMs: () => (video?.ended === true ? state.duration * 1000 : (playback.current?.positionMs() ?? 0)),
    durationMs: () => state.duration * 1000,
  });
  useWakeLock(!state.isPaused && !state.isEnded);
  const remote = useMemo(
    () => ({ ...acts, next: next ? acts.next : null, previous: previous ? acts.previous : null }),
    [acts, next, previous],
  );
  const pictureUrl = `/api/files/preview/${item.nodeId}?size=256&v=${item.etag}`;
  useMediaSession({ title: item.title, subtitle: item.subtitle, pictureUrl }, remote);
  useEffect(() => {
    if (video === null) return;
    const { volume, isMuted } = readSettings();
    video.volume = volume;
    video.muted = isMuted;
  }, [video]);

  const chapters = useMemo(
    () => chaptersIn(extras?.chapters ?? [], originMs, state.duration),
    [extras, originMs, state.duration],
  );
  const skip = extras === undefined ? null : skipAt(extras, originMs, state.at);
  const isNear = state.duration > 0 && state.duration - state.at < nearEndSeconds;
  const offered = !hasStayed && (state.isEnded || isNear || skip?.kind === "credits") ? next : null;
  /** A menu closes after what was chosen in it has opened something else. */
  const onMenu = (isOpen: boolean): void => setPanel((was) => (isOpen ? "menu" : was === "menu" ? null : was));
  const openRoom = async (): Promise<void> => {
    setPanel("room");
    if (roomId !== null) return;
    try {
      const positionMs = Math.round(state.at * 1000);
      onRoom((await call("watch.openRoom", { itemId: item.itemId, positionMs })).id);
    } catch (error) {
      notifyError(error);
    }
  };

  return {
    item,
    next,
    video,
    stage,
    setVideo,
    setStage,
    panel,
    setPanel,
    onMenu,
    view,
    playback,
    session,
    state,
    acts,
    idle,
    subtitles,
    chapters,
    skip,
    offered,
    stay: () => setHasStayed(true),
    trickplay: extras?.trickplay ?? null,
    tracks: facts ? audioTracks(facts) : [],
    resumedSeconds: fromSeconds === undefined ? start.current / 1000 : 0,
    room,
    isRoomOver: isOver,
    openRoom,
    leaveRoom: () => {
      setPanel(null);
      onRoom(null);
    },
    back,
  };
}

export type Player = ReturnType<typeof usePlayer>;

/** Where the person came from; the front page for whoever came by a link. */
function useBack(): () => void {
  const router = useRouter();
  const canGoBack = useCanGoBack();
  return () => {
    if (canGoBack) router.history.back();
    else void router.navigate({ to: "/" });
  };
}

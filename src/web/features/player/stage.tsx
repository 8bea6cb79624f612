import { ActionIcon, Loader } from "@mantine/core";
import { IconArrowLeft, IconPlayerPlayFilled } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { OfflineDialog } from "#web/features/offline/index.ts";
import { useSession } from "#web/frame/session.ts";
import { player as t } from "#web/strings/player.ts";
import { Controls } from "./controls.tsx";
import { DrawnLayer } from "./drawn-layer.tsx";
import { AudioMenu, QualityMenu, SubtitleMenu } from "./menus.tsx";
import { Failure, KeysHelp, NextCard, SkipButton } from "./overlays.tsx";
import classes from "./player.module.css";
import { PreparingNote } from "./preparing-note.tsx";
import { RoomPanel } from "./room-panel.tsx";
import { SubtitleLayer } from "./subtitle-layer.tsx";
import { formatClock } from "./times.ts";
import { Toasts } from "./toasts.tsx";
import { type Player, type PlayerInput, usePlayer } from "./use-player.ts";
import { useCast, useFullscreen } from "./use-screens.ts";
import { type TouchHint, useTouch } from "./use-touch.ts";

/** The picture with everything over it. */
export function Stage(input: PlayerInput) {
  const player = usePlayer(input);
  const { item, video, stage, state, acts, idle, subtitles, view, session } = player;
  const touch = useTouch({ video, acts, toggleBar: idle.toggle });
  const isFullscreen = useFullscreen(stage);
  const canCast = useCast(video);
  const [isTakingAlong, setTakingAlong] = useState(false);
  const takeAlong = (): void => {
    // A copy is made while nobody watches, and a dialog is not seen over a full screen.
    if (!state.isPaused) acts.toggle();
    if (isFullscreen) acts.fullscreen();
    setTakingAlong(true);
  };
  return (
    <div
      ref={player.setStage}
      className={classes.stage}
      data-idle={idle.isIdle || undefined}
      data-method={session?.plan.method}
      data-rung={view.rung ?? undefined}
      onPointerMove={(event) => event.pointerType === "mouse" && idle.wake()}
      onFocus={idle.wake}
    >
      <video ref={player.setVideo} className={classes.video} playsInline preload="auto" aria-label={item.title} />
      {subtitles.drawn && (
        <DrawnLayer
          video={video}
          subtitle={subtitles.drawn}
          originMs={session?.originMs ?? 0}
          shiftSeconds={subtitles.shiftSeconds}
          onState={subtitles.onDrawing}
        />
      )}
      <SubtitleLayer cues={subtitles.cues} size={subtitles.size} isRaised={!idle.isIdle} />
      <div className={classes.touch} {...touch.handlers} data-testid="touch" />
      <Centre player={player} hint={touch.hint} />
      <div className={classes.top} onPointerDown={idle.wake}>
        <ActionIcon variant="transparent" c="white" size={44} aria-label={t.back} title={t.back} onClick={player.back}>
          <IconArrowLeft size={24} aria-hidden="true" />
        </ActionIcon>
        <div className={classes.titles}>
          <h1>{item.title}</h1>
          {item.subtitle && <p>{item.subtitle}</p>}
        </div>
      </div>
      <div className={classes.bottom} onPointerDown={idle.wake} onPointerMove={idle.wake}>
        <Controls
          state={state}
          acts={acts}
          chapters={player.chapters}
          trickplay={player.trickplay}
          isFullscreen={isFullscreen}
          canCast={canCast}
          hasNext={player.next !== null}
          onMenu={player.onMenu}
          onTogether={() => void player.openRoom()}
          onOffline={item.kind === "video" ? takeAlong : null}
          menus={<Menus player={player} />}
        />
      </div>
      <Overlays player={player} />
      {isTakingAlong && (
        <Suspense>
          <OfflineDialog itemId={item.itemId} onClose={() => setTakingAlong(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** What the finger does, that it waits, or a large button to play. */
function Centre({ player, hint }: { readonly player: Player; readonly hint: TouchHint | null }) {
  const { state, view, acts } = player;
  const isCalm = hint === null && view.error === null;
  return (
    <div className={classes.centre} aria-live="polite">
      {hint && <span className={`tabular ${classes.hint}`}>{hintText(hint)}</span>}
      {isCalm && state.isWaiting && !state.isEnded && <Loader color="white" role="status" aria-label={t.loading} />}
      {isCalm && !state.isWaiting && state.isPaused && (
        <ActionIcon
          className={classes.bigPlay}
          variant="filled"
          radius={44}
          aria-label={state.isEnded ? t.replay : t.play}
          onClick={acts.play}
        >
          <IconPlayerPlayFilled size={40} aria-hidden="true" />
        </ActionIcon>
      )}
    </div>
  );
}

function hintText({ seconds, isBy }: TouchHint): string {
  if (!isBy) return formatClock(seconds);
  return seconds > 0 ? t.forward(seconds) : t.backward(-seconds);
}

function Menus({ player }: { readonly player: Player }) {
  const { view, playback, subtitles, tracks, onMenu: onOpen } = player;
  return (
    <>
      <AudioMenu
        tracks={tracks}
        chosen={view.audioIndex}
        onChoose={(index) => playback.current?.setAudio(index)}
        onOpen={onOpen}
      />
      <SubtitleMenu
        choices={subtitles.choices}
        chosen={subtitles.key}
        size={subtitles.size}
        shiftSeconds={subtitles.shiftSeconds}
        isDrawn={subtitles.drawn !== null}
        isPlainText={subtitles.isPlainText}
        onPlainText={subtitles.setPlainText}
        onChoose={subtitles.choose}
        onSize={subtitles.setSize}
        onShift={subtitles.setShift}
        onOpen={onOpen}
      />
      <QualityMenu view={view} onChoose={(rung) => playback.current?.setRung(rung)} onOpen={onOpen} />
    </>
  );
}

function Overlays({ player }: { readonly player: Player }) {
  const { acts, state, skip, offered, view, room, panel, setPanel } = player;
  const { person } = useSession();
  return (
    <>
      {skip && !offered && <SkipButton kind={skip.kind} onSkip={() => acts.seekTo(skip.to)} />}
      {offered && <NextCard item={offered} isEnded={state.isEnded} onPlay={acts.next} onStay={player.stay} />}
      {player.subtitles.preparing && <PreparingNote preparing={player.subtitles.preparing} />}
      <Toasts
        resumedSeconds={player.resumedSeconds}
        isReplanned={view.isReplanned}
        isRoomOver={player.isRoomOver}
        notice={player.subtitles.notice}
        onFromStart={() => acts.seekTo(0)}
      />
      {room && panel === "room" && (
        <RoomPanel room={room} ownId={person?.id ?? null} onClose={() => setPanel(null)} onLeave={player.leaveRoom} />
      )}
      {view.error && (
        <Failure
          error={view.error}
          nodeId={player.item.nodeId}
          fileUrl={player.session?.fileUrl ?? null}
          onRetry={() => player.playback.current?.retry()}
        />
      )}
      {panel === "help" && <KeysHelp onClose={() => setPanel(null)} />}
    </>
  );
}

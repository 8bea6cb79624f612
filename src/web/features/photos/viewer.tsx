import { ActionIcon, FocusTrap, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import {
  IconChevronLeft,
  IconChevronRight,
  IconDownload,
  IconHeart,
  IconHeartFilled,
  IconInfoCircle,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
  IconX,
  type Icon,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { createPortal } from "react-dom";

import { query } from "#web/client.ts";
import { useSwipe } from "#web/features/preview/index.ts";
import { photos as t } from "#web/strings/photos.ts";
import type { PhotoActions } from "./actions.ts";
import { InfoPanel } from "./info-panel.tsx";
import { type Cell, flag } from "./shape.ts";
import { Stage } from "./stage.tsx";
import { photoUrls } from "./urls.ts";

import classes from "./viewer.module.css";

interface Props {
  readonly index: number;
  readonly total: number;
  readonly albumId: number | undefined;
  readonly actions: PhotoActions;
  /** Pictures around the open one, as soon as they are known. */
  cellAt(index: number): Cell | undefined;
  onMove(index: number): void;
  onClose(): void;
}

const slideMs = 5_000;

/** One picture on the whole screen: arrows, swipes, zoom, films, what is known about it, and a slideshow. */
export function Viewer(props: Props) {
  const { index, total, albumId, actions, cellAt, onMove, onClose } = props;
  const [showsInfo, setShowsInfo] = useState(false);
  const [isPlaying, setPlaying] = useState(false);
  const cell = cellAt(index);
  const v = t.viewer;
  const step = (by: number): void => {
    const next = index + by;
    if (next >= 0 && next < total) onMove(next);
    else if (isPlaying) onMove(0);
  };
  const detail = useQuery({
    ...query("photos.detail", { itemId: cell?.id ?? 0, ...(albumId !== undefined && { albumId }) }),
    enabled: cell !== undefined,
  });
  const isFavourite = ((cell?.flags ?? 0) & flag.favourite) !== 0;
  const isVideo = ((cell?.flags ?? 0) & flag.video) !== 0;
  const favourite = (): void => {
    if (cell) void actions.favourite([cell.id], !isFavourite);
  };
  const trash = (): void => {
    if (!cell) return;
    void actions.trash([cell.id]).then((well) => {
      if (!well) return;
      if (total <= 1) onClose();
      else if (index === total - 1) onMove(index - 1);
    });
  };
  useHotkeys([
    ["ArrowLeft", () => step(-1)],
    ["ArrowRight", () => step(1)],
    ["Escape", onClose],
    ["i", () => setShowsInfo((shown) => !shown)],
    ["f", favourite],
    ["Delete", trash],
    ["s", () => setPlaying((playing) => !playing)],
  ]);
  useSlides(isPlaying && !isVideo, index, () => step(1));
  usePreload([cellAt(index + 1), cellAt(index - 1), cellAt(index + 2)], albumId);
  const swipe = useSwipe({ left: () => step(1), right: () => step(-1), down: onClose });
  return createPortal(
    <FocusTrap active>
      <div
        className={classes.viewer}
        role="dialog"
        aria-modal="true"
        aria-label={v.label}
        data-info={showsInfo || undefined}
      >
        <div className={classes.top}>
          <Act icon={IconX} label={v.close} onClick={onClose} autoFocus />
          <Text size="sm" className={classes.position} role="status">
            {v.position(index + 1, total)}
          </Text>
          <Act
            icon={isPlaying ? IconPlayerPause : IconPlayerPlay}
            label={isPlaying ? v.pause : v.play}
            onClick={() => setPlaying(!isPlaying)}
          />
          <Act
            icon={isFavourite ? IconHeartFilled : IconHeart}
            label={isFavourite ? t.selection.unfavourite : t.selection.favourite}
            isOn={isFavourite}
            onClick={favourite}
          />
          <Act
            icon={IconDownload}
            label={t.selection.download}
            onClick={() => cell && void actions.download([cell.id])}
          />
          {detail.data?.file?.canWrite === true && <Act icon={IconTrash} label={t.selection.trash} onClick={trash} />}
          <Act icon={IconInfoCircle} label={v.info} isOn={showsInfo} onClick={() => setShowsInfo(!showsInfo)} />
        </div>
        <div className={classes.stage} {...swipe}>
          {cell && (
            <Stage
              key={cell.id}
              cell={cell}
              albumId={albumId}
              detail={detail.data ?? (detail.isError ? null : undefined)}
              onEnded={() => isPlaying && step(1)}
            />
          )}
          {index > 0 && (
            <div className={classes.previous}>
              <Act icon={IconChevronLeft} label={v.previous} onClick={() => step(-1)} />
            </div>
          )}
          {index < total - 1 && (
            <div className={classes.next}>
              <Act icon={IconChevronRight} label={v.next} onClick={() => step(1)} />
            </div>
          )}
        </div>
        {showsInfo && detail.data && (
          <InfoPanel detail={detail.data} actions={actions} onClose={() => setShowsInfo(false)} />
        )}
      </div>
    </FocusTrap>,
    document.body,
  );
}

function Act(props: {
  readonly icon: Icon;
  readonly label: string;
  readonly isOn?: boolean;
  readonly autoFocus?: boolean;
  onClick(): void;
}) {
  return (
    <ActionIcon
      variant="transparent"
      size={44}
      className={classes.act}
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.isOn}
      data-autofocus={props.autoFocus}
      onClick={props.onClick}
    >
      <props.icon size={22} stroke={1.6} />
    </ActionIcon>
  );
}

function useSlides(isPlaying: boolean, index: number, next: () => void): void {
  const go = useEffectEvent(next);
  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setTimeout(go, slideMs);
    return () => clearTimeout(timer);
  }, [isPlaying, index]);
}

/** Neighbours are in the browser's cache before anybody asks for them. */
function usePreload(cells: readonly (Cell | undefined)[], albumId: number | undefined): void {
  const addresses = cells
    .flatMap((cell) => (cell && (cell.flags & flag.problem) === 0 ? [photoUrls.thumb(cell, 1600, albumId)] : []))
    .join(" ");
  useEffect(() => {
    for (const address of addresses.split(" ")) if (address !== "") new Image().src = address;
  }, [addresses]);
}

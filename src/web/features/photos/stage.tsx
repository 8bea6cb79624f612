import { Button, Text } from "@mantine/core";
import { IconLivePhoto } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { Output } from "#web/client.ts";
import { useZoom } from "#web/features/preview/index.ts";
import { photos as t } from "#web/strings/photos.ts";
import { Broken } from "./broken.tsx";
import { Film } from "./film.tsx";
import { colourOf, paintSoon } from "./hash-paint.ts";
import { type Cell, flag } from "./shape.ts";
import { photoUrls } from "./urls.ts";
import classes from "./viewer.module.css";

interface Props {
  readonly cell: Cell;
  readonly albumId: number | undefined;
  /** Null: it cannot be had. */
  readonly detail: Output<"photos.detail"> | null | undefined;
  onEnded(): void;
}

/** Formats that every browser draws by itself. */
const drawable = /^image\/(jpeg|png|webp|avif|gif)$/;
/** Beyond this the pixels of the large preview would show. */
const originalFromScale = 1.3;

/** The picture or film of the viewer. */
export function Stage({ cell, albumId, detail, onEnded }: Props) {
  const [isBroken, setBroken] = useState(false);
  const [moment, setMoment] = useState<"still" | "playing" | "unplayable">("still");
  const isVideo = (cell.flags & flag.video) !== 0;
  if (isBroken || (cell.flags & flag.problem) !== 0) {
    return <Broken cell={cell} albumId={albumId} text={detail?.problem ?? t.viewer.broken} />;
  }
  if (isVideo) return <Film cell={cell} albumId={albumId} detail={detail} onEnded={onEnded} />;
  if (moment === "playing") {
    return (
      <Film
        cell={cell}
        albumId={albumId}
        detail={detail}
        moment={{ onUnplayable: () => setMoment("unplayable") }}
        onEnded={() => setMoment("still")}
      />
    );
  }
  return (
    <>
      <Still cell={cell} albumId={albumId} detail={detail} onBroken={() => setBroken(true)} />
      {moment === "unplayable" ? (
        <Text size="sm" role="status" className={classes.motionNote}>
          {t.viewer.cannotMove}
        </Text>
      ) : (
        (cell.flags & flag.motion) !== 0 && (
          <Button
            className={classes.motion}
            variant="default"
            leftSection={<IconLivePhoto size={18} />}
            onClick={() => setMoment("playing")}
          >
            {t.viewer.motion}
          </Button>
        )
      )}
    </>
  );
}

function Still(props: Omit<Props, "onEnded"> & { onBroken(): void }) {
  const { cell, albumId, detail } = props;
  const stage = useRef<HTMLDivElement>(null);
  const back = useRef<HTMLDivElement>(null);
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null);
  const zoom = useZoom(stage, natural);
  const isZoomed = zoom.view.scale > 1;
  const [sharp, setSharp] = useState<string | null>(null);
  const original =
    zoom.view.scale >= originalFromScale && detail != null && drawable.test(detail.mime)
      ? photoUrls.original(cell.id, albumId)
      : null;
  useEffect(() => {
    if (original === null) return;
    const image = new Image();
    image.src = original;
    void image.decode().then(
      () => setSharp(original),
      () => undefined,
    );
  }, [original]);
  useEffect(() => {
    if (natural === null && back.current && cell.hash !== null) return paintSoon(back.current, cell.hash);
    return undefined;
  }, [natural, cell.hash]);
  return (
    <div
      ref={stage}
      className={classes.still}
      data-zoomed={isZoomed || undefined}
      data-no-swipe={isZoomed || undefined}
      {...zoom.handlers}
    >
      {natural === null && (
        <div ref={back} className={classes.placeholder} style={{ backgroundColor: colourOf(cell.hash) }} />
      )}
      <img
        className={classes.picture}
        src={sharp ?? photoUrls.thumb(cell, 1600, albumId)}
        alt={detail?.name ?? t.viewer.label}
        draggable={false}
        data-ready={natural !== null || undefined}
        style={{ transform: zoom.transform }}
        onLoad={(event) => {
          const { naturalWidth: width, naturalHeight: height } = event.currentTarget;
          setNatural((known) => known ?? { width, height });
        }}
        onError={props.onBroken}
      />
    </div>
  );
}

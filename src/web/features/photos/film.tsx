import { Loader } from "@mantine/core";
import { Suspense, useState } from "react";
import type { Output } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { lazyPart } from "#web/ui/index.ts";
import { Broken } from "./broken.tsx";
import type { Cell } from "./shape.ts";
import { photoUrls } from "./urls.ts";
import classes from "./viewer.module.css";

const ConvertedFilm = lazyPart(async () => (await import("./converted-film.tsx")).ConvertedFilm);

interface Props {
  readonly cell: Cell;
  readonly albumId: number | undefined;
  /** Null: it cannot be had. */
  readonly detail: Output<"photos.detail"> | null | undefined;
  /** Undefined: the film that this cell is. A moving picture's moment has no controls and no sound. */
  readonly moment?: { onUnplayable(): void };
  onEnded(): void;
}

/** A film of the viewer: as it is where the browser can play that, else the way that the media player's films take. */
export function Film({ cell, albumId, detail, moment, onEnded }: Props) {
  const [isConverted, setConverted] = useState(false);
  const isMoment = moment !== undefined;
  // Whoever sees a film through an album only may have the file, and nothing made of it.
  const file = detail?.file ?? null;
  const played = file !== null && isMoment ? (detail?.motion ?? null) : file;
  const common = {
    className: classes.film,
    poster: photoUrls.thumb(cell, 1600, albumId),
    controls: !isMoment,
    muted: isMoment,
    autoPlay: true,
    playsInline: true,
    "aria-label": detail?.name ?? t.viewer.label,
    "data-no-swipe": !isMoment || undefined,
    onEnded,
  };
  const convert = (): void => {
    if (isMoment && detail !== undefined && played === null) moment.onUnplayable();
    else setConverted(true);
  };
  if (!isConverted) {
    return (
      <video
        {...common}
        src={isMoment ? photoUrls.motion(cell.id, albumId) : photoUrls.original(cell.id, albumId)}
        onError={convert}
        // A browser that can decode its sound alone plays on without a picture.
        onLoadedMetadata={(event) => event.currentTarget.videoWidth === 0 && convert()}
      />
    );
  }
  if (played !== null) {
    return (
      <Suspense fallback={<Waiting />}>
        <ConvertedFilm played={played} video={common} cell={cell} waiting={<Waiting />} />
      </Suspense>
    );
  }
  return detail === undefined ? (
    <Waiting />
  ) : (
    <Broken cell={cell} albumId={albumId} text={isMoment ? t.viewer.cannotMove : t.viewer.cannotPlay} />
  );
}

function Waiting() {
  return (
    <div className={classes.waiting}>
      <Loader color="white" role="status" aria-label={t.viewer.preparing} />
    </div>
  );
}

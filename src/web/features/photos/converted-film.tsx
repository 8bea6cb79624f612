import { type ComponentProps, type ReactNode, useState } from "react";
import { ProblemError } from "#web/client.ts";
import { ColdNotice } from "#web/features/player/cold-notice.tsx";
import type { PlaybackError, Played } from "#web/features/player/playback.ts";
import { usePlayback } from "#web/features/player/use-playback.ts";
import { photos as t } from "#web/strings/photos.ts";
import { player } from "#web/strings/player.ts";
import { Broken } from "./broken.tsx";
import type { Cell } from "./shape.ts";
import classes from "./viewer.module.css";

interface Props {
  readonly played: Played;
  /** What the `<video>` is given when it plays the file itself. */
  readonly video: ComponentProps<"video">;
  readonly cell: Cell;
  readonly waiting: ReactNode;
}

/** A film that the server makes into what this browser can play; the playback ends when it is left. */
export function ConvertedFilm({ played, video: props, cell, waiting }: Props) {
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [isReady, setReady] = useState(false);
  const { view, playback } = usePlayback(video, played, 0);
  return (
    <>
      <video
        {...props}
        ref={setVideo}
        data-method={view.session?.plan.method}
        onLoadedData={() => setReady(true)}
        hidden={view.error !== null}
      />
      {view.error?.kind === "cold" ? (
        <div className={classes.broken}>
          <ColdNotice nodeId={played.nodeId} onHere={() => playback.current?.retry()} />
        </div>
      ) : view.error !== null ? (
        <Broken
          cell={cell}
          albumId={undefined}
          text={wordsOf(view.error)}
          onRetry={view.error.kind === "decode" ? undefined : () => playback.current?.retry()}
        />
      ) : (
        !isReady && waiting
      )}
    </>
  );
}

function wordsOf(error: Exclude<PlaybackError, { readonly kind: "cold" }>): string {
  if (error.kind === "refused")
    return error.cause instanceof ProblemError && error.cause.detail !== "" ? error.cause.detail : t.viewer.cannotPlay;
  return player.error[error.kind];
}

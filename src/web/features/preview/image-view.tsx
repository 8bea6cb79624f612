import { ActionIcon } from "@mantine/core";
import { IconZoomIn, IconZoomOut, IconZoomReset } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { Waiting } from "./file-card.tsx";
import { imageSources } from "./kinds.ts";
import classes from "./preview.module.css";
import { useContentUrls } from "./urls.ts";
import { useZoom } from "./use-zoom.ts";

const t = strings.preview;
/** Beyond this the thumbnail's pixels would show. */
const originalFromScale = 1.2;

/** A picture to zoom (wheel, pinch, double click, + and -) and to move; the original replaces the thumbnail when zoomed in. */
export function ImageView({ node, onBroken }: { readonly node: Node; onBroken(): void }) {
  const urls = useContentUrls();
  const stage = useRef<HTMLDivElement>(null);
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null);
  const zoom = useZoom(stage, natural);
  const sources = imageSources(node);
  const preview = urls.preview(node.id, 1600, node.etag);
  const first = sources.first === "original" ? urls.content(node.id) : preview;
  const sharper = sources.zoomed === "original" && zoom.view.scale >= originalFromScale ? urls.content(node.id) : null;
  const sharp = useLoaded(sharper);
  return (
    <div
      ref={stage}
      className={classes.imageStage}
      data-zoomed={zoom.view.scale > 1 || undefined}
      data-no-swipe={zoom.view.scale > 1 || undefined}
      {...zoom.handlers}
    >
      {!natural && (
        <div className={classes.overWaiting}>
          <Waiting />
        </div>
      )}
      <img
        src={sharp ?? first}
        alt={t.image(node.name)}
        className={classes.image}
        data-ready={natural !== null || undefined}
        style={{ transform: zoom.transform }}
        draggable={false}
        onLoad={(event) => {
          const { naturalWidth: width, naturalHeight: height } = event.currentTarget;
          setNatural((known) => known ?? { width: width || 1024, height: height || 1024 });
        }}
        onError={onBroken}
      />
      <div className={classes.zoomBar}>
        <ActionIcon
          size={36}
          variant="default"
          onClick={zoom.out}
          disabled={zoom.view.scale <= 1}
          aria-label={t.zoomOut}
          title={t.zoomOut}
        >
          <IconZoomOut size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon
          size={36}
          variant="default"
          onClick={zoom.reset}
          disabled={zoom.view.scale <= 1}
          aria-label={t.zoomReset}
          title={t.zoomReset}
        >
          <IconZoomReset size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon size={36} variant="default" onClick={zoom.in} aria-label={t.zoomIn} title={t.zoomIn}>
          <IconZoomIn size={18} stroke={1.5} aria-hidden="true" />
        </ActionIcon>
      </div>
    </div>
  );
}

/** The address once its picture is decoded, so that the swap does not flash. */
function useLoaded(url: string | null): string | null {
  const [loaded, setLoaded] = useState<string | null>(null);
  useEffect(() => {
    if (!url || loaded) return;
    const image = new Image();
    let wanted = true;
    image.src = url;
    image.decode().then(
      () => wanted && setLoaded(url),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [url, loaded]);
  return loaded;
}

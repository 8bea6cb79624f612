import { IconMusic, IconUser } from "@tabler/icons-react";
import { useState } from "react";
import classes from "./music.module.css";

interface Covered {
  readonly id: number;
  readonly hasCover: boolean;
  readonly coverVersion: string;
}

const sizes = [64, 128, 256, 512, 1024];

/** The picture of a song, album or artist in a square; a note while there is none. */
export function Cover(props: {
  readonly kind: "song" | "album" | "artist";
  readonly of: Covered;
  /** Width on the screen in pixels. */
  readonly sizePx: number;
  readonly isRound?: boolean;
}) {
  const { kind, of, sizePx } = props;
  const at = (factor: number) => sizes.find((size) => size >= sizePx * factor) ?? 1024;
  const url = (size: number) =>
    `/api/music/cover/${kind}/${of.id}?size=${size}&v=${encodeURIComponent(of.coverVersion)}`;
  const [missing, setMissing] = useState("");
  const isThere = of.hasCover && missing !== url(at(1));
  const Shape = kind === "artist" ? IconUser : IconMusic;
  return (
    <span className={classes.cover} data-round={props.isRound || undefined}>
      {isThere ? (
        <img
          src={url(at(1))}
          srcSet={`${url(at(1))} 1x, ${url(at(2))} 2x`}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setMissing(url(at(1)))}
        />
      ) : (
        <Shape size={Math.max(18, Math.min(40, sizePx / 3))} stroke={1.25} aria-hidden="true" />
      )}
    </span>
  );
}

import { IconCheck, IconMovie, IconPlugConnectedX } from "@tabler/icons-react";
import { useState } from "react";
import { films as t } from "#web/strings/films.ts";
import classes from "./films.module.css";

/** A picture of a work in a box of fixed shape; its title stands there while there is none. */
export function WorkPicture(props: {
  readonly url: string | null;
  readonly title: string;
  readonly shape: "poster" | "wide";
  readonly isEager?: boolean;
}) {
  const { url, title, shape } = props;
  const [missing, setMissing] = useState<string | null>(null);
  // The long side counts: a poster of 480 is 320 wide and sharp on every screen.
  return (
    <span className={classes.picture} data-shape={shape}>
      {url !== null && missing !== url ? (
        <img
          src={`${url}&size=480`}
          srcSet={shape === "wide" ? `${url}&size=480 1x, ${url}&size=1600 2x` : undefined}
          alt=""
          loading={props.isEager ? "eager" : "lazy"}
          decoding="async"
          draggable={false}
          onError={() => setMissing(url)}
        />
      ) : (
        <span className={classes.noPicture} aria-hidden="true">
          <IconMovie size={28} stroke={1.25} />
          <span>{title}</span>
        </span>
      )}
    </span>
  );
}

/** What has been watched of it, over its picture: a tick, or a bar. */
export function WatchMark(props: { readonly isWatched: boolean; readonly share: number; readonly isAway?: boolean }) {
  return (
    <>
      {props.isAway && (
        <span className={classes.away} title={t.awayHint}>
          <IconPlugConnectedX size={16} aria-hidden="true" /> {t.away}
        </span>
      )}
      {props.isWatched && (
        <span className={classes.tick} role="img" aria-label={t.watched}>
          <IconCheck size={16} aria-hidden="true" />
        </span>
      )}
      {!props.isWatched && props.share > 0 && (
        <span className={classes.bar} aria-hidden="true">
          <span style={{ inlineSize: `${props.share * 100}%` }} />
        </span>
      )}
    </>
  );
}

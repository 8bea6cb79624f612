import type { Song } from "#contract/apps/media/music";
import { Cover } from "./cover.tsx";
import classes from "./music.module.css";
import own from "./now-line.module.css";
import { RatingField } from "./star-button.tsx";

/** The song that is heard, with what one thinks of it. */
export function NowLine({ song }: { readonly song: Song }) {
  return (
    <div className={own.nowLine}>
      <Cover kind="song" of={song} sizePx={64} />
      <span className={classes.names}>
        <span className={classes.name}>{song.title}</span>
        <span className={classes.by}>{song.artistText}</span>
        <RatingField kind="song" of={song} title={song.title} />
      </span>
    </div>
  );
}

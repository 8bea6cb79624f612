import { useEffect, useRef } from "react";
import classes from "./player.module.css";

/** Above this part of the picture a cue asks to stand at the top. */
const topBelowPercent = 40;

/** Subtitles over the picture, as the person likes them. */
export function SubtitleLayer(props: {
  readonly cues: readonly VTTCue[];
  readonly size: "small" | "medium" | "large";
  readonly isRaised: boolean;
}) {
  const isTop = (cue: VTTCue): boolean =>
    !cue.snapToLines && typeof cue.line === "number" && cue.line < topBelowPercent;
  return (
    <div
      className={classes.subtitles}
      data-size={props.size}
      data-raised={props.isRaised || undefined}
      data-testid="subtitles"
    >
      <div className={classes.subtitlesTop}>
        {props.cues.filter(isTop).map((cue, at) => (
          <Cue key={at} cue={cue} />
        ))}
      </div>
      <div className={classes.subtitlesBottom}>
        {props.cues
          .filter((cue) => !isTop(cue))
          .map((cue, at) => (
            <Cue key={at} cue={cue} />
          ))}
      </div>
    </div>
  );
}

function Cue({ cue }: { readonly cue: VTTCue }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // Made by the browser from the text of the cue: it holds nothing but text and what WebVTT knows of styling.
    line.current?.replaceChildren(cue.getCueAsHTML());
  }, [cue]);
  return <p ref={line} className={classes.cue} />;
}

import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { WorkCard } from "#contract/apps/media/works";
import { films as t } from "#web/strings/films.ts";
import classes from "./films.module.css";
import { WatchMark, WorkPicture } from "./poster.tsx";
import { useStates } from "./use-states.ts";
import { shareWatched } from "./words.ts";

/** Posters of works in rows; what is far away is not drawn. */
export function WorkGrid(props: { readonly works: readonly WorkCard[] }) {
  const { works } = props;
  const itemIds = useMemo(() => works.flatMap(({ itemId }) => (itemId === null ? [] : [itemId])), [works]);
  const states = useStates(itemIds);
  return (
    <ul className={classes.grid}>
      {works.map((work) => {
        const state = work.itemId === null ? undefined : states.get(work.itemId);
        return (
          <li key={work.id} className={classes.cell}>
            <Link to="/films/$workId" params={{ workId: String(work.id) }} className={classes.card}>
              <span className={classes.frame}>
                <WorkPicture url={work.artwork.poster} title={work.title} shape="poster" />
                <WatchMark isWatched={state?.isWatched ?? false} share={shareWatched(state)} isAway={work.isAway} />
              </span>
              <span className={classes.cardTitle}>{work.title}</span>
              <span className={classes.cardFacts}>
                {[work.year, work.type === "series" && t.seasonCount(work.seasonCount)].filter(Boolean).join(" · ")}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

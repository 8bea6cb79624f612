import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { films as t } from "#web/strings/films.ts";
import { Section } from "#web/ui/index.ts";
import classes from "./films.module.css";
import { WatchMark, WorkPicture } from "./poster.tsx";
import { shareWatched } from "./words.ts";

const most = 12;

/** What somebody stopped in the middle of, and the next episode after what they finished. Nothing when there is nothing. */
export function ContinueRow() {
  const { data } = useQuery(query("watch.resume", { limit: most }));
  if (!data || data.items.length === 0) return null;
  return (
    <Section title={t.goOn}>
      <ul className={classes.row}>
        {data.items.map((item) => (
          <li key={item.itemId}>
            <Link to="/watch/$itemId" params={{ itemId: String(item.itemId) }} className={classes.wideCard}>
              <span className={classes.frame}>
                <WorkPicture url={`/api/files/preview/${item.nodeId}?v=${item.etag}`} title={item.title} shape="wide" />
                <WatchMark isWatched={false} share={shareWatched(item)} />
              </span>
              <span className={classes.cardTitle}>{item.title}</span>
              <span className={classes.cardFacts}>
                {[item.isNext && t.nextUp, item.subtitle].filter(Boolean).join(" · ")}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

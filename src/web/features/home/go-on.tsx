import { useQuery } from "@tanstack/react-query";
import { IconMovie, IconPlayerPlayFilled } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Output, query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { Section } from "#web/ui/index.ts";
import classes from "./go-on.module.css";

const t = strings.rooms.home;
const most = 8;

type Item = Output<"watch.resume">["items"][number];

/** What somebody stopped in the middle of, and the next after what they finished. Nothing when there is nothing. */
export function GoOn({ items }: { readonly items: readonly Item[] }) {
  if (items.length === 0) return null;
  return (
    <Section title={t.goOn}>
      <ul className={classes.row}>
        {items.map((item) => (
          <li key={item.itemId}>
            <Link to="/watch/$itemId" params={{ itemId: String(item.itemId) }} className={classes.card}>
              <Picture item={item} />
              <span className={classes.title}>{item.title}</span>
              <span className={classes.meta}>{[item.isNext && t.next, item.subtitle].filter(Boolean).join(" · ")}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Asked for with the rest of the page, which must not jump when it arrives. */
export function useGoOn() {
  return useQuery(query("watch.resume", { limit: most }));
}

function Picture({ item }: { readonly item: Item }) {
  const [isMissing, setIsMissing] = useState(false);
  const { positionMs, durationMs } = item;
  const part = positionMs !== null && durationMs !== null && durationMs > 0 ? positionMs / durationMs : 0;
  return (
    <span className={classes.picture}>
      {isMissing ? (
        <IconMovie size={32} stroke={1.25} aria-hidden="true" className={classes.icon} />
      ) : (
        <img
          src={`/api/files/preview/${item.nodeId}?size=256&v=${item.etag}`}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setIsMissing(true)}
        />
      )}
      <IconPlayerPlayFilled size={20} aria-hidden="true" className={classes.play} />
      {part > 0 && (
        <span className={classes.bar} aria-hidden="true">
          <span style={{ width: `${part * 100}%` }} />
        </span>
      )}
    </span>
  );
}

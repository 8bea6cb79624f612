import { Alert, Anchor } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { query, type Output, urls } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import classes from "./photos.module.css";
import { photoUrls } from "./urls.ts";

const two = (value: number) => String(value).padStart(2, "0");

function dateToday() {
  const today = new Date();
  return { month: today.getMonth() + 1, day: today.getDate(), beforeYear: today.getFullYear() };
}

export const memoriesToday = () => query("photos.memories", dateToday());

/** Pictures of this day in earlier years. */
export function Memories() {
  const { month, day, beforeYear: year } = dateToday();
  const { data } = useQuery(memoriesToday());
  if (!data || data.years.length === 0) return null;
  return (
    <section className={classes.memories} aria-label={t.memories}>
      {data.years.map((one) => (
        <Link key={one.year} to="/photos" search={{ day: `${two(month)}-${two(day)}` }} className={classes.memory}>
          <img src={photoUrls.thumb({ id: one.coverId, revision: one.coverRevision }, 480)} alt="" />
          <span>{t.yearsAgo(year - one.year)}</span>
        </Link>
      ))}
    </section>
  );
}

/** Files that could not be read, each with the reason; nothing is hidden. */
export function BrokenNote({ state }: { readonly state: Output<"photos.state"> }) {
  const [isOpen, setOpen] = useState(false);
  if (state.brokenTotal === 0) return null;
  return (
    <Alert
      variant="light"
      color="gray"
      icon={<IconAlertTriangle size={18} aria-hidden="true" />}
      className={classes.note}
      title={
        <button type="button" className={classes.plain} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t.broken(state.brokenTotal)}
        </button>
      }
    >
      {isOpen && (
        <>
          {t.brokenHint}
          <ul className={classes.brokenList}>
            {state.broken.map(({ itemId, nodeId, path, reason }) => (
              <li key={itemId}>
                <Anchor size="sm" href={urls.download(nodeId)}>
                  {path}
                </Anchor>{" "}
                <span className={classes.dim}>{reason}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Alert>
  );
}

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { music as t } from "#web/strings/music.ts";
import { ErrorState } from "#web/ui/index.ts";
import { Nothing } from "./lists.tsx";
import own from "./genres-page.module.css";
import classes from "./music.module.css";

export function GenresPage() {
  const { data, error, refetch } = useQuery(query("music.genres", {}));
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={240} mt="md" animate={false} radius="md" />;
  if (data.genres.length === 0) return <Nothing isAsked={false} />;
  return (
    <ul className={own.genres} aria-label={t.tabs.genres}>
      {data.genres.map(({ name, albumCount, songCount }) => (
        <li key={name}>
          <Link to="/music" search={{ genre: name }} className={own.genre}>
            <span className={classes.name}>{name}</span>
            <span className={classes.by}>
              {t.albums(albumCount)} · {t.songs(songCount)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

import { Loader, Paper } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { query } from "#web/client.ts";
import { player as t } from "#web/strings/player.ts";
import { strings } from "#web/strings.ts";
import { ErrorState } from "#web/ui/index.ts";
import classes from "./player.module.css";
import { Stage } from "./stage.tsx";

/** `/watch/ITEM?t=SECONDS&room=ID`: a film on the whole screen. */
export function PlayerPage() {
  const itemId = Number(useParams({ from: "/watch/$itemId" }).itemId);
  const { t: fromSeconds, room } = useSearch({ from: "/watch/$itemId" });
  const navigate = useNavigate();
  const found = useQuery({ ...query("watch.item", { itemId }), staleTime: 0, gcTime: 0 });
  const title = found.data?.item.title;
  useEffect(() => {
    document.title = `${title ?? t.loading} · ${strings.common.product}`;
  }, [title]);
  return (
    <main className={classes.page} aria-label={t.region(title ?? "")}>
      {found.error && (
        <div className={classes.failure}>
          <Paper p="lg" radius="lg" className={classes.panel}>
            <ErrorState error={found.error} onRetry={() => void found.refetch()} />
          </Paper>
        </div>
      )}
      {found.isPending && (
        <div className={classes.centre}>
          <Loader color="white" role="status" aria-label={t.loading} />
        </div>
      )}
      {found.data && !found.isPending && (
        <Stage
          key={itemId}
          found={found.data}
          fromSeconds={fromSeconds}
          roomId={room ?? null}
          onOpen={(id) => void navigate({ to: "/watch/$itemId", params: { itemId: String(id) }, replace: true })}
          onRoom={(id) =>
            void navigate({
              to: "/watch/$itemId",
              params: { itemId: String(itemId) },
              search: id === null ? {} : { room: id },
              replace: true,
            })
          }
        />
      )}
    </main>
  );
}

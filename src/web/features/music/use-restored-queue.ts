import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { query } from "#web/client.ts";
import { musicPlayer } from "./player-access.ts";

/** After a reload the bar shows the queue as it was saved last, silent until somebody presses play. True while it is fetched. */
export function useRestoredQueue(): boolean {
  const isEmpty = musicPlayer().state().queue.entries.length === 0;
  const { data, isLoading } = useQuery({ ...query("music.queue", {}), enabled: isEmpty, staleTime: Infinity });
  useEffect(() => {
    const player = musicPlayer();
    if (data === undefined || data.songs.length === 0 || player.state().queue.entries.length > 0) return;
    player.restore(data.songs, data.index, data.positionMs);
  }, [data]);
  return isLoading || (isEmpty && (data?.songs.length ?? 0) > 0);
}

import { Button, Text } from "@mantine/core";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query } from "#web/client.ts";
import { TabbedPage, type Tab } from "#web/frame/tabbed.tsx";
import { music as t } from "#web/strings/music.ts";
import { wantDock } from "./dock-signal.ts";
import classes from "./music.module.css";
import { musicPlayer, usePlayer } from "./player-access.ts";

const tabs: readonly Tab[] = [
  { to: "/music", label: t.tabs.albums },
  { to: "/music/artists", label: t.tabs.artists },
  { to: "/music/songs", label: t.tabs.songs },
  { to: "/music/genres", label: t.tabs.genres },
  { to: "/music/playlists", label: t.tabs.playlists },
];

export function MusicLayout() {
  return (
    <>
      <ResumeBanner />
      <TabbedPage title={t.title} label={t.parts} tabs={tabs} wide />
    </>
  );
}

const storageKey = "hearth.music-resumed";

/** What was heard last on another device, while nothing is in the queue here. */
function ResumeBanner() {
  const { song } = usePlayer();
  const [put, setPut] = useState(() => Number(localStorage.getItem(storageKey) ?? 0));
  const { data } = useQuery({ ...query("music.queue", {}), enabled: song === null });
  const current = data?.songs[data.index];
  if (song !== null || data === undefined || current === undefined || data.savedAtMs <= put) return null;
  const putOff = (): void => {
    localStorage.setItem(storageKey, String(data.savedAtMs));
    setPut(data.savedAtMs);
  };
  const go = (): void => {
    putOff();
    const player = musicPlayer();
    player.restore(data.songs, data.index, data.positionMs);
    wantDock();
    player.play();
  };
  return (
    <aside className={classes.resume} aria-label={t.resume(data.savedBy)}>
      <Text size="sm" truncate>
        {t.resume(data.savedBy)}: {current.title}
      </Text>
      <Button size="compact-sm" leftSection={<IconPlayerPlayFilled size={14} aria-hidden="true" />} onClick={go}>
        {t.resumeAction}
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={putOff}>
        {t.resumeNo}
      </Button>
    </aside>
  );
}

import { Button, FileButton, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { IconFileImport, IconPlaylist, IconPlus, IconSparkles } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Playlist } from "#contract/apps/media/music";
import { call, invalidate, query, type Output } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { music } from "#web/strings/music.ts";
import { EmptyState, ErrorState, formatDuration, notifyDone, notifyError } from "#web/ui/index.ts";
import classes from "./music.module.css";
import { PlaylistForm } from "./playlist-form.tsx";

const t = music.playlist;

/** The caller's lists and those that others share. */
export function PlaylistsPage() {
  const { data, error, refetch } = useQuery(query("music.playlists", {}));
  const [dialog, setDialog] = useState<"list" | "smart" | "import" | null>(null);
  const close = () => setDialog(null);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Group gap="xs" my="md">
        <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setDialog("list")}>
          {t.new}
        </Button>
        <Button
          variant="default"
          leftSection={<IconSparkles size={16} aria-hidden="true" />}
          onClick={() => setDialog("smart")}
        >
          {t.newSmart}
        </Button>
        <Button
          variant="default"
          leftSection={<IconFileImport size={16} aria-hidden="true" />}
          onClick={() => setDialog("import")}
        >
          {t.import}
        </Button>
      </Group>
      {!data && <Skeleton height={240} animate={false} radius="md" />}
      {data?.playlists.length === 0 && <EmptyState icon={IconPlaylist} title={t.none} hint={t.noneHint} />}
      {data && data.playlists.length > 0 && (
        <ul className={classes.cards} aria-label={music.tabs.playlists}>
          {data.playlists.map((list) => (
            <li key={list.id}>
              <PlaylistCard list={list} />
            </li>
          ))}
        </ul>
      )}
      {(dialog === "list" || dialog === "smart") && <PlaylistForm isSmart={dialog === "smart"} onClose={close} />}
      {dialog === "import" && <ImportDialog onClose={close} />}
    </>
  );
}

function PlaylistCard({ list }: { readonly list: Playlist }) {
  const facts = [
    list.rules === null ? music.songs(list.songCount ?? 0) : t.smart,
    list.durationMs !== null && list.durationMs > 0 && formatDuration(list.durationMs),
    !list.isMine && t.by(list.ownerName),
  ];
  return (
    <Link to="/music/playlists/$playlistId" params={{ playlistId: String(list.id) }} className={classes.cardLink}>
      <PlaylistCover albumIds={list.coverAlbumIds} isSmart={list.rules !== null} />
      <span className={classes.cardTitle}>{list.name}</span>
      <span className={classes.cardFacts}>{facts.filter(Boolean).join(" · ")}</span>
    </Link>
  );
}

/** Up to four covers of what is in it. */
export function PlaylistCover(props: { readonly albumIds: readonly number[]; readonly isSmart: boolean }) {
  const Shape = props.isSmart ? IconSparkles : IconPlaylist;
  const shown = props.albumIds.length >= 4 ? props.albumIds.slice(0, 4) : props.albumIds.slice(0, 1);
  return (
    <span className={classes.cover} data-count={shown.length}>
      {shown.length === 0 && <Shape size={40} stroke={1.25} aria-hidden="true" />}
      {shown.map((id) => (
        <img key={id} src={`/api/music/cover/album/${id}?size=256`} alt="" loading="lazy" draggable={false} />
      ))}
    </span>
  );
}

/** Of an M3U file in a music folder, or of one from this device. */
function ImportDialog({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data } = useQuery(query("music.playlistFiles", {}));
  const [isBusy, setBusy] = useState(false);
  const bring = async (answer: Promise<Output<"music.importPlaylist">>): Promise<void> => {
    const { playlist, found, missing } = await answer;
    notifyDone(t.imported(found, missing.length));
    onClose();
    await invalidate(client, "music.playlists");
    await navigate({ to: "/music/playlists/$playlistId", params: { playlistId: String(playlist.id) } });
  };
  const run = (answer: Promise<Output<"music.importPlaylist">>): void => {
    setBusy(true);
    bring(answer)
      .catch(notifyError)
      .finally(() => setBusy(false));
  };
  const upload = (file: File | null): void => {
    if (file === null) return;
    const name = file.name.replace(/\.m3u8?$/i, "") || t.new;
    run(file.text().then((text) => call("music.importPlaylist", { name, text })));
  };
  return (
    <Modal opened onClose={onClose} title={t.import} closeButtonProps={{ "aria-label": strings.common.close }}>
      <Stack gap="sm">
        <FileButton accept=".m3u,.m3u8,audio/x-mpegurl" onChange={upload} inputProps={{ "aria-label": t.upload }}>
          {(props) => (
            <Button {...props} loading={isBusy}>
              {t.upload}
            </Button>
          )}
        </FileButton>
        {data && data.files.length > 0 && (
          <>
            <Text size="sm" c="dimmed">
              {t.files}
            </Text>
            {data.files.map(({ nodeId, name, path }) => (
              <Button
                key={nodeId}
                variant="default"
                justify="start"
                title={path}
                disabled={isBusy}
                onClick={() => run(call("music.importPlaylist", { nodeId }))}
              >
                {name}
              </Button>
            ))}
          </>
        )}
      </Stack>
    </Modal>
  );
}

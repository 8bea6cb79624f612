import { Button, Progress, Text } from "@mantine/core";
import { IconCamera } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call, query } from "#web/client.ts";
import { useUploads } from "#web/features/uploads/index.ts";
import { FrameTitle } from "#web/frame/title.tsx";
import { clearShared, sharedFiles } from "#web/installed/shared-files.ts";
import { camera as t } from "#web/strings/camera.ts";
import { ErrorLine, ErrorState, Page, Section } from "#web/ui/index.ts";
import classes from "./camera.module.css";
import { choosePictures } from "./choose.ts";
import { lookFor } from "./look.ts";
import { placeOf } from "./place.ts";

const route = getRouteApi("/app/camera");

/** `/camera`: pictures of this device, and what other programs on it shared with the installed page. */
export function CameraPage() {
  const { shared } = route.useSearch();
  const spaces = useQuery(query("files.spaces", {}));
  const home = spaces.data?.spaces.find(({ kind }) => kind === "home");
  return (
    <Page>
      <FrameTitle title={t.title} />
      {spaces.error && !spaces.data && <ErrorState error={spaces.error} onRetry={() => void spaces.refetch()} />}
      {home && shared && <Shared folderId={home.rootId} isLost={shared === "lost"} />}
      {home && <Pictures folderId={home.rootId} />}
    </Page>
  );
}

/** Sends what is not here yet; what it has found is told by `outcome`. */
function useSend(folderId: number) {
  const { enqueue } = useUploads();
  const [done, setDone] = useState(0);
  const send = useMutation({
    mutationFn: async (files: readonly File[]) => {
      setDone(0);
      const looked = await lookFor(files, folderId, (input) => call("camera.check", input), setDone);
      enqueue(
        looked.fresh.map((file) => ({ file, path: placeOf(file) })),
        folderId,
        "rename",
      );
      return { ...looked, total: files.length };
    },
  });
  return { send, done };
}

function Pictures({ folderId }: { readonly folderId: number }) {
  const { send, done } = useSend(folderId);
  const choose = async (): Promise<void> => {
    const files = await choosePictures();
    if (files.length > 0) send.mutate(files);
  };
  return (
    <Section title={t.pictures}>
      <Text size="sm">{t.hint}</Text>
      <Text size="sm" c="dimmed">
        {t.place(t.folder)}
      </Text>
      <Button
        className={classes.choose}
        size="md"
        leftSection={<IconCamera size={20} aria-hidden="true" />}
        loading={send.isPending}
        onClick={() => void choose()}
      >
        {t.choose}
      </Button>
      <Outcome folderId={folderId} send={send} done={done} />
    </Section>
  );
}

function Outcome(props: {
  readonly folderId: number;
  readonly send: ReturnType<typeof useSend>["send"];
  readonly done: number;
}) {
  const { send, done } = props;
  if (send.isPending) {
    const total = send.variables.length;
    return (
      <div role="status">
        <Text size="sm" className="tabular">
          {t.looking(done, total)}
        </Text>
        <Progress value={(done / total) * 100} size="sm" aria-label={t.looking(done, total)} />
      </div>
    );
  }
  if (send.error) return <ErrorLine error={send.error} />;
  if (!send.data) return null;
  const { fresh, knownCount, total } = send.data;
  return (
    <div className={classes.outcome} role="status">
      <Text size="sm">{fresh.length === 0 ? t.allKnown(total) : t.sent(fresh.length, knownCount)}</Text>
      {fresh.length > 0 && (
        <Text size="sm" c="dimmed">
          {t.stay}
        </Text>
      )}
      <Button
        variant="default"
        renderRoot={(root) => <Link {...root} to="/files/$folderId" params={{ folderId: String(props.folderId) }} />}
      >
        {t.show}
      </Button>
    </div>
  );
}

function Shared({ folderId, isLost }: { readonly folderId: number; readonly isLost: boolean }) {
  const [files, setFiles] = useState<readonly File[] | null>(null);
  const { send, done } = useSend(folderId);
  useEffect(() => {
    void sharedFiles().then(setFiles);
  }, []);
  if (isLost || files?.length === 0) return send.data ? null : <Text size="sm">{t.lost}</Text>;
  if (!files) return null;
  const start = (): void => send.mutate(files, { onSuccess: () => void clearShared() });
  return (
    <Section title={t.shared(files.length)}>
      <ul className={classes.names}>
        {files.map((file) => (
          <li key={file.name}>{placeOf(file)}</li>
        ))}
      </ul>
      {!send.data && (
        <Button className={classes.choose} loading={send.isPending} onClick={start}>
          {t.sendShared}
        </Button>
      )}
      <Outcome folderId={folderId} send={send} done={done} />
    </Section>
  );
}

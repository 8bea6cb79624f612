import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, type Output, query } from "#web/client.ts";
import { offline as t } from "#web/strings/offline.ts";
import { ErrorLine, formatBytes, formatDay, formatDuration } from "#web/ui/index.ts";

type Copy = Output<"offline.list">["copies"][number];

/** Live events tell of progress; this is for those that were missed. */
const refetchMs = 3_000;
const isOpen = ({ state }: Copy): boolean => state === "waiting" || state === "making" || state === "paused";

/** What somebody had made for taking along: how far it is, its download, and away with it. */
export function OwnCopies() {
  const list = useQuery({
    ...query("offline.list", {}),
    refetchInterval: ({ state }) => (state.data?.copies.some(isOpen) ? refetchMs : false),
  });
  const copies = list.data?.copies ?? [];
  if (copies.length === 0) return <ErrorLine error={list.error} />;
  return (
    <Stack component="section" gap="sm" aria-label={t.yours}>
      <Text fw={550}>{t.yours}</Text>
      {copies.map((copy) => (
        <CopyRow key={copy.id} copy={copy} />
      ))}
    </Stack>
  );
}

function CopyRow({ copy }: { readonly copy: Copy }) {
  const client = useQueryClient();
  const leave = useMutation({
    mutationFn: () => call(isOpen(copy) ? "offline.cancel" : "offline.remove", { id: copy.id }),
    onSettled: () => client.invalidateQueries({ queryKey: ["offline.list"] }),
  });
  const { name, url, reason, progress } = copy;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={550} style={{ overflowWrap: "anywhere" }}>
        {name}
      </Text>
      <Text size="xs" c="dimmed" className="tabular" role="status">
        {stateOf(copy)}
      </Text>
      {reason !== null && <Text size="sm">{reason}</Text>}
      {isOpen(copy) && (
        <Progress.Root size="sm">
          <Progress.Section value={progress * 100} aria-label={t.progressOf(name)} />
        </Progress.Root>
      )}
      <ErrorLine error={leave.error} />
      <Group gap="xs">
        {url !== null && (
          <Button
            {...{ component: "a", href: url, download: name, size: "xs", "aria-label": t.downloadOf(name) }}
            leftSection={<IconDownload size={14} aria-hidden="true" />}
          >
            {t.download}
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          loading={leave.isPending}
          aria-label={isOpen(copy) ? t.cancelOf(name) : t.removeOf(name)}
          onClick={() => leave.mutate()}
        >
          {isOpen(copy) ? t.cancel : t.remove}
        </Button>
      </Group>
    </Stack>
  );
}

function stateOf({ state, leftMs, sizeBytes, expiresAtMs }: Copy): string {
  if (state === "ready") return t.ready(formatBytes(sizeBytes), formatDay(expiresAtMs ?? 0));
  if (state === "making") return leftMs === null ? t.making : t.makingLeft(formatDuration(leftMs));
  return { waiting: t.waiting, paused: t.paused, failed: t.failed }[state];
}

import { Button, Modal, Radio, Select, Skeleton, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Output, query } from "#web/client.ts";
import { offline as t } from "#web/strings/offline.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatBytes } from "#web/ui/index.ts";
import { OwnCopies } from "./own-copies.tsx";

type Options = Output<"offline.options">;

const originalChoice = "original";

/** In which quality a film is taken along, how far the copies are, and their downloads. */
export function OfflineDialog({ itemId, onClose }: { readonly itemId: number; onClose(): void }) {
  const options = useQuery({ ...query("offline.options", { itemId }), retry: false });
  return (
    <Modal opened onClose={onClose} title={t.title} closeButtonProps={{ "aria-label": strings.common.close }}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t.hint}
        </Text>
        <ErrorLine error={options.error} />
        {options.isPending && <Skeleton height={160} animate={false} radius="md" />}
        {options.data && <Choosing itemId={itemId} options={options.data} />}
        <OwnCopies />
      </Stack>
    </Modal>
  );
}

function Choosing({ itemId, options }: { readonly itemId: number; readonly options: Options }) {
  const client = useQueryClient();
  const { original, qualities, audio, reason } = options;
  const usual = audio.find(({ isDefault }) => isDefault) ?? audio[0];
  const [chosen, setChosen] = useState(qualities[0]?.rung ?? originalChoice);
  const [audioIndex, setAudioIndex] = useState(usual?.index ?? null);
  const request = useMutation({
    mutationFn: () => call("offline.request", { itemId, rung: chosen, audioIndex }),
    onSettled: () => client.invalidateQueries({ queryKey: ["offline.list"] }),
  });
  return (
    <>
      {reason !== null && <Text size="sm">{reason}</Text>}
      <Radio.Group label={t.quality} value={chosen} onChange={setChosen}>
        <Stack gap="xs" mt="xs">
          {original && (
            <Radio
              value={originalChoice}
              label={`${t.original}, ${formatBytes(original.sizeBytes)}`}
              description={t.originalHint}
            />
          )}
          {qualities.map(({ rung, estimatedBytes }) => (
            <Radio key={rung} value={rung} label={`${rung}, ${t.about(formatBytes(estimatedBytes))}`} />
          ))}
        </Stack>
      </Radio.Group>
      {audio.length > 1 && chosen !== originalChoice && (
        <Select
          label={t.sound}
          data={audio.map((track, at) => ({ value: String(track.index), label: soundName(track, at) }))}
          value={String(audioIndex)}
          allowDeselect={false}
          onChange={(value) => setAudioIndex(value === null ? null : Number(value))}
        />
      )}
      <ErrorLine error={request.error} />
      {chosen === originalChoice && original && (
        <Button component="a" href={original.url} download leftSection={<IconDownload size={16} aria-hidden="true" />}>
          {t.download}
        </Button>
      )}
      {chosen !== originalChoice && (
        <Button loading={request.isPending} onClick={() => request.mutate()}>
          {t.make}
        </Button>
      )}
    </>
  );
}

function soundName({ language, title, channels }: Options["audio"][number], at: number): string {
  return [language ?? (title === null ? t.soundTrack(at + 1) : null), title, t.channels(channels)]
    .filter((part) => part !== null)
    .join(" · ");
}

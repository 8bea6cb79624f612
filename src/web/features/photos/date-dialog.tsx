import { Button, Group, Modal, NumberInput, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { query } from "#web/client.ts";
import { photos as t } from "#web/strings/photos.ts";
import { strings } from "#web/strings.ts";
import type { PhotoActions } from "./actions.ts";

interface Props {
  readonly opened: boolean;
  readonly ids: readonly number[];
  readonly actions: PhotoActions;
  onClose(): void;
}

const hourMs = 3_600_000;

/** Another date for one picture, or the same shift for several, as after a journey with a wrong clock. */
export function DateDialog({ opened, ids, actions, onClose }: Props) {
  const [only] = ids;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.date.title}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {ids.length === 1 && only !== undefined ? (
        <One itemId={only} actions={actions} onClose={onClose} />
      ) : (
        <Shift ids={ids} actions={actions} onClose={onClose} />
      )}
    </Modal>
  );
}

function One({ itemId, actions, onClose }: Pick<Props, "actions" | "onClose"> & { readonly itemId: number }) {
  const { data } = useQuery(query("photos.detail", { itemId }));
  const [given, setGiven] = useState<string | null>(null);
  const known = data === undefined ? "" : new Date(data.takenLocalMs).toISOString().slice(0, 16);
  const value = given ?? known;
  const localMs = Date.parse(`${value}:00Z`);
  const close = (well: boolean): void => {
    if (well) onClose();
  };
  return (
    <Stack gap="md">
      <TextInput
        type="datetime-local"
        label={t.date.one}
        value={value}
        onChange={(event) => setGiven(event.currentTarget.value)}
        data-autofocus
      />
      <Group justify="space-between">
        <Button
          variant="default"
          disabled={data?.takenFrom !== "person"}
          onClick={() => void actions.setDate(itemId, null, null).then(close)}
        >
          {t.date.reset}
        </Button>
        <Button
          disabled={Number.isNaN(localMs) || data === undefined}
          onClick={() => void actions.setDate(itemId, localMs, data?.offsetMinutes ?? null).then(close)}
        >
          {t.date.save}
        </Button>
      </Group>
    </Stack>
  );
}

function Shift({ ids, actions, onClose }: Pick<Props, "ids" | "actions" | "onClose">) {
  const [days, setDays] = useState<string | number>(0);
  const [hours, setHours] = useState<string | number>(0);
  const byMs = (Number(days) * 24 + Number(hours)) * hourMs;
  return (
    <Stack gap="md">
      <Group grow align="end">
        <NumberInput label={t.date.days} value={days} onChange={setDays} min={-40_000} max={40_000} data-autofocus />
        <NumberInput label={t.date.hours} value={hours} onChange={setHours} min={-23} max={23} />
      </Group>
      <Button
        disabled={byMs === 0 || Number.isNaN(byMs)}
        onClick={() => void actions.shiftDates(ids, byMs).then((well) => well && onClose())}
      >
        {t.date.save}
      </Button>
    </Stack>
  );
}

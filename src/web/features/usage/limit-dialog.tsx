import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { PlaceUsage } from "#contract/apps/files/usage";
import { call, invalidate } from "#web/client.ts";
import { quotaFromText, quotaToText } from "#web/features/people/quota.ts";
import { strings } from "#web/strings.ts";
import { usage as t } from "#web/strings/usage.ts";
import { ErrorLine, notifyDone } from "#web/ui/index.ts";

const f = strings.people.fields;

/** How much a place may hold: of a home it is set with its person. */
export function LimitDialog({ place, onClose }: { readonly place: PlaceUsage; onClose(): void }) {
  const client = useQueryClient();
  const [text, setText] = useState(quotaToText(place.quotaBytes));
  const quotaBytes = quotaFromText(text);
  const save = useMutation({
    mutationFn: async (limit: number | null): Promise<void> => {
      if (place.personId === null) await call("usage.setQuota", { spaceId: place.spaceId, quotaBytes: limit });
      else await call("people.update", { id: place.personId, quotaBytes: limit });
    },
    onSuccess: async () => {
      notifyDone(t.saved);
      await invalidate(client, "usage.overview", "files.spaces", "people.list");
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (quotaBytes !== undefined) save.mutate(quotaBytes);
  };
  const isBelow = typeof quotaBytes === "number" && quotaBytes < place.usedBytes + place.trashBytes;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.setLimitOf(place.name)}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={f.quota}
            description={t.limitHint}
            placeholder={f.quotaUnlimited}
            rightSection={f.quotaUnit}
            rightSectionWidth={48}
            inputMode="decimal"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={quotaBytes === undefined && f.quotaInvalid}
            data-autofocus
          />
          {isBelow && <Text size="sm">{t.limitBelow}</Text>}
          <ErrorLine error={save.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="subtle" color="gray" onClick={onClose}>
              {strings.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {strings.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

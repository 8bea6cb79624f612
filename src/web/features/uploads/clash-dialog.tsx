import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { strings } from "#web/strings.ts";
import type { ClashAnswer } from "./clash.ts";
import type { UploadItem } from "./model.ts";
import type { Uploads } from "./uploads.ts";

const t = strings.uploads.clash;

/** Asks what to do about a taken name, once for all of an upload if the person likes. Closing it means skip. */
export function ClashDialog(props: { readonly uploads: Uploads; readonly item: UploadItem; readonly others: boolean }) {
  const { uploads, item, others } = props;
  const [forAll, setForAll] = useState(false);
  const answer = (given: ClashAnswer): void => uploads.answerClash(item.id, given, forAll);
  return (
    <Modal opened onClose={() => answer("skip")} title={t.title} closeButtonProps={{ "aria-label": t.skip }}>
      <Stack gap="md">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {t.body(item.path)}
        </Text>
        <Text size="sm" c="dimmed">
          {t.hint}
        </Text>
        {others && (
          <Checkbox label={t.forAll} checked={forAll} onChange={(event) => setForAll(event.currentTarget.checked)} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={() => answer("skip")}>
            {t.skip}
          </Button>
          <Button variant="default" onClick={() => answer("replace")}>
            {t.replace}
          </Button>
          <Button onClick={() => answer("rename")} data-autofocus>
            {t.keepBoth}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

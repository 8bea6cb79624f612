import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { strings } from "#web/strings.ts";

const t = strings.common.clash;

export type ClashChoice = "rename" | "replace" | "skip";

/** Asks what happens with something whose name is taken; `forAllLabel` offers to answer once for all. */
export function ClashDialog(props: {
  readonly name: string;
  readonly hint: string;
  readonly forAllLabel: string | null;
  onAnswer(choice: ClashChoice, forAll: boolean): void;
  onClose(): void;
}) {
  const [forAll, setForAll] = useState(false);
  const choose = (choice: ClashChoice) => () => props.onAnswer(choice, forAll);
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={props.onClose}
      title={t.title(props.name)}
      closeButtonProps={{ "aria-label": strings.common.close }}
      styles={{ title: { overflowWrap: "anywhere" } }}
    >
      <Stack gap="md">
        <Text size="sm">{props.hint}</Text>
        {props.forAllLabel !== null && (
          <Checkbox
            label={props.forAllLabel}
            checked={forAll}
            onChange={(event) => setForAll(event.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={choose("skip")}>
            {t.skip}
          </Button>
          <Button variant="default" onClick={choose("replace")}>
            {t.replace}
          </Button>
          <Button data-autofocus onClick={choose("rename")}>
            {t.keepBoth}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
